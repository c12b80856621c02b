/** What a mail program put before every line. */

import { MmreplayError } from "../../errors.ts";
import { beginsCall } from "./names.ts";
import { Prefix } from "./prefix.ts";

const marks: readonly number[] = [..."> ; |"].filter((c) => c !== " ").map((c) => c.charCodeAt(0));
const space = 32;

/** True if this line begins with a mark and a blank. */
export function isQuoted(bytes: Uint8Array, start: number): boolean {
  return marks.includes(bytes[start] ?? 0) && bytes[start + 1] === space;
}

export class Quote {
  readonly #name: string;
  readonly #found: (line: number) => void;
  /** undefined before the first line with anything on it; 0 if lines are not quoted. */
  #mark: number | undefined;

  /** `found` is called if lines are quoted. */
  constructor(name: string, found: (line: number) => void) {
    this.#name = name;
    this.#found = found;
  }

  /** True if it is settled that lines are not quoted; a line that begins with a digit then starts where it seems to. */
  get none(): boolean {
    return this.#mark === 0;
  }

  /** Where the line really starts. Throws if some lines are quoted and others are not. */
  skip(bytes: Uint8Array, start: number, end: number, number: number): number {
    const byte = bytes[start] ?? 0;
    if (this.#mark === undefined) {
      this.#mark = isQuoted(bytes, start) ? byte : 0;
      if (this.#mark !== 0) this.#found(number);
    }
    if (this.#mark === 0) {
      if (marks.includes(byte) && isQuoted(bytes, start))
        this.#refuseCall(bytes, start + 2, end, number);
      return start;
    }
    if (byte !== this.#mark) throw this.#mixed(number);
    return bytes[start + 1] === space ? start + 2 : start + 1;
  }

  #refuseCall(bytes: Uint8Array, start: number, end: number, number: number): void {
    const prefix = new Prefix();
    prefix.read(bytes, start, end);
    if (beginsCall(bytes, prefix.body, end)) throw this.#mixed(number);
  }

  #mixed(line: number): MmreplayError {
    return new MmreplayError(
      "parse/quoted-lines",
      "some lines are quoted as in a mail, others not",
      {
        at: { file: this.#name, line },
        hint: "remove the marks: sed 's/^[>;|] //'",
      },
    );
  }
}
