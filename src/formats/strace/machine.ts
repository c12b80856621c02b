/** For which machine the programs of a recording are: told by the first library that their loader reads, or opens. */

import type { Buffer } from "node:buffer";
import type { Facts } from "../../trace/trace.ts";
import type { U64 } from "../../units.ts";
import { pageSizeOf } from "../page-size.ts";
import { bytesOf, matches } from "../text/scan.ts";
import { bytesIn } from "./escapes.ts";
import type { Space } from "./lives.ts";
import type { Known } from "./names.ts";

/** e_ident of an ELF file, and e_machine, which has two bytes in the order that e_ident gives. */
const classAt = 4;
const orderAt = 5;
const machineAt = 18;
/** Up to the end of e_machine. */
const headBytes = 20;

const narrowClass = 1;
const wideClass = 2;
const bigEndian = 2;

interface Kind {
  readonly name: string;
  /** As facts name it; undefined where no layout is modelled. */
  readonly arch?: string;
}

/** By e_machine (elf.h). */
const machines: ReadonlyMap<number, Kind> = new Map<number, Kind>([
  [2, { name: "sparc" }],
  [3, { name: "i386", arch: "x86-64" }],
  [8, { name: "mips" }],
  [20, { name: "powerpc" }],
  [21, { name: "powerpc64" }],
  [22, { name: "s390" }],
  [40, { name: "arm" }],
  [43, { name: "sparc64" }],
  [62, { name: "x86-64", arch: "x86-64" }],
  [183, { name: "arm64", arch: "arm64" }],
  [243, { name: "riscv64", arch: "riscv64" }],
  [258, { name: "loongarch64" }],
]);

/** Bytes that the loaders of glibc and musl read of a library, of 64 and of 32 bits; other programs read ELF files too. */
const loaderReads: ReadonlySet<U64 | null> = new Set([832, 512, 960, 948]);

const libraries = /"\/(?:usr\/)?lib\/(x86_64|aarch64|riscv64)-linux-gnu\/libc\.so\.6"/;
const byFolder: ReadonlyMap<string, string> = new Map([
  ["x86_64", "x86-64"],
  ["aarch64", "arm64"],
  ["riscv64", "riscv64"],
]);

/** The first bytes of the string that a read prints: each takes four characters at most (`\177`, `\x7f`). */
function printedBytes(text: string): readonly number[] {
  const from = text.indexOf('"') + 1;
  const [string = ""] = /^(?:[^"\\]|\\.)*/s.exec(text.slice(from, from + 4 * headBytes)) ?? [];
  return [...bytesIn(string)].map((byte) => byte.charCodeAt(0));
}

const reads = ["read", "pread64"].map((name) => ({
  known: { name, role: "image", isSelective: false } satisfies Known,
  bytes: bytesOf(`${name}(`),
}));
const heads: readonly Uint8Array[] = ["\\177ELF", "\\x7f\\x45\\x4c\\x46"].map(bytesOf);
const quote = 34;

/** `read(3, "\177ELF...`, with its name at `start`: one of very many reads. */
export function readsImage(bytes: Buffer, start: number, end: number): Known | undefined {
  const read = reads.find((one) => one.bytes[0] === bytes[start]);
  if (read === undefined || !matches(bytes, start, read.bytes)) return undefined;
  const from = bytes.indexOf(quote, start) + 1;
  if (from === 0 || from >= end) return undefined;
  return heads.some((head) => matches(bytes, from, head)) ? read.known : undefined;
}

export class Machine {
  #arch: string | undefined;
  #why = "";
  #pages: Pick<Facts, "pageSize" | "inferred"> | undefined;
  readonly #warn: (message: string, line: number) => void;

  /** `warn` hears of programs whose layout is not modelled. */
  constructor(warn: (message: string, line: number) => void) {
    this.#warn = warn;
  }

  /** What is opened tells nothing more. */
  get isTold(): boolean {
    return this.#arch !== undefined;
  }

  /** `read(3, "\177ELF\2\1\1...", 832) = 832`: the first of a program is of its own class and machine. */
  image(text: string, result: U64 | null, space: Space, line: number): void {
    if (space.loaded || !loaderReads.has(result)) return;
    space.loaded = true;
    const bytes = printedBytes(text);
    const [low = 0, high = 0] = bytes.slice(machineAt, headBytes);
    const machine = bytes[orderAt] === bigEndian ? low * 256 + high : high * 256 + low;
    if (bytes[classAt] === narrowClass) space.narrow = true;
    const known = machines.get(machine);
    if (known === undefined) return;
    const wide = bytes[classAt] === wideClass;
    if (known.arch === undefined) {
      this.#warn(`programs of ${known.name}, whose layout is not modelled`, line);
    } else if (wide || known.arch === "x86-64") this.#tell(known.arch, "ELF header", line);
  }

  /** `openat(AT_FDCWD, "/lib/aarch64-linux-gnu/libc.so.6", ...) = 3`: a hint, where no header is printed. */
  opened(text: string, line: number): void {
    if (this.isTold || !text.includes("-linux-gnu/libc.so.6")) return;
    const folder = text.includes(" = -1 ") ? undefined : libraries.exec(text)?.[1];
    const arch = byFolder.get(folder ?? "");
    if (arch !== undefined) this.#tell(arch, "library", line);
  }

  /** The first header stands; what was opened is only believed until there is one. */
  #tell(arch: string, what: "ELF header" | "library", line: number): void {
    if (this.#arch !== undefined && (what === "library" || !this.#why.includes("library"))) return;
    this.#arch = arch;
    this.#why = `architecture ${arch}: from the ${what} on line ${line}`;
  }

  /** A line of the program's own output: that of the dynamic linker under LD_SHOW_AUXV tells the page size. */
  printed(text: string, line: number): void {
    const pageSize = this.#pages === undefined ? pageSizeOf(text) : undefined;
    if (pageSize === undefined) return;
    this.#pages = { pageSize, inferred: [`page size ${pageSize}: AT_PAGESZ on line ${line}`] };
  }

  /** The architecture and the page size, if anything told them, and what did. */
  facts(): Partial<Facts> {
    const arch = this.#arch === undefined ? {} : { arch: this.#arch };
    const why = this.#arch === undefined ? [] : [this.#why];
    const inferred = [...why, ...(this.#pages?.inferred ?? [])];
    return inferred.length === 0 ? {} : { ...this.#pages, ...arch, inferred };
  }
}
