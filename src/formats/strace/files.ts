/** Which calls make, copy and close descriptors, and what file a printed descriptor is. */

import type { OpenFile } from "../../trace/file.ts";
import type { FdTable } from "../fds.ts";
import { fileOf } from "../kinds.ts";
import { fdName, unquote } from "./escapes.ts";
import { forgetMade, forgetReceived } from "./handles.ts";
import { closesOnExec, type Described, hasFlag, type Made, madeBy } from "./made.ts";
import { Remembered } from "./remembered.ts";
import { type NoResult, type Result, readResult, resultAt } from "./result.ts";
import { inOrder, intOf, splitArgs } from "./split-args.ts";

const unknownFile: OpenFile = { id: -1, kind: "unknown" };
/** With the context of the file behind it (--secontext). */
const decoration = /^[^<]*<(.*)>(\(deleted\))?(?: \[[^\]>]*\])?$/s;
/** What the kernel adds to the name of a deleted file; strace 5.19 and later print it behind the name. */
const mark = " (deleted)";
const numbers = /^(.*)<(char|block) (\d+):(\d+)>$/s;
const socket = /^(?:socket:|[A-Z][A-Za-z0-9-]*:\[)/;
const drmMajor = "226";

/** The file that `-y` or `-yy` prints behind a descriptor: `3</path>`, `3</dev/zero<char 1:5>>`, `8<TCP:[1]>`. */
export function printedFile(text: string): Described | undefined {
  const [, inside, deleted] = decoration.exec(text) ?? [];
  if (inside === undefined) return undefined;
  const device = numbers.exec(inside);
  const name = fdName(device?.[1] ?? inside);
  const { id: _, ...plain } = fileOf(name, -1);
  const file = deleted !== undefined ? { ...plain, path: name } : plain;
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

/** A name that really ends like that of a deleted file prints the same: what the program called it tells. */
function asCalled(printed: Described, called: string | undefined): Described {
  const { path } = printed;
  if (path === undefined || called?.endsWith(mark) !== true || path.endsWith(mark)) return printed;
  const full = path + mark;
  return full.endsWith(called.slice(called.lastIndexOf("/") + 1))
    ? { ...printed, path: full }
    : printed;
}

/** The name before a file was unlinked; one that really ends like this loses it too. */
const liveName = (path: string | undefined): string | undefined =>
  path?.replace(/(?: \(deleted\))+$/, "");

/** The file of a path that a program opens. */
function namedFile(path: string): Described {
  const { id: _, ...named } = fileOf(path, -1);
  return { ...named, path, ...(!path.startsWith("/") && { kind: "regular" }) };
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

/** What a call of open or openat has asked for. */
interface Asked {
  readonly path: string;
  readonly endsInParenthesis: boolean;
  readonly directory: string;
  readonly closeOnExec: boolean;
}

export class Files {
  /** Programs open and map the same files again and again. */
  readonly #prints = new Remembered(printedFile);
  readonly #names = new Remembered(namedFile);
  #last = -1;
  /** Opens are in this recording, so that a descriptor stays the same file until it is closed. */
  #followed = false;

  /** A file of its own. */
  fresh(described: Described): OpenFile {
    this.#last += 1;
    return { id: this.#last, ...described };
  }

  /** The file behind a descriptor argument; `printed` is what stands behind it, if anything does. */
  behind(table: FdTable, fd: number, printed: Described | undefined): OpenFile {
    const known = table.get(fd);
    if (printed === undefined) return known?.file ?? unknownFile;
    if (known?.isExact === true) {
      const { path } = known.file;
      if (path === printed.path || liveName(path) === liveName(printed.path)) return known.file;
    } else if (known !== undefined) {
      // What the program called it, perhaps through a link; strace knows better.
      const file = { ...known.file, ...asCalled(printed, known.file.path) };
      table.set(fd, { file, closeOnExec: known.closeOnExec, isExact: true });
      return file;
    }
    if (!this.#followed) return { id: -1, ...printed };
    const file = this.fresh(printed);
    table.set(fd, { file, closeOnExec: false, isExact: true });
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
    if (forgetMade(name, text, result, table)) return;
    if (name.startsWith("recv")) forgetReceived(text, table);
    else if (name !== "unshare")
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
    if (known !== undefined) table.set(to, { ...known, closeOnExec });
    else table.close(to);
  }

  /** A call of open or openat that succeeded; `printed` is what stands behind its result, if anything does. */
  opened(fd: number, printed: Described | undefined, asked: Asked, table: FdTable): void {
    this.#followed = true;
    const { closeOnExec } = asked;
    // What it was called only tells more where it is the name of a deleted file.
    const asks = printed === undefined || asked.endsInParenthesis;
    const path = asks ? pathOf(asked.path, asked.directory) : undefined;
    const file = this.fresh(this.#described(printed, path));
    table.set(fd, { file, closeOnExec, isExact: printed !== undefined });
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
      const printed = suffix.startsWith("<") ? this.printed(suffix.trimEnd()) : undefined;
      const made = this.#made(name, args, printed);
      if (made === undefined) {
        // Any other command of bpf that makes one, of something that nobody maps.
        if (name === "bpf" && fd > 2) table.close(fd);
        return;
      }
      const { file, closeOnExec } = made;
      const isExact = printed !== undefined || name === "memfd_create" || name === "ioctl";
      table.set(fd, { file: this.fresh(file), closeOnExec, isExact });
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
      default:
        return madeBy(name, args, printed);
    }
  }

  #opened(
    printed: Described | undefined,
    path: string | undefined,
    flags: string | undefined,
  ): Made {
    this.#followed = true;
    return { file: this.#described(printed, path), closeOnExec: closesOnExec(flags) };
  }

  /** What was opened under a path, if strace prints what it is, or else. */
  #described(printed: Described | undefined, path: string | undefined): Described {
    return printed === undefined ? this.#named(path) : asCalled(printed, path);
  }

  /** What `-y` prints behind a descriptor. */
  printed(text: string): Described | undefined {
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
