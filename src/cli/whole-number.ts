/** Whether an option is the whole number that it has to be. */

import { MmreplayError } from "../errors.ts";

/** What a number is, and which ones it may be. */
export interface Bounds {
  /** `a number of threads` */
  readonly what: string;
  readonly least: number;
  /** Default: no bound. */
  readonly most?: number;
  readonly hint: string;
}

/** Throws `usage/<option>` for anything but a whole number within the bounds. */
export function checkWhole(
  option: string,
  value: number,
  { what, least, most, hint }: Bounds,
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= (most ?? value)) return;
  const range = most === undefined ? `${least} or more` : `${least} to ${most}`;
  const given = Number.isNaN(value) ? "" : `, not ${value}`;
  throw new MmreplayError(`usage/${option}`, `--${option} is ${what}, ${range}${given}`, { hint });
}
