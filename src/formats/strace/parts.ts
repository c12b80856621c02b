/** What reads the lines of one recording: the parts that keep what is known, and what both ways to read a line do with them. */

import type { Buffer } from "node:buffer";
import type { Diagnostics } from "../../errors.ts";
import type { Sink } from "../../trace/event.ts";
import { Order } from "../order.ts";
import type { ReadOptions } from "../types.ts";
import { Ahead } from "./ahead.ts";
import { LineClock } from "./clock.ts";
import { Flow } from "./flow.ts";
import type { Line } from "./line.ts";
import { Merging } from "./merging.ts";
import { oddName } from "./odd-names.ts";
import { Output } from "./output.ts";
import { Prefix } from "./prefix.ts";
import { mayKill, waitedFor } from "./reaped.ts";
import { Tracees } from "./tracees.ts";

export class Parts {
  /** Of the line that is being read. */
  readonly prefix: Prefix = new Prefix();
  readonly clock: LineClock = new LineClock();
  readonly ahead: Ahead = new Ahead();
  readonly output: Output;
  readonly order: Order;
  readonly tracees: Tracees;
  readonly flow: Flow;
  readonly merging: Merging;

  constructor(
    emit: Sink,
    diagnostics: Diagnostics,
    { merged = false, oneProcess = false, leader }: ReadOptions & { readonly merged?: boolean },
  ) {
    this.output = new Output(emit, diagnostics);
    this.order = new Order((event) => this.output.emit(event), diagnostics);
    this.tracees = new Tracees(this.output, this.order, this.ahead);
    this.tracees.oneProcess = oneProcess || leader !== undefined;
    this.tracees.leader = leader;
    this.flow = new Flow(this.tracees, this.order, this.output);
    this.flow.merged = merged;
    this.merging = new Merging(merged);
  }

  /** Take the time of the line. */
  tick(number: number): void {
    if (this.clock.tick(this.prefix)) return;
    this.output.warn("parse/time-goes-back", "times go back", number, this.pid);
  }

  /** The number that the line prints. */
  get pid(): number | null {
    return this.prefix.pid < 0 ? null : this.prefix.pid;
  }

  /** Keep a line, whose prefix has been read, until it is known whose child a task is; `resumes` if a call ends on it. Returns its task. */
  hold(line: Line, isPlain: boolean, resumes: boolean): number {
    const { ahead, tracees, prefix } = this;
    const tid = tracees.owner(prefix);
    ahead.hold(line, isPlain);
    if (!resumes && tracees.lives.get(tid) === undefined) ahead.unknown(tid);
    return tid;
  }

  /** A line of a signal that the task has got. */
  signal(bytes: Buffer, body: number): void {
    if (this.ahead.active || !mayKill(bytes, body)) return;
    const task = this.tracees.certain(this.prefix);
    if (task !== undefined) this.tracees.departures.strike(task);
  }

  /** A call that does not matter, with a name in `[body, stop)`. It proves that an earlier call of its task is over. */
  unimportant(bytes: Buffer, number: number, body: number, stop: number): void {
    const { tracees, flow, output } = this;
    tracees.followed.see(this.prefix);
    const odd = oddName(bytes, body, stop);
    if (odd?.call !== undefined) {
      output.skip(odd.call, odd.code, odd.message, number, this.pid);
    } else if (odd !== undefined) {
      output.warn(odd.code, odd.message, number, this.pid);
    }
    if (this.ahead.active) return;
    // In merged files wait4 stands where it began, before the end of the child.
    if (tracees.departures.arePending && !flow.merged) {
      tracees.departures.reaped(waitedFor(bytes, body), { line: number, time: this.clock.now });
    }
    if (flow.open === 0) return;
    const task = tracees.lives.get(tracees.owner(this.prefix));
    if (task !== undefined) flow.abandon(task);
  }
}
