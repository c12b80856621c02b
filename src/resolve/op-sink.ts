/** Where ops go while a trace is resolved: into a table, or nowhere if only what is doubtful is asked for. */

import type { Op } from "./program.ts";

export interface OpSink {
  /** Ops so far. */
  readonly length: number;
  push(op: Op): void;
}

/** Keeps no op. */
export class OpCounter implements OpSink {
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(): void {
    this.#length += 1;
  }
}
