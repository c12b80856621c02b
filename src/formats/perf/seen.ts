/** What was seen, and why a recording with no more than that cannot be used. */

import { MmreplayError } from "../../errors.ts";

export interface Seen {
  entries: number;
  exits: number;
  searches: number;
  /** Line of the first event of any kind, and of the first entry or exit of a memory call; 0 while there is none. */
  line: number;
  call: number;
}

export const nothingSeen = (): Seen => ({ entries: 0, exits: 0, searches: 0, line: 0, call: 0 });

/** Throws if nothing can be replayed. `what` is the text, `hint` how to record; lines are those of the file. */
export function refuseUnusable(seen: Seen, what: string, hint: string, file: string): void {
  const { entries, exits, searches, line, call } = seen;
  if (entries + exits + searches === 0) {
    const message = `${what} without a single memory call`;
    const at = line === 0 ? { file } : { file, line };
    throw new MmreplayError("parse/no-memory-calls", message, { at, hint });
  }
  if ((entries === 0) === (exits === 0)) return;
  const [none, some] =
    entries === 0 ? ["entries", `${exits} exits`] : ["exits", `${entries} entries`];
  const message = `${what} without ${none} of calls, with ${some} from this line on`;
  throw new MmreplayError("parse/half-calls", message, { at: { file, line: call }, hint });
}
