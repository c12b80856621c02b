/** In which order calls took effect that were under way at the same time. */

import type { Call, Event, Sink } from "../trace/event.ts";

/** A call that has begun and not returned. */
export interface Begun {
  readonly space: object;
  /** Its arguments; how it ended is not known. */
  readonly call: Call;
}

/** Passes events on in the order in which they took effect; `space` is the identity of an address space. */
export class Order {
  readonly #emit: Sink;

  constructor(emit: Sink) {
    this.#emit = emit;
  }

  /** A call begins; what it may concern is held until it ends. */
  begin(space: object, call: Call): Begun {
    return { space, call };
  }

  /** It returned, or never will. */
  end(_begun: Begun, event: Call | undefined): void {
    if (event !== undefined) this.#emit(event);
  }

  /** Something that took effect at once. */
  add(_space: object, event: Event): void {
    this.#emit(event);
  }

  /** An event that makes another address space, whose events come after it. */
  born(_space: object, event: Event, _made: object): void {
    this.#emit(event);
  }

  /** Nothing more comes. */
  finish(): void {}
}
