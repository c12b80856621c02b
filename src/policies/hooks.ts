/** Which searches place files whose drivers have a get_unmapped_area of their own. */

import type { Attempt } from "../arch/types.ts";
import { type Attempts, pad, plain } from "./shapes.ts";
import type { Request, Target } from "./types.ts";

const withoutFile: Attempt = { file: false };

/** io_uring rings (io_uring/memmap.c): a hint is EINVAL before any search. */
export function ioUring({ hint }: Request): Attempts {
  return hint ? [] : [withoutFile];
}

/** dax_get_unmapped_area() of drivers/dax/device.c: by the region's alignment, never a block above, only without a hint. */
export function devdax({ align, hint, pages, pgoff }: Request): Attempts {
  return [align !== undefined && !hint && pad(pages, align, pgoff, false), plain];
}

/** arena_get_unmapped_area() of kernel/bpf/arena.c: twice the room, then past the 4 GiB line that it would cross. */
export function bpfArena({ pages }: Request, { arch }: Target): Attempts {
  const mask = 2 ** 32 / arch.pageBytes - 1;
  return [{ pages: 2 * pages, finish: { kind: "cross", mask, offset: 0 }, file: false }];
}
