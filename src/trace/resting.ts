/** What has rested for so long that it is put away: the same for all that keeps something of each address space. */

/** Events between two looks at what rests, and those for which something must have rested. */
const long = 65_536;

/** Of one thing that is kept. */
export interface Rest {
  /** The event that was the last one to need it. */
  last: number;
  /** Twice as many events as it has rested when it was put away in vain. */
  patience: number;
}

export const restSince = (event: number): Rest => ({ last: event, patience: long });

export const isResting = ({ last, patience }: Rest, event: number): boolean =>
  event - last >= patience;

/** It was put away, and this event needs it. */
export function wake(rest: Rest, event: number): void {
  rest.patience = 2 * (event - rest.last);
}

/** When to look at what rests. */
export class Rounds {
  #next = long;

  isDue(event: number): boolean {
    if (event < this.#next) return false;
    this.#next = event + long;
    return true;
  }
}
