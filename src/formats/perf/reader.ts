/** Which calls, searches and lives the lines of `perf script` tell, in the order in which they took effect. */

import type { Buffer } from "node:buffer";
import type { Diagnostics } from "../../errors.ts";
import type { Sink } from "../../trace/event.ts";
import { parseU64 } from "../../units.ts";
import { isMemoryCall } from "./calls.ts";
import { Compat } from "./compat.ts";
import { Flight } from "./flight.ts";
import { isTask, type PerfLine, parsePerfLine } from "./line.ts";
import { Lives, snapshotOf } from "./lives.ts";
import { PlainLines } from "./plain-lines.ts";
import { mappedOf, relationOf } from "./records.ts";
import { searchOf } from "./search.ts";
import { nothingSeen, type Seen } from "./seen.ts";
import { Syscalls } from "./syscalls.ts";
import { birthOf, execOf } from "./task-events.ts";
import { type At, type Task, Tasks } from "./tasks.ts";
import { Window } from "./window.ts";

/** Lines of these events belong to an exec or a birth under way; any other line of the task ends it. */
const inExec = /^(mmap:vm_unmapped_area|PERF_RECORD_|sched:sched_process_exec$|exceptions:)/;
/** What only a living task does; of others the kernel tells more behind its end (`exit_mmap`, `sched_process_wait`). */
const lives =
  /^(?:syscalls|raw_syscalls|exceptions):|^(?:mmap:vm_unmapped_area|sched:sched_process_exec)$/;
const inBirth = /^(task:task_newtask|sched:sched_process_fork|PERF_RECORD_FORK)$/;

/** Reads lines one by one; `end` after the last. */
export class PerfReader {
  readonly seen: Seen = nothingSeen();
  readonly #tasks = new Tasks();
  readonly #window: Window;
  readonly #flight: Flight;
  readonly #lives: Lives;
  readonly #diagnostics: Diagnostics;
  readonly #plain: PlainLines;
  #attaching = true;
  readonly #compat: Compat;
  readonly #syscalls: Syscalls;
  #time = 0;

