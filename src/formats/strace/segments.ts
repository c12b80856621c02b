/** How large System V segments are, and what they are made of: shmget tells, shmat does not. */

import type { OpenFile } from "../../trace/file.ts";
import { SHM_HUGETLB } from "../../trace/flags.ts";
import { hasBit, type U64 } from "../../units.ts";
import { KnownSegments, segmentFile, shmem } from "../segments.ts";
import type { Files } from "./files.ts";
import { printedHugePage } from "./made.ts";
import { numberAt } from "./number.ts";
import type { Result } from "./result.ts";
import { inOrder, splitArgs } from "./split-args.ts";

const hexOf = (text: string): string | undefined => /^0x[0-9a-f]+/.exec(text)?.[0];

export class Segments {
  readonly #files: Files;
  readonly #known = new KnownSegments();

  constructor(files: Files) {
    this.#files = files;
  }

  /** `shmget(key, size, flags) = id`. */
  made(text: string, result: Result): void {
    if (typeof result.value !== "number") return;
    const { args } = splitArgs(text, text.indexOf("(") + 1);
    const [key = "", size = "", flags = ""] = inOrder(args, ["key", "size", "shmflg"]);
    const length = numberAt(size, 0, size.length) ?? 0;
    const isHuge = /\bSHM_HUGETLB\b/.test(flags) || hasBit(Number(hexOf(flags) ?? 0), SHM_HUGETLB);
    const file = segmentFile(Number(hexOf(key) ?? 0), isHuge, printedHugePage(flags));
    this.#known.made(result.value, { length, file });
  }

  /** What a shmat maps: do_shmat() makes a file of its own each time. */
  attached(shmid: number): { readonly file: OpenFile; readonly length?: U64 } {
    const segment = this.#known.of(shmid);
    if (segment === undefined) return { file: this.#files.fresh(shmem) };
    return { file: this.#files.fresh(segment.file), length: segment.length };
  }
}
