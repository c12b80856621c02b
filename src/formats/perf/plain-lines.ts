/** What plain lines do: they tell of calls and searches of tasks that are in the middle of nothing else. */

import type { Buffer } from "node:buffer";
import type { Flight } from "./flight.ts";
import { PlainLine } from "./plain.ts";
import type { Seen } from "./seen.ts";
import type { Space, Task, Tasks } from "./tasks.ts";

export class PlainLines {
  readonly #tasks: Tasks;
  readonly #flight: Flight;
  readonly #seen: Seen;
  readonly #line = new PlainLine();

  constructor(tasks: Tasks, flight: Flight, seen: Seen) {
    this.#tasks = tasks;
    this.#flight = flight;
    this.#seen = seen;
  }

  /** Seconds, of the line that was read last. */
  get time(): number {
    return this.#line.time;
  }

  /** Read the line at `start`, if it is plain and not before `time`. Where the next one begins; 0 if it was not read. */
  read(bytes: Buffer, start: number, number: number, time: number): number {
    const line = this.#line;
    if (!line.read(bytes, start) || line.time < time) return 0;
    const task = this.#tasks.known(line.tid);
    if (task?.space === undefined || task.exec !== undefined) return 0;
    if (line.kind === "search" && task.pending === undefined) return 0;
    const space = this.#tasks.spaceOf(task, line.pid < 0 ? undefined : line.pid);
    this.#take(task, space, number);
    task.comm = line.comm;
    task.alive = true;
    return line.next;
  }

  #take(task: Task, space: Space, number: number): void {
    const line = this.#line;
    const at = { line: number, time: line.time };
    if (line.kind === "enter") {
      this.#seen.entries += 1;
      task.left = undefined;
      this.#flight.enter(task, space, line.name, line.request(), at, false);
    } else if (line.kind === "exit") {
      this.#seen.exits += 1;
      this.#flight.exit(task, line.name, line.values[0] as number, at);
      task.fresh = false;
    } else if (task.pending !== undefined) {
      this.#seen.searches += 1;
      task.pending.searches.push(line.search(number, task.tid));
      task.pending.effect = number;
    }
  }
}
