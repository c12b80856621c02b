/** Which pages of a mapping count as there when entries are counted. */

export interface Population {
  /** All that an access could reach, those with a page fault in the recording, or none. */
  readonly mode: "full" | "touched" | "none";
  /** Largest folio of the page cache, log2 of its pages; default: what the filesystem and the kernel allow. */
  readonly folioOrder?: number;
}

export const everything: Population = { mode: "full" };
