/** By how much the recording kernel rounds what its searches find, and where they begin: its answers show it. */

import type { Effect, Searched } from "./effect.ts";

/** How one search may have been made; bytes. */
interface Ways {
  /** With its own size, at the end of a gap. */
  readonly plainly: boolean;
  /** So much larger, and rounded; 0 if it cannot have been. */
  readonly align: number;
  /** As far as this from the end of its gap. */
  readonly ahead: number;
}

/** What calls of one space have shown, in whatever order they took effect. */
export class Rounding {
  /** The size that all anonymous memory of whole blocks is aligned to; 0 before any was seen, or if some was not aligned. */
  #step = 0;
  #isUnaligned = false;
  /** Where such memory lay right below other: what needs no rounding is moved up (96204e15310c, 6.8). */
  #closes = false;
  #below = 0;
  #above = 0;
  /** Placements right below, and right above, the one before. */
  #down = 0;
  #up = 0;

  see({ found, searched }: Effect): void {
    if (found === undefined || searched === undefined) return;
    const { align, blocks } = searched;
    if (blocks) {
      this.#isUnaligned ||= align === 0;
      const step = this.#step === 0 ? align : Math.min(this.#step, align);
      this.#step = this.#isUnaligned ? 0 : step;
      this.#closes ||= found.end === this.#below;
    }
    if (found.end === this.#below) this.#down += 1;
    else if (found.start === this.#above) this.#up += 1;
    this.#below = found.start;
    this.#above = found.end;
  }

  /** True if searches go up, as in the legacy layout. */
  get goesUp(): boolean {
    return this.#up > this.#down;
  }

  waysOf({ align: most, blocks, usual }: Searched): Ways {
    const step = this.#step;
    const capped = most >= step ? step : 0;
    const align = usual && step > 0 ? capped : most;
    const closes = this.#closes && step > 0;
    return { plainly: !(blocks && step > 0), align, ahead: closes ? align - 1 : align };
  }
}
