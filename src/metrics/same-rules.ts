/** Whether two releases make the same VMAs and the same page-table entries of what lies at the same places. */

import type { Arch } from "../arch/types.ts";
import type { Profile } from "../policies/types.ts";
import type { Program } from "../resolve/program.ts";
import { type Met, seriesNumber, vmaRules } from "../space/rules.ts";
import { filesystemOf } from "./leaves.ts";

/** A replay under one of the releases. */
interface Followed {
  readonly program: Program;
  readonly arch: Arch;
  readonly met: Readonly<Met>;
}

/** The profile, with what matters of it alone where only that is asked: equal texts say the same to this replay. */
function textOf(profile: Profile, filesystems: ReadonlySet<string>, followed: Followed): string {
  // Which rings a fork leaves out is the recording kernel's, and stands in the program.
  const { series, folioBytes, mergesAnonOffset, ringsStay: _, ...rest } = profile;
  const { mergesAnonOffset: __, joinsKeptSources, ...rules } = vmaRules(profile, "at-once");
  const { met } = followed;
  const { levels } = followed.arch;
  const sizes = levels.flatMap(({ since }) =>
    Object.values(since).map((first) => seriesNumber(series) >= seriesNumber(first)),
  );
  const folios = [...filesystems].map((name) => folioBytes[name] ?? null);
  const single = [met.anonOffsets && mergesAnonOffset, met.keptSources && joinsKeptSources];
  return JSON.stringify([rest, rules, sizes, folios, single]);
}

/** True if the replay would be the same with the other's rules. */
export function rulesAgree(one: Profile, other: Profile, followed: Followed): boolean {
  if (one === other) return true;
  const filesystems = new Set(followed.program.ops.table.areas.map(filesystemOf));
  return textOf(one, filesystems, followed) === textOf(other, filesystems, followed);
}