  constructor(emit: Sink, diagnostics: Diagnostics) {
    this.#window = new Window(emit);
    this.#flight = new Flight(this.#window, diagnostics);
    this.#lives = new Lives(this.#tasks, this.#window, diagnostics);
    this.#plain = new PlainLines(this.#tasks, this.#flight, this.seen);
    this.#diagnostics = diagnostics;
    this.#compat = new Compat(diagnostics);
    this.#syscalls = new Syscalls({
      tasks: this.#tasks,
      flight: this.#flight,
      lives: this.#lives,
      window: this.#window,
      compat: this.#compat,
      seen: this.seen,
      diagnostics,
    });
  }

  /**
   * A line with a line end, if it has the shape of most and its task is in the middle of nothing but a memory call.
   * Returns where the next line begins, 0 if nothing has been read.
   */
  plain(bytes: Buffer, start: number, number: number): number {
    if (!this.#syscalls.haveNames || this.#attaching || this.#lives.births) return 0;
    const next = this.#plain.read(bytes, start, number, this.#time);
    if (next > 0) this.#time = this.#plain.time;
    return next;
  }

  /** Tell on which machine the recording was made. */
  setArch(arch: string): void {
    this.#syscalls.arch = arch;
  }

  /** One line that is neither blank nor a header nor a call chain; false if it is no event. */
  read(text: string, number: number): boolean {
    const line = parsePerfLine(text);
    if (line === undefined) return false;
    this.take(line, number);
    return true;
  }

  /** The same, of a line that is split already. */
  take(line: PerfLine, number: number): void {
    const at: At = { line: number, time: line.time };
    if (this.seen.line === 0) this.seen.line = number;
    this.#clock(line, number);
    if (line.event.startsWith("PERF_RECORD_")) this.#record(line, at);
    else this.#tracepoint(line, at);
  }

  end(): void {
    this.#compat.end();
    for (const task of this.#tasks.all()) {
      this.#lives.settle(task.tid);
      this.#lives.settleExec(task, false);
      this.#flight.abandon(task);
    }
    this.#lives.leave();
    this.#window.end();
  }

  #clock({ time }: PerfLine, number: number): void {
    if (time === undefined) return;
    if (time < this.#time) {
      this.#diagnostics.warn("parse/time-goes-back", "times go back", number);
    }
    this.#time = time;
  }

  #tracepoint(line: PerfLine, at: At): void {
    if (this.#attaching) this.#attached();
    const task = this.#tasks.get(line.tid);
    const { event, pid } = line;
    const [group, name = ""] = event.split(":");
    if (!inBirth.test(event)) this.#lives.settle(line.tid);
    const isNew = task.space === undefined && !task.alive;
    this.#tasks.spaceOf(task, pid);
    if (isNew) this.#lives.meets(task);
    if (isNew && pid !== undefined && pid > 0 && pid !== line.tid) this.#lives.joins(pid, task, at);
    if (!inExec.test(event)) {
      const exit = /^sys_exit_(?!prctl$)(\w+)$/.exec(name)?.[1];
      this.#lives.settleExec(task, exit !== undefined && isMemoryCall(exit));
    }
    if (group === "syscalls") this.#syscalls.named(task, name, line.body, at);
    else if (group === "raw_syscalls") this.#syscalls.numbered(task, name, line.body, at);
    else if (event === "mmap:vm_unmapped_area") this.#search(task, line, at);
    else this.#life(task, event, line.body, at);
    task.comm = line.comm;
    if (event !== "sched:sched_process_exit" && (lives.test(event) || !this.#tasks.isEnded(task)))
      task.alive = true;
  }

  #search(task: Task, line: PerfLine, at: At): void {
    this.seen.searches += 1;
    const time = at.time === undefined ? {} : { time: at.time };
    const search = searchOf(line.body, { line: at.line, pid: task.tid, ...time });
    if (search === undefined) {
      this.#diagnostics.warn("parse/bad-search", "search without all of its fields", at.line);
      this.#window.warn("parse/bad-search", at.line, task.tid);
      return;
    }
    if (task.pending !== undefined) {
      task.pending.searches.push(search);
      task.pending.effect = at.line;
    } else if (task.exec || task.execLine !== undefined || task.comm !== line.comm) {
      // Inside execve only the new image is searched a place for.
      const exec = this.#lives.execs(task, task.execLine !== undefined, at);
      if (exec.searches.push(search) === 1) this.#compat.searches(task, search);
    } else this.#window.add(at.line, [search]);
  }

  #life(task: Task, event: string, body: string, at: At): void {
    const birth = birthOf(event, body);
    if (birth !== undefined) this.#born(task, at, birth);
    else if (event === "sched:sched_process_exec") {
      this.#lives.execed(task, at, execOf(body, task.tid));
    } else if (event === "sched:sched_process_exit") {
      this.#gone(task, at);
    } else if (event === "exceptions:page_fault_user") {
      const addr = parseU64(/address=(0x[0-9a-f]+)/.exec(body)?.[1] ?? "");
      const time = at.time === undefined ? {} : { time: at.time };
      if (addr === undefined) return;
      this.#window.add(at.line, [{ kind: "fault", line: at.line, pid: task.tid, ...time, addr }]);
    }
  }

  #born(task: Task, at: At, birth: { readonly child: number; readonly flags?: number }): void {
    if (isTask(birth.child)) this.#lives.born(task, { ...at, ...birth });
    else this.#diagnostics.warn("parse/bad-birth", "a new task without its id", at.line);
  }

  #gone(task: Task, at: At): void {
    this.#lives.settleExec(task, false);
    this.#flight.abandon(task);
    this.#lives.exited(task, at);
  }

  #record(line: PerfLine, at: At): void {
    const { body } = line;
    const relation = relationOf(body);
    if (line.event === "PERF_RECORD_FORK" && relation !== undefined) {
      const { task, parent } = relation;
      const thread = task.pid === parent.pid;
      this.#lives.born(this.#tasks.get(parent.tid), { ...at, child: task.tid, thread });
    } else if (line.event === "PERF_RECORD_EXIT" && relation !== undefined) {
      this.#gone(this.#tasks.get(relation.task.tid), at);
    } else if (line.event === "PERF_RECORD_COMM exec") {
      this.#lives.execs(this.#tasks.get(line.tid), true, at);
    } else if (/^PERF_RECORD_MMAP2?$/.test(line.event)) {
      this.#mapped(body, at);
    } else if (line.event === "PERF_RECORD_LOST" || line.event === "PERF_RECORD_LOST_SAMPLES") {
      const count = /lost\s+(\d+)/.exec(body)?.[1];
      this.lost(at, line.tid, count === undefined ? undefined : Number(count));
    }
  }

  #mapped(body: string, at: At): void {
    const mapped = mappedOf(body, at.line);
    if (mapped === undefined && !body.startsWith("-1/")) {
      this.#diagnostics.warn("parse/bad-record", "records of mappings that cannot be", at.line);
    }
    if (mapped === undefined || mapped.pid < 0) return;
    const task = this.#tasks.get(mapped.tid);
    if (mapped.area.path === "[stack]" && this.#lives.grown(task, mapped.area, at)) return;
    // An exec maps the stack first; maps of a running process come in ascending order.
    const begins = mapped.area.path === "[stack]" && task.attached.length === 0;
    if (begins && task.pending === undefined) this.#lives.execs(task, true, at);
    if (task.exec !== undefined) task.exec.areas.push(mapped.area);
    else if (task.pending !== undefined) {
      task.pending.mapped.push(mapped);
      task.pending.effect = at.line;
    } else if (this.#attaching) task.attached.push(mapped.area);
  }

  /** The areas of tasks that ran before the recording began. */
  #attached(): void {
    this.#attaching = false;
    for (const task of this.#tasks.all()) {
      const snapshot = snapshotOf("attach", task.tid, task.attached);
      if (snapshot !== undefined) this.#window.add(snapshot.line, [snapshot]);
    }
  }

  /** Events are missing here: what was under way may have ended unseen, and another call of the same name begun. */
  lost(at: At, pid: number | null, count: number | undefined): void {
    for (const task of this.#tasks.all()) {
      this.#lives.settleExec(task, false);
      this.#flight.abandon(task);
    }
    this.#lives.lost();
    this.#syscalls.lost();
    this.#diagnostics.warn("parse/lost-events", "the recorder lost events here", at.line);
    this.#window.add(at.line, [
      {
        kind: "lost",
        line: at.line,
        pid,
        ...(at.time === undefined ? {} : { time: at.time }),
        ...(count === undefined ? {} : { count }),
      },
    ]);
  }
}
