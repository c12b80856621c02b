/** How the blocks of an .mmtrace file lie one after the other, each compressed and with a checksum. */

import { brotliCompressSync, brotliDecompressSync, constants, crc32 } from "node:zlib";
import { type At, MmreplayError } from "../errors.ts";

/** Eight bytes that no text has, with both line ends, so that a file that was sent as text is noticed. */
const magic: readonly number[] = [0x89, 0x4d, 0x4d, 0x54, 0x0d, 0x0a, 0x1a, 0x0a];

/** Changes when old readers cannot go on; new fields and kinds of events do not change it. */
const formatVersion = 4;

/** Magic and version. */
const prologueBytes: number = magic.length + 4;
/** Kind, length before and after compression, checksum of what follows. */
const headBytes = 16;

/** No block unpacks to more; a trace that came by mail must not fill the memory. */
const largestBlock = 2 ** 28;

/** Bytes that are unpacked at once, most blocks as a whole, without copying parts together. */
const largestChunk = 2 ** 20;

/** Low bits are stored as they are: nothing compresses them. */
export type BlockKind = "header" | "events" | "bits" | "end";
const kinds: readonly BlockKind[] = ["end", "header", "events", "bits"];

export interface Block {
  readonly kind: BlockKind;
  readonly payload: Uint8Array;
  /** Where the block begins in the file. */
  readonly offset: number;
}

/** A file that is cut, changed, or says what cannot be; `offset` is where it was noticed. */
export function damaged(file: string, offset: number, what: string): MmreplayError {
  const at: At = { file };
  const hint = "copy the trace again as binary data, or import the recording again";
  const message = `damaged trace: ${what} at byte ${offset}`;
  return new MmreplayError("trace/damaged", message, { at, hint });
}

export function isTrace(head: Uint8Array): boolean {
  return magic.every((byte, index) => head[index] === byte);
}

/** CRC-32 of the head without the checksum itself, and of the packed bytes. */
function checksum(bytes: Uint8Array, offset: number, packedLength: number): number {
  const start = offset + headBytes;
  const head = crc32(bytes.subarray(offset, start - 4));
  return crc32(bytes.subarray(start, start + packedLength), head);
}

/** Bytes of a trace that are compressed as well as can be, which takes thirty times as long; the rest of a large one is not. */
const wellCompressed = 2 ** 20;

/** Contexts of literals would save three in a hundred, and take a third more time to unpack. */
function compressed(payload: Uint8Array, quality: number): Uint8Array {
  const {
    BROTLI_PARAM_QUALITY,
    BROTLI_PARAM_SIZE_HINT,
    BROTLI_PARAM_DISABLE_LITERAL_CONTEXT_MODELING,
  } = constants;
  const params = {
    [BROTLI_PARAM_QUALITY]: quality,
    [BROTLI_PARAM_SIZE_HINT]: payload.length,
    [BROTLI_PARAM_DISABLE_LITERAL_CONTEXT_MODELING]: 1,
  };
  return brotliCompressSync(payload, { params });
}

function blockBytes(kind: BlockKind, payload: Uint8Array, quality: number): Uint8Array {
  const isStored = kind === "bits" || payload.length === 0;
  const packed = isStored ? payload : compressed(payload, quality);
  const bytes = new Uint8Array(headBytes + packed.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, kinds.indexOf(kind), true);
  view.setUint32(4, payload.length, true);
  view.setUint32(8, packed.length, true);
  bytes.set(packed, headBytes);
  view.setUint32(12, checksum(bytes, 0, packed.length), true);
  return bytes;
}

/** The parts of a file of these blocks as they come, and the end block that tells a complete file from a cut one. */
export function* writeContainer(
  blocks: Iterable<{ readonly kind: BlockKind; readonly payload: Uint8Array }>,
): Generator<Uint8Array, undefined> {
  const prologue = new Uint8Array(prologueBytes);
  prologue.set(magic);
  new DataView(prologue.buffer).setUint32(magic.length, formatVersion, true);
  yield prologue;
  let length = 0;
  for (const { kind, payload } of blocks) {
    length += payload.length;
    yield blockBytes(kind, payload, length > wellCompressed ? 9 : 11);
  }
  yield blockBytes("end", new Uint8Array(0), 9);
}

function checkPrologue(bytes: Uint8Array, view: DataView, file: string): void {
  if (!isTrace(bytes)) {
    const unixEnds = magic.filter((byte) => byte !== 0x0d);
    const asText = unixEnds.every((byte, index) => bytes[index] === byte);
    throw damaged(file, 0, asText ? "line ends were changed, it was sent as text" : "no trace");
  }
  if (bytes.length < prologueBytes) throw damaged(file, bytes.length, "the file ends early");
  const version = view.getUint32(magic.length, true);
  if (version === 0) throw damaged(file, magic.length, "an impossible version");
  if (version <= formatVersion) return;
  const message = `trace format ${version} is newer than this program, which reads ${formatVersion}`;
  const hint = "use the version of mmreplay that wrote it, or a later one";
  throw new MmreplayError("trace/newer", message, { at: { file }, hint });
}

/** The same bytes without the class of Node's buffers, whose parts take long to make. */
function plainBytes({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

function unpack(packed: Uint8Array, length: number, file: string, offset: number): Uint8Array {
  if (length > largestBlock) throw damaged(file, offset, "a block of impossible size");
  if (length === 0) return new Uint8Array(0);
  try {
    const chunkSize = Math.min(Math.max(length + 1, 64), largestChunk);
    const payload = brotliDecompressSync(packed, { maxOutputLength: length, chunkSize });
    if (payload.length === length) return plainBytes(payload);
  } catch {
    // Told below: the checksum was right, so the length or the compressed data is not.
  }
  throw damaged(file, offset, "a block that does not unpack");
}

/** The blocks before the end block; throws `trace/damaged` with the offset of the first bad byte range. */
export function* readContainer(bytes: Uint8Array, file: string): Generator<Block> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkPrologue(bytes, view, file);
  const plain = plainBytes(bytes);
  for (let offset = prologueBytes; ; ) {
    if (offset + headBytes > bytes.length) throw damaged(file, bytes.length, "the file ends early");
    const kind = kinds[view.getUint32(offset, true)];
    const length = view.getUint32(offset + 4, true);
    const packedLength = view.getUint32(offset + 8, true);
    const start = offset + headBytes;
    if (start + packedLength > bytes.length) {
      throw damaged(file, bytes.length, "the file ends early");
    }
    if (checksum(bytes, offset, packedLength) !== view.getUint32(offset + 12, true)) {
      throw damaged(file, offset, "a wrong checksum");
    }
    const packed = plain.subarray(start, start + packedLength);
    if (kind === "end") {
      if (start === bytes.length) return;
      throw damaged(file, start, "bytes after the end");
    }
    // Kinds of blocks that a later version may have are passed over.
    if (kind === "bits") yield { kind, payload: packed, offset };
    else if (kind !== undefined) {
      yield { kind, payload: unpack(packed, length, file, offset), offset };
    }
    offset = start + packedLength;
  }
}
