/** What a child gets of its parent's VMAs (dup_mmap): nothing locked, an anon_vma of its own behind each written VMA. */

import { type AnonIds, newAnon } from "./quick.ts";
import type { Traits, TraitsTable } from "./traits.ts";
import { changeFlags, hasFlag, withoutWatch } from "./vma.ts";
import type { VmaSet } from "./vma-set.ts";

interface Pages {
  readonly start: number;
  readonly end: number;
}

/** Make of a copy what the child has; the DONTFORK areas that it does not get, which are still there. */
export function inherit(set: VmaSet, ids: AnonIds): readonly Pages[] {
  const { traits } = set;
  const own: Pages[] = [];
  set.eachRow((chunk, row) => {
    const old = traits.get(chunk.traits(row));
    const written = chunk.anon(row) !== 0;
    if (hasFlag(old, "dc")) own.push({ start: chunk.start(row), end: chunk.end(row) });
    else if (written || hasFlag(old, "lo") || hasFlag(old, "lf")) {
      const anon = !written || hasFlag(old, "wf") ? 0 : newAnon(ids);
      chunk.mark(row, anon, inherited(traits, old, anon !== 0).id);
    }
  });
  return own;
}

/** The traits that a child has of its parent's. */
function inherited(table: TraitsTable, old: Traits, forked: boolean): Traits {
  const known = forked ? old.child : old.plainChild;
  if (known !== undefined) return known;
  const kept = withoutWatch(changeFlags(old.flags, [], ["lo", "lf"]));
  const made = table.of({ ...old, flags: kept, forked });
  if (forked) old.child = made;
  else old.plainChild = made;
  return made;
}
