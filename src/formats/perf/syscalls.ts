/** Which calls the lines of `syscalls` and `raw_syscalls` tell: by name, or by number. */

import type { Diagnostics } from "../../errors.ts";
import { parseHex, parseU64, type U64, wrap64 } from "../../units.ts";
import type { Request } from "../request.ts";
import { isMemoryCall, isOtherCall, requestFrom, requestIn } from "./calls.ts";
import type { Compat } from "./compat.ts";
import type { Flight } from "./flight.ts";
import { fieldsOf } from "./line.ts";
import { cloneCalls, type Lives } from "./lives.ts";
import { callName, rawCall } from "./raw.ts";
import type { Seen } from "./seen.ts";
import { Segments } from "./segments.ts";
import type { At, Task, Tasks } from "./tasks.ts";
import type { Window } from "./window.ts";

const execCalls: ReadonlySet<string> = new Set(["execve", "execveat"]);
const exitCalls: ReadonlySet<string> = new Set(["exit", "exit_group"]);

/** What the calls are told to. */
interface Parts {
  readonly tasks: Tasks;
  readonly flight: Flight;
  readonly lives: Lives;
  readonly window: Window;
  readonly compat: Compat;
  readonly seen: Seen;
  readonly diagnostics: Diagnostics;
}

export class Syscalls {
  readonly #parts: Parts;
  readonly #segments = new Segments();
  /** Calls that have `syscalls:` lines, which make those of raw_syscalls superfluous. */
  readonly #named = new Set<string>();
  /** There are lines of raw_syscalls. */
  #raws = false;
  /** Whose table the numbers of raw_syscalls come from. */
  arch = "x86-64";

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Calls were told by name so far, and none by number. */
  get haveNames(): boolean {
    return this.#named.size > 0 && !this.#raws;
  }

  /** Events are missing: a call of the same name may have begun anew. */
  lost(): void {
    this.#segments.forget();
  }

  /** A line of `syscalls:sys_enter_NAME` or `syscalls:sys_exit_NAME`. */
  named(task: Task, event: string, body: string, at: At): void {
    const [, way, name = ""] = /^sys_(enter|exit)_(\w+)$/.exec(event) ?? [];
    if (way === "enter") {
      this.#useName(name);
      this.#entered(task, name, fieldsOf(body), at);
      return;
    }
    // Columns of the instruction (ip, sym) may follow.
    const result = parseU64(/^\S*/.exec(body)?.[0] ?? "");
    if (result !== undefined) this.#exit(task, name, result, at);
    else this.#parts.flight.noNumber(task, name, body, at);
  }

  #entered(task: Task, name: string, fields: ReadonlyMap<string, U64>, at: At): void {
    const { flight, lives } = this.#parts;
    if (isOtherCall(name, fields.get("option"), fields.get("arg2"))) flight.other(task, name);
    else if (name === "shmget") {
      this.#segments.ask(task.tid, fields.get("key"), fields.get("size"), fields.get("shmflg"));
    } else if (cloneCalls.has(name)) {
      const flags = fields.get("clone_flags");
      const known = flags === undefined ? cloneCalls.get(name) : Number(flags);
      lives.clone(task, name, known, at);
    } else this.#enter(task, name, requestFrom(name, fields), at, false);
  }

  /** A line of `raw_syscalls:sys_enter` or `raw_syscalls:sys_exit`. */
  numbered(task: Task, event: string, body: string, at: At): void {
    this.#raws = true;
    const match = /^NR (-?\d+) (?:\(([^)]*)\)|= (-?\d+))(?:\s|$)/.exec(body);
    this.#parts.compat.calls(task);
    if (match === null) return;
    const number = Number(match[1]);
    const told = match[2]?.split(", ").map((digits) => parseHex(digits) ?? 0);
    const end = wrap64(BigInt(match[3] ?? 0));
    if (this.arch === "x86-64") this.#parts.compat.numbered(task, number, told, end, at.line);
    const called = callName(task.compat ? "i386" : this.arch, number);
    const raw = rawCall(called, told, end, task.pending, this.#segments.isAsked(task.tid));
    if (raw === undefined || (this.#named.has(raw.call) && !task.compat)) return;
    if (event === "sys_exit") this.#exit(task, raw.call, raw.result, at);
    else this.#enteredRaw(task, raw.call, raw.args, at);
  }

  #enteredRaw(task: Task, name: string, args: readonly U64[], at: At): void {
    const { flight, lives } = this.#parts;
    if (isOtherCall(name, args[0], args[1])) flight.other(task, name);
    else if (name === "shmget") this.#segments.ask(task.tid, args[0], args[1], args[2]);
    else if (cloneCalls.has(name)) {
      const flags = name === "clone" ? Number(args[0] ?? 0) : cloneCalls.get(name);
      lives.clone(task, name, flags, at);
    } else this.#enter(task, name, requestIn(name, args), at, true);
  }

  /** From here on the name tells; what raw_syscalls began is told again. */
  #useName(name: string): void {
    if (this.#named.has(name)) return;
    this.#named.add(name);
    for (const task of this.#parts.tasks.all()) {
      const { pending, compat } = task;
      if (pending?.raw && pending.name === name && !compat) this.#parts.flight.forget(task);
    }
  }

  #enter(task: Task, name: string, request: Request | undefined, at: At, raw: boolean): void {
    const { seen, tasks, flight, diagnostics, window } = this.#parts;
    if (execCalls.has(name)) task.execLine = at.line;
    if (exitCalls.has(name)) task.leaving = at;
    if (!isMemoryCall(name)) return;
    seen.entries += 1;
    if (seen.call === 0) seen.call = at.line;
    task.left = undefined;
    if (request !== undefined) {
      const space = tasks.spaceOf(task, undefined);
      flight.enter(task, space, name, this.#segments.told(request), at, raw);
    } else {
      task.left = name;
      const message = `${name} without all of its arguments`;
      diagnostics.skip(name, "parse/missing-argument", message, at.line);
      window.warn("parse/missing-argument", at.line, task.tid);
    }
  }

  #exit(task: Task, name: string, result: U64 | undefined, at: At): void {
    const { lives, seen, flight } = this.#parts;
    if (cloneCalls.has(name)) {
      lives.cloned(task, typeof result === "number" ? result : -1, at);
    } else if (execCalls.has(name)) {
      if (result === 0 && !task.fresh) lives.execed(task, at);
      task.execLine = undefined;
    } else if (name === "shmget") this.#segments.made(task.tid, result);
    else if (isMemoryCall(name) && !flight.isOther(task, name)) {
      seen.exits += 1;
      if (seen.call === 0) seen.call = at.line;
      flight.exit(task, name, result, at);
    }
    task.fresh = false;
  }
}
