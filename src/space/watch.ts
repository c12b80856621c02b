/** What may look on while ops change address spaces, for metrics that an end state does not show. */

import type { AddressSpace } from "./address-space.ts";

/** How pages change: they leave, they lose what is in them, or they get other attributes than their neighbours. */
export type PageChange = "gone" | "discarded" | "changed";

/** All pages are those of `space`; each method is called before the space changes. */
export interface Watch {
  changing?(space: AddressSpace, start: number, end: number, change: PageChange): void;
  /** New memory, at a place that a search or a hint gave. */
  placing?(space: AddressSpace, index: number, page: number, pages: number): void;
  moving?(space: AddressSpace, from: number, to: number, pages: number): void;
  forking?(space: AddressSpace, child: number): void;
  ending?(space: AddressSpace): void;
  /** Pages are touched for the first time, or again. */
  touching?(space: AddressSpace, start: number, end: number): void;
  /** After an op, with all spaces alive, by id. */
  stepped?(index: number, current: AddressSpace, alive: ReadonlyMap<number, AddressSpace>): void;
}
