/** How a named thing is found: one list per folder, one line per entry. */

import { MmreplayError } from "./errors.ts";

export interface Registry<T extends { readonly id: string }> {
  readonly ids: readonly string[];
  readonly all: readonly T[];
  /** Throws `usage/unknown-<kind>` with the nearest id as a hint. */
  get(id: string): T;
}

/** Levenshtein distance, for did-you-mean. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The known words nearest to one that is none of them; none if all are far from it. */
export function nearest(word: string, known: readonly string[]): readonly string[] {
  const far = known.map((one) => distance(word, one));
  const least = Math.min(...far);
  return least <= 3 && least < word.length ? known.filter((_, at) => far[at] === least) : [];
}

/** Build a registry; a repeated id is a programming error. */
export function registry<T extends { readonly id: string }>(
  kind: string,
  entries: readonly T[],
): Registry<T> {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  if (byId.size !== entries.length) throw new Error(`two ${kind} entries share an id`);
  const ids = [...byId.keys()];
  return {
    ids,
    all: entries,
    get(id) {
      const entry = byId.get(id);
      if (entry !== undefined) return entry;
      const near = nearest(id, ids);
      const hint =
        near.length > 0 ? `did you mean ${near.join(" or ")}` : `choose one of ${ids.join(", ")}`;
      throw new MmreplayError(`usage/unknown-${kind}`, `unknown ${kind} "${id}"`, { hint });
    },
  };
}
