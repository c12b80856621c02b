/** When two policies place everything alike, so that the second need not be followed. */

import { createHash } from "node:crypto";
import type { Placements } from "../place/types.ts";
import type { Policy, Profile } from "../policies/types.ts";
import type { Answered } from "../replay.ts";
import type { Program } from "../resolve/program.ts";

/** What decides how a replay goes, without the placements themselves: they are large. */
export interface Way {
  readonly program: Program;
  readonly profile: Profile;
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
export const wayOf = ({ program, placements }: Answered, { profile }: Policy): Way => ({
  program,
  profile,
  placed: fingerprint(placements),
});

/** True if the same calls went to the same places under the same rules. */
export const goesAlike = (one: Way, other: Way): boolean =>
  one.program === other.program && one.profile === other.profile && one.placed === other.placed;
