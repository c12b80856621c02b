/** How memory calls become events: arguments, result, file, and what is wrong with them. */

import type { Call, CallBase } from "../../trace/event.ts";
import type { OpenFile } from "../../trace/file.ts";
import { MAP_ANONYMOUS, SHM_HUGETLB } from "../../trace/flags.ts";
import { hasBit, inPage, parseU64, type U64 } from "../../units.ts";
import { inOrder, intOf, splitArgs } from "./args.ts";
import { cutResult, impossible } from "./checks.ts";
import { type Files, hugePageOf } from "./files.ts";
import type { At, Task } from "./lives.ts";
import { type Parsed, type Problem, type Request, readRequest } from "./memory.ts";
import { PageSize } from "./page-size.ts";
import type { Result } from "./result.ts";

/** Where a call stands. */
export interface Place {
  readonly task: Task;
  readonly bare: boolean;
  readonly entry: At;
  readonly exit: At;
  /** As written. */
  readonly name: string;
}

/** The size of a System V segment and what it is made of. */
interface Segment {
  readonly length: U64;
  readonly file: Omit<OpenFile, "id">;
}

/** Page units of mmap2 (sys_mmap_pgoff): 4096 bytes on every architecture that strace 4.5 ran on. */
const mmap2Unit = 4096;

export class Calls {
  readonly #files: Files;
  readonly #segments = new Map<number, Segment>();
  readonly warn: (problem: Problem, place: Place) => void;
  readonly pages: PageSize = new PageSize();
  /** mmap2 offsets are printed in pages (strace before 4.8). */
  #pageOffsets = false;

  constructor(files: Files, warn: (problem: Problem, place: Place) => void) {
    this.#files = files;
    this.warn = warn;
  }

  /** The request of a call whose arguments are all in `text`; undefined if it has nothing to do with memory. */
  parse(name: string, text: string, close: number, place: Place): Parsed | Problem | undefined {
    const parsed = readRequest(name, text, text.indexOf("("), close);
    if (parsed === undefined || "code" in parsed || place.name !== "mmap2") return parsed;
    return { ...parsed, request: this.#scaled(parsed.request, place) };
  }

  /** An offset in bytes. */
  #scaled(request: Request, place: Place): Request {
    if (request.call !== "mmap") return request;
    place.task.space.narrow = true;
    if (!this.#pageOffsets && inPage(request.offset, mmap2Unit) !== 0) {
      this.#pageOffsets = true;
      const message = "mmap2 offsets are taken as pages of 4096 bytes, as strace before 4.8 prints";
      this.warn({ code: "parse/page-offsets", message }, place);
    }
    if (!this.#pageOffsets) return request;
    return { ...request, offset: Number(request.offset) * mmap2Unit };
  }

  /** The file behind the descriptor of a mapping, while the call begins. */
  file(parsed: Parsed, task: Task): OpenFile | undefined {
    const { request, fdText } = parsed;
    if (request.call !== "mmap" || request.fd < 0) return undefined;
    if (hasBit(request.flags, MAP_ANONYMOUS)) return undefined;
    return this.#files.behind(task.files, request.fd, fdText ?? "");
  }

  /** The event of a call that ended; undefined (and counted) if it cannot have happened. */
  event(
    parsed: Parsed,
    file: OpenFile | undefined,
    result: Result,
    place: Place,
  ): Call | undefined {
    const { request } = parsed;
    const { outcome, error } = result;
    const value = result.value === null ? null : cutResult(result.value, place.task.space.narrow);
    const wrong = result.injected ? undefined : impossible(request, outcome, value);
    if (wrong !== undefined) {
      this.warn(wrong, place);
      return undefined;
    }
    if (value !== null && request.call === "mmap") this.pages.see(value, place.exit.line);
    const base = { ...callBase(place, result), outcome, result: value, error };
    if (request.call === "shmat") return { ...base, ...request, ...this.#segment(request.shmid) };
    if (file !== undefined && request.call === "mmap") return { ...base, ...request, file };
    return { ...base, ...request };
  }

  #segment(shmid: number): { file: OpenFile; length?: U64 } {
    const segment = this.#segments.get(shmid);
    if (segment === undefined) {
      return { file: this.#files.fresh({ kind: "shmem", huge: "internal" }) };
    }
    return { file: this.#files.fresh(segment.file), length: segment.length };
  }

  /** shmget: the only place that tells how large a segment is. */
  segment(text: string, result: Result): void {
    if (typeof result.value !== "number") return;
    const { args } = splitArgs(text, text.indexOf("(") + 1);
    const [key = "", size = "", flags = ""] = inOrder(args, ["key", "size", "shmflg"]);
    const length = parseU64(size);
    const known = this.#segments.get(result.value);
    if (length === undefined || length === 0 || (known !== undefined && known.length >= length)) {
      return;
    }
    const number = /^0x[0-9a-f]+/.exec(key)?.[0] ?? "0";
    const path = `/SYSV${(intOf(number) === 0 ? "0" : number.slice(2)).padStart(8, "0")}`;
    const raw = /^0x[0-9a-f]+/.exec(flags)?.[0];
    const isHuge = /\bSHM_HUGETLB\b/.test(flags) || hasBit(Number(raw ?? 0), SHM_HUGETLB);
    const hugePage = hugePageOf(flags);
    const file: Omit<OpenFile, "id"> = isHuge
      ? { kind: "hugetlb", path, ...(hugePage !== undefined && { hugePage }) }
      : { kind: "shmem", path, huge: "internal" };
    this.#segments.set(result.value, { length, file });
  }
}

type Optional = Pick<CallBase, "name" | "entryLine" | "entryTime" | "time" | "bare" | "injected">;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What every event of a call has, beside how it ended. */
function callBase(
  place: Place,
  result: Result,
): Pick<CallBase, "kind" | "line" | "pid"> & Optional {
  const { task, entry, exit, name } = place;
  const base: Mutable<Pick<CallBase, "kind" | "line" | "pid"> & Optional> = {
    kind: "call",
    line: exit.line,
    pid: task.tid,
  };
  if (!canonical.has(name)) base.name = name;
  if (place.bare) base.bare = true;
  if (result.injected) base.injected = true;
  if (exit.time !== undefined) base.time = exit.time;
  if (entry.line !== exit.line) base.entryLine = entry.line;
  if (entry.time !== undefined && entry.time !== exit.time) base.entryTime = entry.time;
  return base;
}

/** Names that events use for the call itself. */
const canonical: ReadonlySet<string> = new Set([
  "mmap",
  "munmap",
  "mremap",
  "brk",
  "mprotect",
  "madvise",
  "shmat",
  "shmdt",
  "remap_file_pages",
  "mlock",
  "munlock",
  "mlockall",
  "munlockall",
  "mseal",
  "map_shadow_stack",
]);
