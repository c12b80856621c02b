/** Which bytes a compressed recording holds: gzip, xz and zstd are unpacked on the way, told by their first bytes. */

import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Decompress as Zstd } from "fzstd";
import xz from "xz-decompress";
import { MmreplayError } from "../../errors.ts";
import { joined } from "../../trace/varint.ts";
import type { Chunks } from "./chunks.ts";
import { begins, type Packing, packings } from "./packings.ts";

type Unpack = (chunks: Chunks, name: string) => Chunks;

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

/** The command line has unpacked it, unless it lies in an archive. */
function refuseBzip2(_: Chunks, name: string): never {
  const hint = `unpack it first: bunzip2 -k ${name}`;
  const message = "bzip2 is not unpacked inside of an archive";
  throw new MmreplayError("input/bzip2", message, { at: { file: name }, hint });
}

const unpackers: Readonly<Record<Packing["id"], Unpack>> = {
  gzip: gunzip,
  xz: (chunks) => new xz.XzReadableStream(streamOf(chunks)),
  zstd: unzstd,
  bzip2: refuseBzip2,
};

const magicLength = Math.max(...packings.map(({ magic }) => magic.length));

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
  while (joined(taken).length < magicLength) {
    const { done, value } = await iterator.next();
    if (done) break;
    taken.push(value);
  }
  const head = joined(taken);
  const packing = packings.find(({ magic }) => begins(head, magic));
  const all = prepend(taken, iterator);
  if (packing === undefined) {
    yield* all;
    return;
  }
  try {
    yield* unpackers[packing.id](all, name);
  } catch (error) {
    if (error instanceof MmreplayError) throw error;
    const hint = "copy the file again, it is cut off or damaged";
    throw new MmreplayError("input/damaged", `${packing.id} data cannot be unpacked`, {
      at: { file: name },
      hint,
    });
  }
}
