/** What calls do that are none of memory: they open files, make and end tasks, run programs, size segments. */

import type { Order } from "../order.ts";
import type { Calls } from "./calls.ts";
import { commandOf, executed } from "./executed.ts";
import type { Files } from "./files.ts";
import { forgetPidfd, unsharesFiles } from "./handles.ts";
import type { Task } from "./lives.ts";
import { type Logical, type Open, resultOf } from "./logical.ts";
import { Machine } from "./machine.ts";
import type { Output } from "./output.ts";
import type { FileRequest, PlainFile } from "./plain-file.ts";
import { childOf, type NoResult, type Result } from "./result.ts";
import type { Tracees } from "./tracees.ts";

/** What such calls change. */
interface World {
  readonly tracees: Tracees;
  readonly order: Order;
  readonly output: Output;
  readonly files: Files;
  readonly calls: Calls;
  /** The call of a task will never be seen to return. */
  readonly abandon: (task: Task) => void;
}

export class OtherCalls {
  readonly #world: World;
  readonly machine: Machine;
  /** The command line of the first exec. */
  command: string | undefined;

  constructor(world: World) {
    this.#world = world;
    this.machine = new Machine((message, line) =>
      world.output.warn("parse/other-architecture", message, line, null),
    );
  }

  /** A call has ended; `text` is all of it, and `open` where it began, if elsewhere. */
  done(line: Logical, text: string, open: Open | undefined): void {
    const { task, known, exit } = line;
    switch (known.role) {
      case "file":
        this.#file(line, text);
        return;
      case "word-size":
        task.space.narrow = true;
        return;
      case "clone":
        this.#cloned(line, text, open);
        return;
      default: {
        const result = resultOf(line);
        if (typeof result === "string" || result.injected) return;
        if (known.role === "exit") this.exiting(line);
        else if (known.role === "image")
          this.machine.image(text, result.value, task.space, exit.line);
        else if (known.role === "segment") this.#world.calls.segments.made(text, result);
        else if (known.role === "exec" && result.outcome === "ok") this.#exec(line, text, open);
      }
    }
  }

  /** A task has called exit or exit_group. */
  exiting({ task, known, entry, bare }: Logical): void {
    const { line, time } = entry;
    const group = known.name === "exit_group";
    this.#world.tracees.departures.leave(task, { line, time, group, bare });
  }

  /** A plain line ends a call that has asked for this. */
  plain(task: Task, plain: PlainFile, request: FileRequest, line: number): void {
    const opens = plain.apply(request, task, this.#world.files);
    if (opens && !this.machine.isTold) this.machine.opened(request.path, line);
  }

  #file({ task, known: { name }, exit }: Logical, text: string): void {
    if (unsharesFiles(name, text)) task.files = task.files.copy();
    this.#world.files.apply(name, text, task.files);
    if (name === "openat" || name === "open") this.machine.opened(text, exit.line);
  }

  #exec(line: Logical, text: string, open: Open | undefined): void {
    const { tracees, abandon } = this.#world;
    const { task, entry, exit, bare } = line;
    const found = executed(text);
    this.command ??= commandOf(found);
    if (open?.caller === undefined) tracees.lives.part(task);
    for (const other of task.process) abandon(other);
    tracees.execed(task, open?.caller, found.path, entry, exit, bare);
  }

  #cloned(line: Logical, text: string, open: Open | undefined): void {
    const { tracees, order } = this.#world;
    const result: Result | NoResult = resultOf(line);
    const child = typeof result === "string" || result.injected ? undefined : childOf(result);
    const { task, known, entry, bare, exit } = line;
    const begun = open?.begun;
    forgetPidfd(text, task.files);
    if (child !== undefined)
      tracees.cloned(task, child, { name: known.name, text, entry, bare, begun }, exit);
    if (begun !== undefined) order.end(begun, undefined);
  }
}
