/** Which calls make, copy and close descriptors, and what file a printed descriptor is. */

import type { OpenFile } from "../../trace/file.ts";
import { hasBit } from "../../units.ts";
import type { FdTable } from "../fds.ts";
import { fileOf } from "../kinds.ts";
import { inOrder, intOf, splitArgs } from "./args.ts";
import { fdName, unquote } from "./quoted.ts";
import { Remembered } from "./remembered.ts";
import { type NoResult, type Result, readResult, resultAt } from "./result.ts";

type Described = Omit<OpenFile, "id">;

const unknownFile: OpenFile = { id: -1, kind: "unknown" };
const decoration = /^[^<]*<(.*)>(?:\(deleted\))?$/s;
const numbers = /^(.*)<(char|block) (\d+):(\d+)>$/s;
const socket = /^(?:socket:|[A-Z][A-Za-z0-9-]*:\[)/;
const drmMajor = "226";

/** The file that `-y` or `-yy` prints behind a descriptor: `3</path>`, `3</dev/zero<char 1:5>>`, `8<TCP:[1]>`. */
function printedFile(text: string): Described | undefined {
  const inside = decoration.exec(text)?.[1];
  if (inside === undefined) return undefined;
  const device = numbers.exec(inside);
  const { id: _, ...file } = fileOf(fdName(device?.[1] ?? inside), -1);
  if (device !== null) {
    if (device[2] === "char" && device[3] === "1" && device[4] === "5") {
      return { ...file, kind: "zero" };
    }
    if (device[2] === "char" && device[3] === drmMajor) return { ...file, kind: "drm" };
    return file.kind === "regular" ? { ...file, kind: "device" } : file;
  }
  if (socket.test(inside)) return { ...file, kind: "socket" };
  return inside.startsWith("{") ? { ...file, kind: "device" } : file;
}

/** The call's flags hold this name or, printed as a number, this bit. */
function hasFlag(arg: string | undefined, name: string, bit: number): boolean {
  if (arg === undefined) return false;
  if (new RegExp(`\\b${name}\\b`).test(arg)) return true;
  const value = /^0x[0-9a-f]+/.exec(arg)?.[0];
  return value !== undefined && hasBit(Number(value), bit);
}

/** What exec does with a descriptor that was made with these flags. */
export const closesOnExec = (flags: string | undefined): boolean =>
  hasFlag(flags, "O_CLOEXEC", openCloexec);

/** The name before a file was unlinked; one that really ends like this loses it too. */
const liveName = (path: string | undefined): string | undefined =>
  path?.replace(/(?: \(deleted\))+$/, "");

/** The huge page size in bytes that `21<<MFD_HUGE_SHIFT` or a raw number gives. */
export function hugePageOf(arg: string): number | undefined {
  const shift = /\b(\d+)<<[A-Z]+_HUGE_SHIFT/.exec(arg)?.[1];
  if (shift !== undefined) return 2 ** Number(shift);
  const raw = /^0x[0-9a-f]+/.exec(arg)?.[0];
  const bits = raw === undefined ? 0 : Math.floor(Number(raw) / 2 ** 26) % 64;
  return bits === 0 ? undefined : 2 ** bits;
}

/** The file of a path that a program opens. */
function namedFile(path: string): Described {
  const { id: _, ...named } = fileOf(path, -1);
  return path.startsWith("/") ? named : { ...named, kind: "regular" };
}

/** A path argument, absolute if a directory is printed beside it. */
function pathOf(name: string | undefined, directory: string | undefined): string | undefined {
  if (name === undefined || !name.startsWith('"')) return undefined;
  const path = unquote(name);
  const base = directory === undefined ? undefined : decoration.exec(directory)?.[1];
  if (path.startsWith("/") || base === undefined) return path;
  return `${fdName(base).replace(/\/$/, "")}/${path}`;
}

const argNames: Readonly<Record<string, readonly string[]>> = {
  open: ["pathname", "flags", "mode"],
  openat: ["dirfd", "pathname", "flags", "mode"],
  openat2: ["dirfd", "pathname", "how", "size"],
  creat: ["pathname", "mode"],
  close: ["fd"],
  close_range: ["first", "last", "flags"],
  dup: ["oldfd"],
  dup2: ["oldfd", "newfd"],
  dup3: ["oldfd", "newfd", "flags"],
  fcntl: ["fd", "op", "arg"],
  fcntl64: ["fd", "op", "arg"],
  memfd_create: ["name", "flags"],
};

/** O_CLOEXEC, MFD_CLOEXEC, FD_CLOEXEC of the generic table. */
const openCloexec = 0x8_0000;
const memfdHugetlb = 4;

const anonymous: Readonly<Record<string, Described>> = {
  io_uring_setup: { kind: "io-uring", path: "anon_inode:[io_uring]" },
  perf_event_open: { kind: "device", path: "anon_inode:[perf_event]" },
  memfd_secret: { kind: "device", path: "anon_inode:[secretmem]" },
  socket: { kind: "socket" },
  ioctl: { kind: "vfio", path: "anon_inode:[vfio-device]" },
};

/** A file just made, and whether exec closes its descriptor. */
interface Made {
  readonly file: Described;
  readonly closeOnExec: boolean;
}

function memfd(args: readonly string[]): Made {
  const path = `/memfd:${unquote(args[0] ?? "")}`;
  const flags = args[1] ?? "";
  const hugePage = hugePageOf(flags);
  const file: Described = hasFlag(flags, "MFD_HUGETLB", memfdHugetlb)
    ? { kind: "hugetlb", path, ...(hugePage !== undefined && { hugePage }) }
    : { kind: "shmem", path, huge: "internal" };
  return { file, closeOnExec: hasFlag(flags, "MFD_CLOEXEC", 1) };
}

export class Files {
  /** Programs open and map the same files again and again. */
  readonly #prints = new Remembered(printedFile);
  readonly #names = new Remembered(namedFile);
  #last = -1;
  /** Files whose path is strace's own. */
  readonly #exact = new Set<number>();
  /** Opens are in this recording, so that a descriptor stays the same file until it is closed. */
  #followed = false;

  /** A file of its own. */
  fresh(described: Described): OpenFile {
    this.#last += 1;
    return { id: this.#last, ...described };
  }

  /** The file behind a descriptor argument. */
  behind(table: FdTable, fd: number, text: string): OpenFile {
    const known = table.get(fd);
    const angle = text.indexOf("<");
    const printed = angle < 0 ? undefined : this.#printed(text.slice(angle));
    if (printed === undefined) return known ?? unknownFile;
    if (known !== undefined && this.#exact.has(known.id)) {
      if (known.path === printed.path) return known;
      if (liveName(known.path) === liveName(printed.path)) return known;
    } else if (known !== undefined) {
      // What the program called it, perhaps through a link; strace knows better.
      const file = { ...known, ...printed };
      this.#exact.add(file.id);
      table.set(fd, file, table.closesOnExec(fd));
      return file;
    }
    if (!this.#followed) return { id: -1, ...printed };
    const file = this.fresh(printed);
    this.#exact.add(file.id);
    table.set(fd, file, false);
    return file;
  }

  /** Apply a complete line of a call that makes or closes a descriptor. */
  apply(name: string, text: string, table: FdTable): void {
    const { args, close } = splitArgs(text, text.indexOf("(") + 1);
    const after = close < 0 ? "" : text.slice(close + 1).trimStart();
    const at = after.startsWith("= ") ? text.length - after.length - 1 : resultAt(text);
    if (at < 0) return;
    const result: Result | NoResult = readResult(text, at + 3, true);
    if (typeof result === "string" || result.outcome === "unknown" || result.injected) return;
    this.#perform(name, inOrder(args, argNames[name] ?? []), result, table);
  }

  /** A call of close. One that failed has closed too, unless there was nothing. */
  closed(fd: number, error: string | null, table: FdTable): void {
    this.#followed = true;
    if (error !== "EBADF") table.close(fd);
  }

  /** A call of dup or dup2 that succeeded. */
  copied(from: number | undefined, to: number, closeOnExec: boolean, table: FdTable): void {
    const known = from === undefined ? undefined : table.get(from);
    if (from === to) return;
    if (known !== undefined) table.set(to, known, closeOnExec);
    else table.close(to);
  }

  /** A call of open or openat that succeeded: `printed` behind its result, of a path and directory as printed. */
  opened(
    fd: number,
    printed: string,
    path: string,
    directory: string,
    closeOnExec: boolean,
    table: FdTable,
  ): void {
    this.#followed = true;
    const exact = printed === "" ? undefined : this.#printed(printed);
    const file = this.fresh(exact ?? this.#named(pathOf(path, directory)));
    if (exact !== undefined) this.#exact.add(file.id);
    table.set(fd, file, closeOnExec);
  }

  #perform(name: string, args: readonly string[], result: Result, table: FdTable): void {
    if (name === "close" || name === "close_range") {
      this.#followed = true;
      this.#close(name, args, result, table);
    }
    const fd = result.value;
    if (typeof fd !== "number") return;
    if (name.startsWith("dup")) {
      this.copied(intOf(args[0] ?? ""), fd, closesOnExec(args[2]), table);
    } else if (name.startsWith("fcntl")) this.#controlled(args, fd, table);
    else {
      const { suffix } = result;
      const printed = suffix.startsWith("<") ? this.#printed(suffix.trimEnd()) : undefined;
      const made = this.#made(name, args, printed);
      if (made === undefined) return;
      const file = this.fresh(made.file);
      if (printed !== undefined || name === "memfd_create" || name === "ioctl") {
        this.#exact.add(file.id);
      }
      table.set(fd, file, made.closeOnExec);
    }
  }

  /** A failed close has closed too, unless there was nothing. */
  #close(name: string, args: readonly string[], result: Result, table: FdTable): void {
    const first = intOf(args[0] ?? "");
    if (result.error === "EBADF" || first === undefined) return;
    if (name === "close") table.close(first);
    else if (result.outcome === "ok") {
      const last = intOf(args[1] ?? "") ?? -1;
      const end = last < 0 ? Number.POSITIVE_INFINITY : last;
      if (!hasFlag(args[2], "CLOSE_RANGE_CLOEXEC", 4)) table.closeRange(first, end);
      else for (const fd of table.fds()) if (fd >= first && fd <= end) table.mark(fd, true);
    }
  }

  /** What a new descriptor stands for. */
  #made(name: string, args: readonly string[], printed: Described | undefined): Made | undefined {
    switch (name) {
      case "open":
      case "creat":
        return this.#opened(printed, pathOf(args[0], undefined), args[1]);
      case "openat":
      case "openat2":
        return this.#opened(printed, pathOf(args[1], args[0]), args[2]);
      case "memfd_create":
        return memfd(args);
      case "bpf": {
        if (!/BPF_MAP_CREATE|^0(?:$| )/.test(args[0] ?? "")) return undefined;
        const kind = args[1]?.includes("BPF_MAP_TYPE_ARENA") ? "bpf-arena" : "device";
        return { file: { kind, path: "anon_inode:bpf-map" }, closeOnExec: true };
      }
      default: {
        const file = printed ?? anonymous[name];
        return file === undefined ? undefined : { file, closeOnExec: name !== "socket" };
      }
    }
  }

  #opened(
    printed: Described | undefined,
    path: string | undefined,
    flags: string | undefined,
  ): Made {
    this.#followed = true;
    return { file: printed ?? this.#named(path), closeOnExec: closesOnExec(flags) };
  }

  #printed(text: string): Described | undefined {
    return this.#prints.get(text);
  }

  #named(path: string | undefined): Described {
    return path === undefined ? { kind: "unknown" } : this.#names.get(path);
  }

  #controlled(args: readonly string[], result: number, table: FdTable): void {
    const command = (args[1] ?? "").replace(/ .*/, "");
    if (command === "F_SETFD" || command === "0x2") {
      table.mark(intOf(args[0] ?? "") ?? -1, hasFlag(args[2], "FD_CLOEXEC", 1));
    } else if (command === "F_DUPFD" || command === "0")
      this.copied(intOf(args[0] ?? ""), result, false, table);
    else if (command === "F_DUPFD_CLOEXEC" || command === "0x406") {
      this.copied(intOf(args[0] ?? ""), result, true, table);
    }
  }
}
