/** Which System V segments perf's calls make, by the shmget that a task is in. */

import { hugePageOf, SHM_HUGETLB } from "../../trace/flags.ts";
import { hasBit, type U64 } from "../../units.ts";
import type { Request } from "../request.ts";
import { KnownSegments, type Segment, segmentFile } from "../segments.ts";

const fileOf = (key: number, flags: number): Segment["file"] =>
  segmentFile(key, hasBit(flags, SHM_HUGETLB), hugePageOf(flags));

export class Segments {
  /** By task: what its shmget that is under way asks for. */
  readonly #asked = new Map<number, Segment>();
  readonly #known = new KnownSegments();

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
    if (segment !== undefined && id !== undefined) this.#known.made(Number(id), segment);
  }

  /** Events are missing: a call of the same name may have begun anew. */
  forget(): void {
    this.#asked.clear();
  }

  /** A shmat with what is known of its segment; any other request as it is. */
  told(request: Request): Request {
    const segment = request.call === "shmat" ? this.#known.of(request.shmid) : undefined;
    if (segment === undefined) return request;
    const file = { id: -1, ...segment.file };
    return { ...request, ...{ length: segment.length, file } };
  }
}
