/** What a trace asked for: events become ops on objects, one stream per address space. */

import type { Diagnostics } from "../errors.ts";
import type { Shelf } from "../trace/block.ts";
import {
  type Call,
  type Event,
  type Fault,
  growthSource,
  type Lifecycle,
  type Search,
} from "../trace/event.ts";
import { eventAt } from "../trace/events.ts";
import { bringsPages } from "../trace/flags.ts";
import { hasKind, timeless } from "../trace/log.ts";
import { segmentSizes } from "../trace/segment-sizes.ts";
import { Tasks } from "../trace/tasks.ts";
import type { Trace } from "../trace/trace.ts";
import { pageOf, pagesFor } from "../units.ts";
import { Beginnings } from "./beginnings.ts";
import { resolveCall } from "./calls.ts";
import { growStack } from "./grow-stack.ts";
import { type FileOf, SnapshotAreas } from "./initial.ts";
import { OpCounter, type OpSink } from "./op-sink.ts";
import { OpWriter } from "./op-writer.ts";
import type { Context } from "./placing.ts";
import type { Origin, Program, SpaceFacts } from "./program.ts";
import { type SpaceState, State } from "./state.ts";
import { type Survey, survey } from "./survey.ts";
import { PendingUnmaps } from "./unmaps.ts";
import { mapUnrecorded } from "./unrecorded.ts";

export interface ResolveOptions {
  /** What a path in a snapshot says of its file. */
  readonly fileOf: FileOf;
  /** The recording kernel unmaps the target of a mremap FIXED before it fails with EFAULT (6.1, 6.12). */
  readonly failedRemapUnmaps: boolean;
  /** The recording kernel's fork leaves out the rings of io_setup (7.2); default false. */
  readonly ringsStay?: boolean;
  /** Keep page faults, as ops; default false. */
  readonly touches?: boolean;
}

class Resolver {
  readonly #trace: Trace;
  readonly #touches: boolean;
  readonly #survey: Survey;
  readonly #tasks: Tasks;
  readonly #context: Context;
  readonly #beginnings: Beginnings;
  readonly #waiting = new Map<number, PendingUnmaps>();
  readonly #pending = new Map<number | null, { search: Search; index: number }[]>();

  constructor(
    trace: Trace,
    options: ResolveOptions,
    diagnostics: Diagnostics,
    ops: OpSink,
    { spaces, shelf }: { readonly spaces?: SpaceFacts[]; readonly shelf?: Shelf | undefined },
  ) {
    this.#trace = trace;
    this.#touches = options.touches ?? false;
    const segments = segmentSizes(trace.events);
    this.#survey = survey(trace.events, trace.facts, segments, this.#touches, shelf);
    this.#tasks = new Tasks(this.#survey.kinship);
    const pageBytes = trace.facts.pageSize;
    this.#context = {
      state: new State(ops, trace.facts.stackGuardGap ?? 256, this.#touches, shelf),
      pageBytes,
      diagnostics,
      hasSearches: hasKind(trace.events, "search"),
      failedRemapUnmaps: options.failedRemapUnmaps,
      ringsStay: options.ringsStay ?? false,
      segments,
    };
    const { state } = this.#context;
    const areas = new SnapshotAreas(pageBytes, options.fileOf);
    this.#beginnings = new Beginnings(trace, this.#survey, areas, state, spaces);
  }

