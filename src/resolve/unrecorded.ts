/** What the kernel maps in calls that were not recorded, of which a search alone tells: rings, device memory, probes. */

import type { Search } from "../trace/event.ts";
import { MAP_SHARED, PROT_READ, PROT_WRITE } from "../trace/flags.ts";
import { pageOf, pagesFor } from "../units.ts";
import type { Area } from "./program.ts";
import type { State } from "./state.ts";

/** Nothing is known of it but its place. */
const unknownArea: Area = {
  backing: "file",
  file: { id: -1, kind: "device" },
  prot: PROT_READ + PROT_WRITE,
  shared: true,
  pgoff: 0,
  flags: MAP_SHARED,
};

/**
 * Map what these searches found, if the next one saw exactly that much mapped (`mapped` pages) beside what is known: then
 * each has mapped all that it asked for. False, and nothing mapped, otherwise.
 */
export function mapUnrecorded(
  state: State,
  strays: readonly { readonly search: Search; readonly index: number }[],
  mapped: number | undefined,
  pageBytes: number,
): boolean {
  if (strays.length === 0 || mapped === undefined) return false;
  const pages = strays.reduce((sum, { search }) => sum + pagesFor(search.length, pageBytes), 0);
  if (state.live.pages + pages !== mapped) return false;
  if (!strays.every(({ search }) => search.result !== null && search.alignMask === 0)) return false;
  for (const { search, index } of strays) {
    if (search.result === null) continue;
    state.map(
      pageOf(search.result, pageBytes),
      {
        how: "place",
        pages: pagesFor(search.length, pageBytes),
        guard: 0,
        area: unknownArea,
        low32: false,
        above4g: false,
        startGap: 0,
        searches: [search],
      },
      { event: index, line: search.line },
    );
  }
  return true;
}
