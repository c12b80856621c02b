/** When two policies place everything alike, so that the second need not be followed. */

import { createHash } from "node:crypto";
import type { RowLists } from "../place/row-lists.ts";
import type { Placements } from "../place/types.ts";
import type { Policy, Profile } from "../policies/types.ts";
import type { Answered } from "../replay.ts";
import type { Program } from "../resolve/program.ts";

/** What decides how a replay goes, without the placements themselves: they are large. */
export interface Way {
  readonly program: Program;
  readonly profile: Profile;
  /** What the policy said to each kind of request. */
  readonly lists: RowLists;
  /** The same of the same placements, bit by bit, and of no others. */
  readonly placed: string;
}

const columns = ["objectPage", "opPage", "mapped", "searches", "steps"] as const;

function fingerprint(placements: Placements): string {
  const hash = createHash("sha256");
  for (const column of columns) {
    const { buffer, byteOffset, byteLength } = placements[column];
    hash.update(`${column} ${byteLength} `).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}

/** `program` is what the policy's author asks. */
export const wayOf = ({ program, plan, placements }: Answered, { profile }: Policy): Way => ({
  program,
  profile,
  lists: plan.lists,
  placed: fingerprint(placements),
});

/** True if the same calls went to the same places under the same rules. */
export const goesAlike = (one: Way, other: Way): boolean =>
  one.program === other.program && one.profile === other.profile && one.placed === other.placed;

/** True if the policy would go this way with a program: it says the same to every request, so nothing need be placed. */
export const asksAlike = (way: Way, program: Program, policy: Policy): boolean =>
  way.program === program &&
  way.profile === policy.profile &&
  policy.reserves === undefined &&
  way.lists.asksAlike(policy);
