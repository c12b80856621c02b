/** Which entry and which exit of a call belong together, and what was seen between them. */

import type { Diagnostics } from "../../errors.ts";
import type { Call, MapsArea, Search } from "../../trace/event.ts";
import type { OpenFile } from "../../trace/file.ts";
import { MAP_ANONYMOUS } from "../../trace/flags.ts";
import { hasBit, inPage, type U64 } from "../../units.ts";
import { impossible } from "../checks.ts";
import { type Draft, fill } from "../draft.ts";
import { fileOf } from "../kinds.ts";
import type { Request } from "../request.ts";
import { Rings, ringFile } from "../rings.ts";
import { type End, endOf, isMemoryCall } from "./calls.ts";
import { settle, settleAlone, type Unit } from "./effects.ts";
import type { At, Pending, Space, Task } from "./tasks.ts";
import type { Window } from "./window.ts";

const smallestPage = 4096;

const unseen: End = { outcome: "no exit seen", result: null, error: null };
const untold: End = { outcome: "unknown", result: null, error: null };

/** io_setup returns 0 and tells only the program where its ring is: where the search inside found room, and so long. */
function ringOf(pending: Pending, end: End): readonly [Pending, End] {
  if (pending.name !== "io_setup" || end.outcome !== "ok") return [pending, end];
  const search = pending.searches.findLast(({ result }) => result !== null);
  if (search === undefined) return [pending, untold];
  const request = { ...pending.request, length: search.length };
  return [
    { ...pending, request },
    { ...end, result: search.result },
  ];
}

/** True of a call that maps a file. */
const mapsFile = ({ request }: Pending): boolean =>
  request.call === "shmat" ||
  (request.call === "mmap" && request.fd >= 0 && !hasBit(request.flags, MAP_ANONYMOUS));

/** The area that perf printed around the address of a new mapping. */
function areaBehind({ mapped }: Pending, { result }: End): MapsArea | undefined {
  if (result === null) return undefined;
  return mapped.find(({ area }) => area.start <= result && result < area.end)?.area;
}

/** Bytes of the huge page that a search of hugetlb aligns to, the only one with a mask; undefined of any other. */
function maskedPage(searches: readonly Search[]): number | undefined {
  const mask = Number(searches.at(-1)?.alignMask ?? 0);
  let page = smallestPage;
  while (mask > 0 && inPage(mask, 2 * page) === 0) page *= 2;
  return mask > 0 ? mask + page : undefined;
}

/** Files behind new mappings. */
class MappedFiles {
  /** Huge pages of hugetlbfs, by its device: the kernel has a mount for each size. */
  readonly #hugePages = new Map<string, number>();

  of(pending: Pending, end: End): OpenFile | undefined {
    if (!mapsFile(pending)) return undefined;
    const area = areaBehind(pending, end);
    const file =
      area === undefined || area.path === "" ? undefined : fileOf(area.path, -1, area.device);
    const masked = maskedPage(pending.searches);
    if (masked !== undefined && area !== undefined) this.#hugePages.set(area.device, masked);
    // A call that failed, of which nothing was printed.
    if (file === undefined && masked !== undefined)
      return { id: -1, kind: "hugetlb", hugePage: masked };
    const hugePage = this.#hugePages.get(area?.device ?? "");
    if (file?.kind !== "hugetlb" || hugePage === undefined) return file;
    return { ...file, hugePage };
  }
}

function callOf(
  pid: number,
  { name, request, line: entryLine, time: entryTime }: Pending,
  { outcome, result, error }: End,
  { line, time }: At,
  file: OpenFile | undefined,
): Call {
  if (time === undefined || entryTime === undefined || line === entryLine || name !== request.call)
    return {
      kind: "call",
      line,
      pid,
      ...(time === undefined ? {} : { time }),
      ...(name === request.call ? {} : { name }),
      ...(line === entryLine ? {} : { entryLine }),
      ...(entryTime === undefined || line === entryLine ? {} : { entryTime }),
      outcome,
      result,
      error,
      ...request,
      ...(file === undefined ? {} : { file }),
    };
  const { call } = request;
  const draft: Draft = {
    kind: "call",
    line,
    pid,
    time,
    entryLine,
    entryTime,
    outcome,
    result,
    error,
    call,
  };
  fill(draft, request);
  if (file !== undefined) draft.file = file;
  return draft as Call;
}

/** So many calls of one space may overlap without a moment of rest. */
const patience = 256;

/** Pairs entries and exits by task. */
export class Flight {
  readonly #window: Window;
  readonly #diagnostics: Diagnostics;
  readonly #rings = new Rings();
  readonly #files = new MappedFiles();
  /** The largest page size that all searches allow, bytes. */
  #page = 65_536;

  constructor(window: Window, diagnostics: Diagnostics) {
    this.#window = window;
    this.#diagnostics = diagnostics;
  }

