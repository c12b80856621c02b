/** How large System V segments are: shmget tells, shmat does not. */

import type { OpenFile } from "../../trace/file.ts";
import { SHM_HUGETLB } from "../../trace/flags.ts";
import { hasBit, hex, type U64 } from "../../units.ts";
import type { Request } from "./calls.ts";

interface Segment {
  readonly length: U64;
  readonly file: OpenFile;
}

/** The file that the kernel makes for a segment (newseg in ipc/shm.c); the page size of hugetlb is in the flags. */
function fileOf(key: number, flags: number): OpenFile {
  const path = `/SYSV${hex(key).slice(2).padStart(8, "0")}`;
  if (!hasBit(flags, SHM_HUGETLB)) return { id: -1, kind: "shmem", path, huge: "internal" };
  const shift = Math.floor(flags / 2 ** 26) % 64;
  return { id: -1, kind: "hugetlb", path, ...(shift > 0 && { hugePage: 2 ** shift }) };
}

export class Segments {
  /** By task: what its shmget that is under way asks for. */
  readonly #asked = new Map<number, Segment>();
  readonly #made = new Map<number, Segment>();

  /** A task calls shmget with these arguments, undefined where the recording leaves one out. */
  ask(tid: number, key: U64 | undefined, length: U64 | undefined, flags: U64 | undefined): void {
    if (key === undefined || length === undefined || flags === undefined) return;
    this.#asked.set(tid, { length, file: fileOf(Number(key) % 2 ** 32, Number(flags)) });
  }

  /** True if a shmget of this task is under way. */
  isAsked(tid: number): boolean {
    return this.#asked.has(tid);
  }

  /** It returned an id, or an error, which no shmat will name. */
  made(tid: number, id: U64 | undefined): void {
    const segment = this.#asked.get(tid);
    this.#asked.delete(tid);
    if (segment === undefined || id === undefined) return;
    const known = this.#made.get(Number(id));
    // Size 0 asks for a segment that exists, whatever its size.
    if (segment.length > 0 && (known === undefined || known.length < segment.length))
      this.#made.set(Number(id), segment);
  }

  /** Events are missing: a call of the same name may have begun anew. */
  forget(): void {
    this.#asked.clear();
  }

  /** A shmat with what is known of its segment; any other request as it is. */
  told(request: Request): Request {
    const segment = request.call === "shmat" ? this.#made.get(request.shmid) : undefined;
    return segment === undefined ? request : { ...request, ...segment };
  }
}
