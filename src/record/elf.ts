/** Whether a program is one of 32 bits, by its ELF header. */

import { closeSync, openSync, readSync } from "node:fs";

/** `\x7fELF` and EI_CLASS. */
const header = Buffer.from("\x7fELF\x01", "latin1");

/** False too for scripts, and for what cannot be read. */
export function isNarrow(path: string): boolean {
  const head = Buffer.alloc(header.length);
  try {
    const file = openSync(path, "r");
    readSync(file, head, 0, head.length, 0);
    closeSync(file);
  } catch {
    return false;
  }
  return head.equals(header);
}
