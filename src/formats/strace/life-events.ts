/** How changes in the lives of tasks become events, each in the order of the address space that it concerns. */

import type { Lifecycle, LifecycleName } from "../../trace/event.ts";
import type { Begun } from "../order/underway.ts";
import type { Order } from "../order.ts";
import type { At, Space, Task } from "./lives.ts";

export class LifeEvents {
  readonly #order: Order;

  constructor(order: Order) {
    this.#order = order;
  }

  /** The event; `more` are the fields that only some have. */
  of(pid: number, lifecycle: LifecycleName, at: At, more: Partial<Lifecycle>): Lifecycle {
    const time = at.time === undefined ? {} : { time: at.time };
    return { kind: "lifecycle", line: at.line, pid, lifecycle, ...time, ...more };
  }

  /** An event of a task that makes no address space. */
  tell(task: Task, name: LifecycleName, at: At, more: Partial<Lifecycle>): void {
    this.#order.add(task.space, this.of(task.tid, name, at, more));
  }

  /** An event of a task of which nothing else is known. */
  tellUnseen(tid: number, name: LifecycleName, at: At): void {
    this.#order.add({}, this.of(tid, name, at, {}));
  }

  /** An event of `space` after which its task, or a new one, is in the space `made`; `begun` is the fork that ends. */
  send(space: Space, event: Lifecycle, made: Space, begun?: Begun): void {
    if (made !== space) {
      this.#order.born(space, event, made, begun);
      return;
    }
    if (begun !== undefined) this.#order.end(begun, undefined);
    this.#order.add(space, event);
  }
}
