/** When two policies place everything alike, so that the second need not be asked, or not be followed. */

import { createHash } from "node:crypto";
import type { Arch } from "../arch/types.ts";
import { rulesAgree } from "../metrics/same-rules.ts";
import type { Subject } from "../pipeline.ts";
import { entriesAgree } from "../place/plan.ts";
import type { RowLists } from "../place/row-lists.ts";
import type { Placements } from "../place/types.ts";
import type { Policy, Profile } from "../policies/types.ts";
import { type Answered, answer } from "../replay.ts";
import type { Program } from "../resolve/program.ts";
import type { Met, Touch } from "../space/rules.ts";
import { collect } from "./collect.ts";

/** What decides how a replay goes, without the placements themselves: they are large. */
export interface Way {
  readonly program: Program;
  readonly profile: Profile;
  /** What the policy said to each kind of request. */
  readonly lists: RowLists;
  /** The same of the same placements, bit by bit, and of no others. */
  readonly placed: string;
}

/** One that was followed, and which rules mattered there. */
export interface Followed extends Way {
  readonly arch: Arch;
  readonly met: Readonly<Met>;
}

/** Of one program the pages of ops decide those of objects, and how many are mapped. */
const columns = ["opPage", "searches", "steps"] as const;

const fingerprints = new WeakMap<Placements, string>();

function fingerprint(placements: Placements): string {
  const known = fingerprints.get(placements);
  if (known !== undefined) return known;
  const hash = createHash("sha256");
  for (const column of columns) {
    const { buffer, byteOffset, byteLength } = placements[column];
    hash.update(`${column} ${byteLength} `).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  const made = hash.digest("hex");
  fingerprints.set(placements, made);
  return made;
}

/** `program` is what the policy's author asks. */
export const wayOf = ({ program, plan, placements }: Answered, { profile }: Policy): Way => ({
  program,
  profile,
  lists: plan.lists,
  placed: fingerprint(placements),
});

/** True if the same calls went to the same places, under rules that make the same of it. */
export const goesAlike = (one: Followed, other: Way): boolean =>
  one.program === other.program &&
  one.placed === other.placed &&
  rulesAgree(one.profile, other.profile, one);

/** True if the policy would place a program this way: it says the same to every request. */
const placesAlike = (way: Omit<Way, "placed">, program: Program, policy: Policy): boolean =>
  way.program === program &&
  policy.reserves === undefined &&
  entriesAgree(way.profile, policy.profile) &&
  way.lists.asksAlike(policy);

/** True if the policy would go this way with a program, so that nothing need be placed. */
export const asksAlike = (way: Followed, program: Program, policy: Policy): boolean =>
  placesAlike(way, program, policy) && rulesAgree(way.profile, policy.profile, way);

/** The answers of policies to one trace, of which the last is kept: the next policy's is often the same. */
export class Answers {
  readonly #touch: Touch;
  #last:
    | { readonly asked: Program; readonly policy: Policy; readonly answered: Answered }
    | undefined;

  constructor(touch: Touch) {
    this.#touch = touch;
  }

  of(subject: Pick<Subject, "program" | "facts" | "arch">, policy: Policy): Answered {
    const known = this.#known(subject.program, policy);
    // Placements are large: these are not held while others are made.
    this.#last = undefined;
    if (known === undefined && subject.program.ops.isLarge) collect();
    const answered = known ?? answer(subject, policy, this.#touch);
    this.#last = { asked: subject.program, policy, answered };
    return answered;
  }

  /** Another program is about to be made: of what is kept, nothing can be its answer. */
  forget(): void {
    this.#last = undefined;
  }

  #known(asked: Program, policy: Policy): Answered | undefined {
    const last = this.#last;
    if (last?.asked !== asked) return undefined;
    if (last.policy === policy) return last.answered;
    const { program, plan } = last.answered;
    const way = { program, profile: last.policy.profile, lists: plan.lists };
    return placesAlike(way, asked, policy) ? last.answered : undefined;
  }
}