  /** A call began; `raw` if a line of raw_syscalls tells so. */
  enter(task: Task, space: Space, name: string, asked: Request, at: At, raw: boolean): void {
    this.#miss(task);
    const ring =
      name === "io_destroy" && asked.call === "munmap" ? this.#rings.unmapped(asked.addr) : asked;
    const request = ring ?? asked;
    const { line, time } = at;
    const effect = undefined;
    task.pending = { space, name, request, raw, line, time, searches: [], mapped: [], effect };
    space.open += 1;
    this.#window.openCall(at.line);
  }

  /** An entry of a call that only shares its name with those that matter. */
  other(task: Task, name: string): void {
    if (task.pending?.name === name) this.#miss(task);
  }

  /** True for the exit of such a call, and of one whose entry is missing: nothing says that it mattered. */
  isOther(task: Task, name: string): boolean {
    return name === "prctl" && task.pending?.name !== name;
  }

  /** What is under way has ended unseen. */
  #miss(task: Task): void {
    if (task.pending === undefined) return;
    const { line } = task.pending;
    this.#diagnostics.warn("parse/no-exit", "calls without an exit line", line);
    this.#window.warn("parse/no-exit", line, task.tid);
    this.abandon(task);
  }

  /** `result` is undefined where the recording does not tell it. */
  exit(task: Task, name: string, result: U64 | undefined, at: At): void {
    const { pending, left } = task;
    task.left = undefined;
    if (left === name) return;
    if (pending?.name !== name) {
      this.#diagnostics.skip(name, "parse/no-entry", "exit lines without an entry", at.line);
      this.#window.warn("parse/no-entry", at.line, task.tid);
      return;
    }
    this.#finish(task, pending, result === undefined ? untold : endOf(name, result), at);
  }

  /** The exit will never come. */
  abandon(task: Task): void {
    const { pending } = task;
    if (pending === undefined) return;
    this.#finish(task, pending, unseen, { line: pending.line, time: pending.time });
  }

  /** The call is told again by other lines. */
  forget(task: Task): void {
    const { pending } = task;
    if (pending === undefined) return;
    task.pending = undefined;
    pending.space.open -= 1;
    this.#window.closeCall(pending.line);
  }

  /** An exit whose result is not a number. */
  noNumber(task: Task, name: string, body: string, at: At): void {
    const message = `exit without a number: ${body}`;
    this.#window.warn("parse/bad-result", at.line, task.tid);
    if (isMemoryCall(name)) this.#diagnostics.skip(name, "parse/bad-result", message, at.line);
    else this.#diagnostics.warn("parse/bad-result", message, at.line);
  }

  /** A mapping that is a ring. */
  #ring({ name, request }: Pending, { result }: End): OpenFile | undefined {
    if (name !== "io_setup" || request.call !== "mmap" || result === null) return undefined;
    this.#rings.made(result, request.length);
    return ringFile;
  }

  #finish(task: Task, begun: Pending, ended: End, at: At): void {
    const [pending, end] = ringOf(begun, ended);
    const { request, line } = pending;
    const file = this.#ring(pending, end) ?? this.#files.of(pending, end);
    const call = callOf(task.tid, pending, end, at, file);
    task.pending = undefined;
    const { space, searches, effect: seen } = pending;
    const exit = Math.max(at.line, line);
    const wrong = impossible(request, end.outcome, end.result);
    space.open -= 1;
    if (wrong !== undefined) {
      this.#diagnostics.skip(request.call, wrong.code, wrong.message, at.line);
      this.#window.warn(wrong.code, at.line, task.tid);
      this.#window.add(exit, searches);
      this.#window.closeCall(line);
    } else {
      const unit = { call, searches, entry: line, exit, seen };
      if (space.open === 0 && space.units.length === 0) {
        this.#settleAlone(unit, space);
        return;
      }
      space.units.push(unit);
    }
    if (space.open === 0 || space.units.length > patience) this.#settle(space);
  }

  #settleAlone(unit: Unit, { pages }: Space): void {
    const { searches, call, entry } = unit;
    for (const search of searches) this.#learn(search);
    this.#window.settleAlone(entry, settleAlone(unit, this.#page, pages), searches, call);
  }

  /** Nothing is under way any more: what overlapped gets its order. */
  #settle(space: Space): void {
    const { units, pages } = space;
    space.units = [];
    for (const unit of units) for (const search of unit.searches) this.#learn(search);
    const settled = settle(units, this.#page, pages);
    this.#window.settle(
      units.map(({ entry }) => entry),
      settled,
    );
  }

  /** The kernel searches for whole pages. */
  #learn(search: Search): void {
    const { length, result } = search;
    for (const bytes of [length, result ?? 0]) {
      while (this.#page > smallestPage && inPage(bytes, this.#page) !== 0) this.#page /= 4;
    }
  }
}
