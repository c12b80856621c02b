/** Which bytes a compressed recording holds: gzip, xz and zstd are unpacked on the way, told by their first bytes. */

import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Decompress as Zstd } from "fzstd";
import xz from "xz-decompress";
import { MmreplayError } from "../errors.ts";

type Chunks = AsyncIterable<Uint8Array>;

interface Packing {
  readonly id: string;
  readonly magic: readonly number[];
  readonly unpack: (chunks: Chunks, name: string) => Chunks;
}

/** The stream API that both unpackers take. */
function streamOf(chunks: Chunks): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

async function* unzstd(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const stream = new Zstd((data) => ready.push(data));
  for await (const chunk of chunks) {
    stream.push(chunk);
    yield* ready.splice(0);
  }
  stream.push(new Uint8Array(0), true);
  yield* ready;
}

/** Unlike DecompressionStream of some releases of Node.js, zlib reads members that were put one behind another. */
async function* gunzip(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const unzip = createGunzip();
  const input = Readable.from(chunks);
  input.on("error", (error) => unzip.destroy(error));
  input.pipe(unzip);
  yield* unzip;
}

const packings: readonly Packing[] = [
  {
    id: "gzip",
    magic: [0x1f, 0x8b],
    unpack: gunzip,
  },
  {
    id: "xz",
    magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
    unpack: (chunks) => new xz.XzReadableStream(streamOf(chunks)),
  },
  { id: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: unzstd },
  {
    // The command line has unpacked it, unless it lies in an archive.
    id: "bzip2",
    magic: [0x42, 0x5a, 0x68],
    unpack: (_, name) => {
      const hint = `unpack it first: bunzip2 -k ${name}`;
      const message = "bzip2 is not unpacked inside of an archive";
      throw new MmreplayError("input/bzip2", message, { at: { file: name }, hint });
    },
  },
];

const magicLength = Math.max(...packings.map(({ magic }) => magic.length));

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

/** All bytes. */
export async function bytesOf(chunks: Chunks): Promise<Uint8Array> {
  const taken: Uint8Array[] = [];
  for await (const chunk of chunks) taken.push(chunk);
  return join(taken);
}

/** The name of a file without what packing added to it. */
export function plainName(name: string): string {
  return name.replace(/\.(?:gz|xz|zst|zstd|bz2)$/, "");
}

/** Bytes that a format may look at. */
export const headBytes = 65_536;

/** The first bytes, as many as there are up to `wanted` and perhaps more; the rest is not read. */
export async function headOf(chunks: Chunks, wanted: number): Promise<Uint8Array> {
  const taken: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    taken.push(chunk);
    length += chunk.length;
    if (length >= wanted) break;
  }
  return join(taken);
}

/** What was taken off for a look, and then the rest. */
async function* prepend(
  taken: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* taken;
    for (;;) {
      const { done, value } = await rest.next();
      if (done) return;
      yield value;
    }
  } finally {
    await rest.return?.();
  }
}

/** The bytes as they were before packing; anything that is not packed passes unchanged. */
export async function* decompress(chunks: Chunks, name: string): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  while (join(taken).length < magicLength) {
    const { done, value } = await iterator.next();
    if (done) break;
    taken.push(value);
  }
  const head = join(taken);
  const packing = packings.find(({ magic }) => magic.every((byte, index) => head[index] === byte));
  const all = prepend(taken, iterator);
  if (packing === undefined) {
    yield* all;
    return;
  }
  try {
    yield* packing.unpack(all, name);
  } catch (error) {
    if (error instanceof MmreplayError) throw error;
    const hint = "copy the file again, it is cut off or damaged";
    throw new MmreplayError("input/damaged", `${packing.id} data cannot be unpacked`, {
      at: { file: name },
      hint,
    });
  }
}
