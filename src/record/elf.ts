/** Whether a program is one of 32 bits, by its ELF header. */

import { headOf } from "./head.ts";

/** `\x7fELF` and EI_CLASS. */
const header = Buffer.from("\x7fELF\x01", "latin1");

/** False too for scripts, and for what cannot be read. */
export function isNarrow(path: string): boolean {
  try {
    return headOf(path, header.length).equals(header);
  } catch {
    return false;
  }
}
