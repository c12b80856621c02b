/** Which open file a descriptor of a task stands for. */

import type { OpenFile } from "../trace/file.ts";

export interface Slot {
  readonly file: OpenFile;
  readonly closeOnExec: boolean;
  /** The recorder itself has told what file it is. */
  readonly isExact: boolean;
}

/** The descriptors of one `files_struct`. */
export class FdTable {
  /** undefined while there is none: most of many tasks open nothing. */
  #slots: Map<number, Slot> | undefined;

  constructor(slots?: Iterable<readonly [number, Slot]>) {
    this.#slots = slots === undefined ? undefined : new Map(slots);
  }

  get(fd: number): Slot | undefined {
    return this.#slots?.get(fd);
  }

  set(fd: number, slot: Slot): void {
    this.#slots ??= new Map();
    this.#slots.set(fd, slot);
  }

  close(fd: number): void {
    this.#slots?.delete(fd);
  }

  /** close_range: both ends included. */
  closeRange(first: number, last: number): void {
    for (const fd of this.fds()) if (fd >= first && fd <= last) this.#slots?.delete(fd);
  }

  /** F_SETFD and CLOSE_RANGE_CLOEXEC. */
  mark(fd: number, closeOnExec: boolean): void {
    const slot = this.#slots?.get(fd);
    if (slot !== undefined) this.#slots?.set(fd, { ...slot, closeOnExec });
  }

  fds(): number[] {
    return [...(this.#slots?.keys() ?? [])];
  }

  /** What a child without CLONE_FILES gets. */
  copy(): FdTable {
    return new FdTable(this.#slots);
  }

  afterExec(): FdTable {
    if (this.#slots === undefined) return new FdTable();
    return new FdTable([...this.#slots].filter(([, slot]) => !slot.closeOnExec));
  }
}
