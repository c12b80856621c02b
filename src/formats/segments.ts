/** What is known of System V segments: shmget tells their size and kind, shmat does not. */

import type { OpenFile } from "../trace/file.ts";
import { hex, type U64 } from "../units.ts";

export interface Segment {
  /** Bytes. */
  readonly length: U64;
  readonly file: Omit<OpenFile, "id">;
}

/** Of a segment of which nothing is known. */
export const shmem: Segment["file"] = { kind: "shmem", huge: "internal" };

/** The file that the kernel makes for a segment (newseg in ipc/shm.c); `hugePage` in bytes, where the flags name a size. */
export function segmentFile(
  key: number,
  isHuge: boolean,
  hugePage: number | undefined,
): Segment["file"] {
  const path = `/SYSV${hex(key).slice(2).padStart(8, "0")}`;
  if (!isHuge) return { ...shmem, path };
  return { kind: "hugetlb", path, ...(hugePage !== undefined && { hugePage }) };
}

/** Segments by id. */
export class KnownSegments {
  readonly #byId = new Map<number, Segment>();

  /** What a shmget asked for that returned this id. */
  made(id: number, segment: Segment): void {
    const known = this.#byId.get(id);
    // Size 0 asks for a segment that exists, whatever its size.
    if (segment.length > 0 && (known === undefined || known.length < segment.length))
      this.#byId.set(id, segment);
  }

  of(id: number): Segment | undefined {
    return this.#byId.get(id);
  }
}
