/** Where anonymous memory begins, as the calls that mapped it tell: what mremap moves of it is placed as if it were new. */

import type { Event } from "../../trace/event.ts";
import { MAP_ANONYMOUS, MAP_HUGETLB, MAP_PRIVATE, MAP_TYPE } from "../../trace/flags.ts";
import { hasBit } from "../../units.ts";

/** With more beginnings than this all are forgotten: those of memory that has gone are among them. */
const most = 65_536;

export class Anonymous {
  readonly #starts = new Set<number>();

  /** The next event of a space; true if it is an mremap of anonymous memory. */
  moves(event: Event): boolean {
    if (event.kind !== "call" || event.outcome !== "ok") return false;
    if (event.call === "mmap") {
      const { flags } = event;
      const isPrivate = flags % (MAP_TYPE + 1) === MAP_PRIVATE;
      const isPlain = hasBit(flags, MAP_ANONYMOUS) && !hasBit(flags, MAP_HUGETLB);
      this.#set(Number(event.result), isPrivate && isPlain);
    }
    if (event.call !== "mremap") return false;
    const isAnonymous = this.#starts.has(Number(event.addr));
    this.#set(Number(event.result), isAnonymous);
    return isAnonymous;
  }

  #set(start: number, isAnonymous: boolean): void {
    if (this.#starts.size >= most) this.#starts.clear();
    if (isAnonymous) this.#starts.add(start);
    else this.#starts.delete(start);
  }
}
