/** What was seen, for the errors about recordings that cannot be used. */

export interface Seen {
  entries: number;
  exits: number;
  searches: number;
}