  run(): Omit<Program, "ops" | "spaces"> {
    const { state, pageBytes } = this.#context;
    let index = 0;
    for (const event of timeless(this.#trace.events)) {
      this.#event(event, { event: index, line: event.line });
      index += 1;
    }
    for (const waiting of this.#pending.values()) this.#strays(waiting);
    this.#settleAll({ event: -1, line: 0 });
    const { objects, peak, doubtfulFrom, exclusions } = state;
    const { name } = this.#trace;
    return { name, pageBytes, objects, peak, doubtfulFrom, exclusions };
  }

  /** Make the space of a task current, beginning it if the recording never told of its birth. */
  #enter(pid: number | null, from: Origin): void {
    const known = this.#tasks.known(pid);
    if (known !== undefined) {
      this.#context.state.enter(known, from);
      return;
    }
    const { space, isNew } = this.#tasks.spaceOf(pid);
    this.#context.state.enter(space, from);
    if (isNew) this.#beginnings.begin(space, from);
  }

  /** Count calls on what was mapped before the recording began. */
  #checkSeen(call: Call): void {
    const { state, pageBytes, diagnostics } = this.#context;
    if (call.outcome !== "ok" || !this.#beginnings.isUnknown(state.space.space)) return;
    if (call.call !== "munmap" && call.call !== "mprotect" && call.call !== "mremap") return;
    const start = pageOf(call.addr, pageBytes);
    if (state.live.over(start, start + pagesFor(call.length, pageBytes)).length > 0) return;
    const message = "calls on ranges that were mapped before the recording began";
    diagnostics.warn("resolve/unseen-range", message, call.line);
  }

  #event(event: Event, from: Origin): void {
    switch (event.kind) {
      case "lifecycle":
        this.#lifecycle(event, from);
        return;
      case "search": {
        const waiting = this.#pending.get(event.pid) ?? [];
        waiting.push({ search: event, index: from.event });
        this.#pending.set(event.pid, waiting);
        this.#enter(event.pid, from);
        this.#settle((unmaps) => unmaps.before(event));
        this.#settle((unmaps, { space, live }) =>
          unmaps.counted(event, live, this.#beginnings.unrecorded(space)),
        );
        return;
      }
      case "call": {
        this.#enter(event.pid, from);
        this.#settle((unmaps) => unmaps.before(event));
        this.#checkSeen(event);
        if (this.#unmaps()?.take(event, from)) return;
        const searches = this.#searchesOf(event.pid, event.entryLine ?? event.line);
        resolveCall(this.#context, event, searches, from);
        this.#populate(event, from);
        return;
      }
      case "fault":
        this.#touch(event, from);
        return;
      case "snapshot": {
        this.#enter(event.pid, from);
        this.#settle((unmaps) => unmaps.flush());
        const { source, exact, areas } = event;
        growStack(this.#context.state, areas, this.#context.pageBytes, from);
        if (source !== growthSource)
          this.#context.state.ops.push({ kind: "snapshot", source, exact, areas, ...from });
        return;
      }
      case "lost":
        for (const space of this.#context.state.spaces) {
          const { doubtfulFrom, ops } = this.#context.state;
          if (!doubtfulFrom.has(space)) doubtfulFrom.set(space, ops.length);
        }
        this.#pending.clear();
        return;
      default:
        return;
    }
  }

  #populate(call: Call, from: Origin): void {
    if (call.call !== "mmap" || call.outcome !== "ok" || call.result === null) return;
    if (!bringsPages(call.flags)) return;
    const { state, pageBytes } = this.#context;
    const start = pageOf(call.result, pageBytes);
    state.touch(start, start + pagesFor(call.length, pageBytes), from);
  }

  #touch({ pid, addr, line }: Fault, from: Origin): void {
    if (!this.#touches) return;
    this.#enter(pid, from);
    const { state, pageBytes, diagnostics } = this.#context;
    const page = pageOf(addr, pageBytes);
    if (!state.touch(page, page + 1, from))
      diagnostics.warn("resolve/stray-fault", "a page fault where no mapping is known", line);
  }

  /** Unmaps of the current space that wait for their moment; undefined where no search could tell it. */
  #unmaps(): PendingUnmaps | undefined {
    if (!this.#context.hasSearches) return undefined;
    const { space } = this.#context.state.space;
    const known = this.#waiting.get(space) ?? new PendingUnmaps(this.#context.pageBytes);
    this.#waiting.set(space, known);
    return known;
  }

  /** Let unmaps of the current space take effect. */
  #settle(due: (unmaps: PendingUnmaps, space: SpaceState) => readonly Origin[]): void {
    const unmaps = this.#unmaps();
    if (unmaps === undefined) return;
    for (const from of due(unmaps, this.#context.state.space)) {
      const event = eventAt(this.#trace.events, from.event);
      if (event?.kind === "call") resolveCall(this.#context, event, [], from);
    }
  }

  /** What is still waiting anywhere takes effect. */
  #settleAll(from: Origin): void {
    if (this.#waiting.size === 0) return;
    const { state } = this.#context;
    for (const space of [...state.spaces]) {
      if (this.#waiting.get(space)?.isEmpty ?? true) continue;
      state.enter(space, from);
      this.#settle((unmaps) => unmaps.flush());
    }
  }

  /** The searches inside the call that began on this line; earlier ones had no call of their own. */
  #searchesOf(pid: number | null, began: number): readonly Search[] {
    const waiting = this.#pending.get(pid);
    if (waiting === undefined) return noSearches;
    this.#pending.delete(pid);
    const own = waiting.filter(({ search }) => search.line >= began).map(({ search }) => search);
    this.#strays(
      waiting.filter(({ search }) => search.line < began),
      own[0],
    );
    return own;
  }

  /** Searches that neither a call nor exec explains; `next` is the first after them. */
  #strays(waiting: readonly { search: Search; index: number }[], next?: Search): void {
    const strays = waiting.filter(({ search, index }) => {
      const space = this.#tasks.known(search.pid);
      const found = space === undefined ? undefined : this.#survey.spaces.get(space);
      return found?.execSearches.includes(index) !== true;
    });
    const { state, pageBytes } = this.#context;
    const mapped =
      next?.totalVm === undefined
        ? undefined
        : next.totalVm - this.#beginnings.unrecorded(state.space.space);
    if (mapUnrecorded(state, strays, mapped, pageBytes)) return;
    for (const { search } of strays) {
      this.#context.diagnostics.warn(
        "resolve/stray-search",
        "a search without a recorded call around it (shmat, io_uring, uprobe)",
        search.line,
      );
      this.#context.state.exclude({
        of: "search",
        reason: "a search whose call was not recorded",
        line: search.line,
      });
    }
  }

  #lifecycle(event: Lifecycle, from: Origin): void {
    const { state, diagnostics } = this.#context;
    if (event.lifecycle !== "thread") this.#settleAll(from);
    if (event.child !== undefined) this.#enter(event.pid, from);
    const change = this.#tasks.change(event);
    switch (change.kind) {
      case "exec":
        if (change.ended !== undefined) this.#exit(change.ended, from);
        state.enter(change.space, from);
        this.#beginnings.begin(change.space, from);
        if (this.#survey.spaces.get(change.space)?.snapshot === undefined)
          diagnostics.warn(
            "resolve/no-snapshot",
            "exec without a maps snapshot, so what it mapped is not known: give /proc/PID/maps of the stopped program as NAME.maps beside NAME.txt",
            event.line,
          );
        return;
      case "fork":
        state.fork(change.space, from);
        this.#beginnings.copy(change.space, change.parent, event.child ?? null);
        return;
      case "exit":
        this.#exit(change.ended, from);
        return;
      case "none":
        return;
    }
  }

  #exit(space: number, from: Origin): void {
    if (this.#context.state.isKnown(space)) this.#context.state.exit(space, from);
    this.#beginnings.forget(space);
    this.#waiting.delete(space);
  }
}

const noSearches: readonly Search[] = [];

/** Room for so many ops of an event, in most recordings enough: what nobody writes takes no memory. */
const opsOfEvent = 2;

/** Resolve a trace; doubts are counted in `diagnostics` with their lines. */
export function resolve(trace: Trace, options: ResolveOptions, diagnostics: Diagnostics): Program {
  const ops = new OpWriter(undefined, Math.ceil(opsOfEvent * trace.events.length));
  const spaces: SpaceFacts[] = [];
  const resolved = new Resolver(trace, options, diagnostics, ops, { spaces }).run();
  return { ...resolved, spaces, ops: ops.done() };
}

/** Count in `diagnostics` what is doubtful about a trace, and keep nothing else; `shelf` is for what rests meanwhile. */
export function check(
  trace: Trace,
  options: ResolveOptions,
  diagnostics: Diagnostics,
  shelf?: Shelf,
): void {
  new Resolver(trace, options, diagnostics, new OpCounter(), { shelf }).run();
}
