/** Where each number of the four tables stands: strides, column order and kinds of `run(ops, searches, out, found)`. */

export const opKind = { fork: 1, enter: 2, map: 3, probe: 4, fix: 5, release: 6 } as const;

export const rowKind = { down: 1, up: 2, at: 3, claim: 4, exactDown: 5, exactUp: 6 } as const;

/** How the page that a search found becomes the answer; on `at` rows how the hint is rounded: `take`, `up`, `down`. */
export const finishKind = {
  take: 0,
  up: 1,
  above: 2,
  cross: 3,
  test: 4,
  down: 5,
  shift: 6,
} as const;

/** Columns of `ops`; pages. `x`, `y`: first row and rows (map, probe), align mask and offset (fix), spared object and its pages (release). */
export const op = {
  kind: 0,
  object: 1,
  anchor: 2,
  offset: 3,
  pages: 4,
  guard: 5,
  x: 6,
  y: 7,
  stride: 8,
} as const;

/** Columns of `searches`; pages. Rows of one attempt are consecutive. */
export const search = {
  kind: 0,
  attempt: 1,
  pages: 2,
  lowLimit: 3,
  highLimit: 4,
  alignMask: 5,
  alignOffset: 6,
  startGap: 7,
  finish: 8,
  finishMask: 9,
  finishOffset: 10,
  hintWall: 11,
  stride: 12,
} as const;

/**
 * Columns of `out`, one entry per op. `page`: where the op took effect (0 for fork and enter), -1 no fit or refused, -2 orphan.
 * `row`: index in `searches` of the row that won or held the page, or -1. `mapped`: pages in the space before the op.
 */
export const out = { page: 0, row: 1, mapped: 2, searches: 3, steps: 4, stride: 5 } as const;

/** Columns of `found`, one entry per down or up row that ran: its index in `searches`, and the page before `finish` or -1. */
export const found = { row: 0, page: 1, stride: 2 } as const;
