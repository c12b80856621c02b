/** What the address spaces of a running program look like: right after each exec, and as late as could be seen. */

import { setTimeout as sleep } from "node:timers/promises";
import { childrenOf, commOf, imageOf, isAlive, programOf, textOf } from "./proc.ts";

/** One program image: a process from an exec to the next. */
interface Image {
  readonly first: string;
  last: string;
}

/** Milliseconds between two looks: at first often, because the program is just being started. */
const eager = 0.2;
const regular = 50;

/** Milliseconds after a new image in which looks follow each other closely: `env`, `setarch` and shells soon exec again. */
const young = 200;
const close = 1;

/** A look takes at most this part of the time. */
const share = 0.05;

/** Wait less than timers can. */
const clock = new Int32Array(new SharedArrayBuffer(4));

/** The text of maps or smaps under a heading that says whose and when; undefined if the process is gone. */
export function pictureOf(pid: number, kind: "maps" | "smaps"): string | undefined {
  const before = performance.timeOrigin + performance.now();
  const monotonic = process.hrtime();
  const areas = textOf(`/proc/${pid}/${kind}`);
  const after = performance.timeOrigin + performance.now();
  if (areas === undefined || areas === "") return undefined;
  const comm = commOf(pid)?.replace(/[^\w.+-]/g, "_");
  const seconds = `${before / 1000}..${after / 1000}`;
  const since = `${monotonic[0]}.${String(monotonic[1]).padStart(9, "0")}`;
  return `### pid=${pid} comm=${comm} epoch=${seconds} monotonic=${since}\n${areas}`;
}

/** Looks at the processes below a recorder, or at one that is attached to, until it is told to end. */
export class Watch {
  readonly #recorder: number;
  readonly #known = new Set<number>();
  readonly #images = new Map<string, Image>();
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #program: number | undefined;
  /** When the newest image was seen; of performance.now(). */
  #newest = 0;

  constructor(recorder: number, attached?: number) {
    this.#recorder = recorder;
    this.#begin(attached);
    this.#ended = this.#run();
  }

  /** The process that the recorder started, or the one that it was attached to; undefined before. */
  get program(): number | undefined {
    return this.#program;
  }

  /** The pictures, the first ones before the last ones. */
  async end(): Promise<string> {
    this.#stop.abort();
    await this.#ended;
    const images = [...this.#images.values()];
    return images.flatMap(({ first, last }) => (first === last ? [first] : [first, last])).join("");
  }

  #begin(program: number | undefined): void {
    if (program === undefined) return;
    this.#program = program;
    this.#known.add(program);
    this.#newest = performance.now();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const begun = performance.now();
      this.#look();
      const taken = performance.now() - begun;
      if (this.#program === undefined) {
        Atomics.wait(clock, 0, 0, eager);
        await new Promise(setImmediate);
      } else {
        const pause = begun - this.#newest < young ? close : regular;
        await sleep(Math.max(pause, taken / share), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Children of the recorder that have become the program, and whatever descends from them. */
  #look(): void {
    if (this.#program === undefined) this.#begin(this.#started());
    for (const pid of this.#known) {
      if (this.#picture(pid)) for (const child of childrenOf(pid)) this.#known.add(child);
      else this.#known.delete(pid);
    }
  }

  /** The child of the recorder that is the recorder's program no more. */
  #started(): number | undefined {
    const own = programOf(this.#recorder);
    return childrenOf(this.#recorder).find((child) => {
      const program = programOf(child);
      return program !== undefined && program !== own && imageOf(child) !== undefined;
    });
  }

  /**
   * False if the process is gone. smaps costs the kernel a walk of the page tables, so only the first is one. A later picture
   * counts if the process rested: maps are read a page at a time, and show several moments of a process that maps meanwhile.
   */
  #picture(pid: number): boolean {
    const image = imageOf(pid);
    const before = image === undefined ? undefined : this.#images.get(image);
    const text = pictureOf(pid, this.#images.size === 0 ? "smaps" : "maps");
    const rested = before === undefined || text?.endsWith(`\n${textOf(`/proc/${pid}/maps`)}`);
    if (image === undefined || text === undefined || imageOf(pid) !== image) {
      return isAlive(pid);
    }
    if (before === undefined) {
      this.#images.set(image, { first: text, last: text });
      this.#newest = performance.now();
    } else if (rested) before.last = text;
    return true;
  }
}
