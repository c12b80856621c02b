/** Which files a tar archive holds: plain files of ustar and GNU tar, whole in memory. */

import { Buffer } from "node:buffer";
import { MmreplayError } from "../../errors.ts";
import { allBytes } from "../text/chunks.ts";
import type { Input } from "../types.ts";

export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const blockBytes = 512;
const sizeAt = 124;
const checksumAt = 148;
const typeAt = 156;
const prefixAt = 345;

/** Text up to the first NUL. */
function textAt(block: Buffer, start: number, length: number): string {
  const text = block.toString("utf8", start, start + length);
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

function octalAt(block: Buffer, start: number, length: number): number {
  return Number.parseInt(textAt(block, start, length).trim() || "0", 8);
}

/** The sum of a header's bytes with its own field taken as blanks. */
function checksumOf(block: Buffer): number {
  const blanks = 8;
  let sum = blanks * 0x20;
  for (const [index, byte] of block.entries()) {
    if (index < checksumAt || index >= checksumAt + blanks) sum += byte;
  }
  return sum;
}

/** True if these bytes begin with a tar header. */
export function isTar(head: Uint8Array): boolean {
  if (head.length < blockBytes) return false;
  const block = Buffer.from(head.buffer, head.byteOffset, blockBytes);
  return block[0] !== 0 && checksumOf(block) === octalAt(block, checksumAt, 8);
}

/** The plain files of an archive, in its order; throws `input/damaged` where a header is not one. */
export async function readTar(input: Input): Promise<readonly Member[]> {
  const bytes = Buffer.from(await allBytes(input.chunks));
  const members: Member[] = [];
  let longName: string | undefined;
  for (let at = 0; at + blockBytes <= bytes.length; ) {
    const block = bytes.subarray(at, at + blockBytes);
    if (block.every((byte) => byte === 0)) break;
    const size = octalAt(block, sizeAt, 12);
    const start = at + blockBytes;
    if (!isTar(block) || start + size > bytes.length) {
      throw new MmreplayError("input/damaged", `the tar archive is damaged at byte ${at}`, {
        at: { file: input.name },
        hint: "copy the file again, it is cut off or damaged",
      });
    }
    const type = String.fromCharCode(block[typeAt] ?? 0);
    const content = bytes.subarray(start, start + size);
    // GNU tar puts a name of more than 100 characters into a member of its own.
    if (type === "L") longName = textAt(content, 0, size);
    else {
      const prefix = textAt(block, prefixAt, 155);
      const short = textAt(block, 0, 100);
      const name = longName ?? (prefix === "" ? short : `${prefix}/${short}`);
      if (type === "0" || type === "\0") members.push({ name, bytes: content });
      longName = undefined;
    }
    at = start + Math.ceil(size / blockBytes) * blockBytes;
  }
  return members;
}
