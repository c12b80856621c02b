/** How large the pages of the recording machine were, as far as its addresses tell. */

import type { Facts } from "../../trace/trace.ts";
import { inPage, type U64 } from "../../units.ts";

/** So many addresses are not multiples of a larger page by chance. */
const enough = 24;
const sizes = [65_536, 16_384] as const;

export class PageSize {
  #seen = 0;
  /** The first line whose address is not a multiple of the size; 0 while there is none. */
  readonly #against: number[] = sizes.map(() => 0);

  /** A page address that the kernel gave. */
  see(address: U64, line: number): void {
    this.#seen += 1;
    if (!this.#against.includes(0)) return;
    sizes.forEach((size, index) => {
      if (this.#against[index] === 0 && inPage(address, size) !== 0) this.#against[index] = line;
    });
  }

  facts(): Pick<Facts, "pageSize" | "inferred"> {
    const [, line = 0] = this.#against;
    if (line > 0) {
      const reason = `page size 4096: the address on line ${line} is not a multiple of 16384`;
      return { pageSize: 4096, inferred: [reason] };
    }
    const size = sizes.find((_, index) => this.#against[index] === 0);
    if (size === undefined || this.#seen < enough) {
      return { pageSize: 4096, inferred: ["page size 4096: assumed"] };
    }
    const reason = `page size ${size}: all ${this.#seen} addresses are multiples of it`;
    return { pageSize: size, inferred: [reason] };
  }
}
