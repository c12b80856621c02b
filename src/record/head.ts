/** What a file begins with, which tells what it is. */

import { closeSync, openSync, readSync } from "node:fs";

/** Up to so many bytes; throws what the system says where the file cannot be read. */
export function headOf(path: string, bytes: number): Buffer {
  const head = Buffer.alloc(bytes);
  const file = openSync(path, "r");
  try {
    return head.subarray(0, readSync(file, head));
  } finally {
    closeSync(file);
  }
}
