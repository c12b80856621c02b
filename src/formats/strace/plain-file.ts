/** Which call a plain line is that makes, copies, marks or closes a descriptor: read from its bytes in one go. */

import type { Buffer } from "node:buffer";
import { bytesOf } from "../text/scan.ts";
import { type Short, short, standsShort } from "../text/short.ts";
import { Words } from "../text/words.ts";
import type { Files } from "./files.ts";
import { latin1 } from "./line.ts";
import type { Task } from "./lives.ts";
import { closesOnExec } from "./made.ts";
import { type Known, knownAs } from "./names.ts";
import type { PlainScanner } from "./plain-scanner.ts";

const space = 32;
const close = 41;
const comma = 44;

const setDescriptor = bytesOf("F_SETFD");
const keptOpen = bytesOf("0");
const closed = bytesOf("FD_CLOEXEC");

/** Bytes of `AT_FDCWD`, `-100`, `0644`. */
const isWordByte: Uint8Array = new Uint8Array(256);
for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_|-") {
  isWordByte[letter.charCodeAt(0)] = 1;
}

interface Entry {
  readonly known: Known;
  /** The name and the parenthesis. */
  readonly word: Short;
  readonly length: number;
}

const none: readonly Entry[] = [];

/** The calls that come in thousands, by the third letter. */
const entries: Entry[][] = [];
for (const name of ["openat", "open", "close", "dup2", "dup"]) {
  const known = knownAs(name);
  const [text, third] = [`${name}(`, name.charCodeAt(2)];
  const entry = { known, word: short(text), length: text.length };
  entries[third] = [...(entries[third] ?? []), entry];
}

/** What a call has asked for. */
export interface FileRequest {
  readonly role: "close" | "open" | "copy" | "mark";
  readonly fd: number;
  /** Of open and openat, as printed. */
  readonly directory: string;
  readonly path: string;
  readonly endsInParenthesis: boolean;
  readonly closeOnExec: boolean;
}

/** Reads calls one after the other; the fields tell of the last one. */
export class PlainFile {
  readonly #scan: PlainScanner;
  readonly #closes: Words<number> = new Words((text) => (closesOnExec(text) ? 1 : 0));
  /** What is printed behind `AT_FDCWD`. */
  readonly #directories: Words<string> = new Words((text) => /<.*/s.exec(text)?.[0] ?? "");
  /** The whole line of a call, or the line on which it begins. */
  form: "whole" | "begin" = "whole";
  known: Known = knownAs("close");
  role: FileRequest["role"] = "close";
  fd = -1;
  directory = "";
  closeOnExec = false;

  constructor(scan: PlainScanner) {
    this.#scan = scan;
  }

  /** True if the call at `at` is plain, and always matters; there must be a line end behind it. */
  read(bytes: Buffer, at: number): boolean {
    const scan = this.#scan;
    for (const { known, word, length } of entries[bytes[at + 2] as number] ?? none) {
      scan.start(bytes, at + length);
      if (!standsShort(scan.view, at, word)) continue;
      this.known = known;
      return this.#arguments(known.name);
    }
    return false;
  }

  /** The same of any call, whose name ends at `at`. */
  readNamed(bytes: Buffer, at: number, known: Known): boolean {
    this.#scan.start(bytes, at + 1);
    this.known = known;
    return this.#arguments(known.name);
  }

  #arguments(name: string): boolean {
    const scan = this.#scan;
    this.closeOnExec = false;
    switch (name) {
      case "close":
        this.role = "close";
        return this.#descriptor() && this.#rest(false);
      case "openat":
        return this.#at() && scan.separates() && this.#opens();
      case "open":
        this.directory = "";
        return this.#opens();
      case "fcntl":
        return this.#marks();
      case "dup":
        this.role = "copy";
        return this.#descriptor() && this.#rest(true);
      case "dup2":
        this.role = "copy";
        return this.#descriptor() && scan.separates() && scan.descriptor() && this.#rest(true);
      default:
        return false;
    }
  }

  /** True if a call ends plainly whose name ends at `at`. */
  readEnd(bytes: Buffer, at: number, known: Known): boolean {
    const scan = this.#scan;
    this.known = known;
    scan.start(bytes, at);
    return scan.resumes(true);
  }

  get path(): string {
    return this.#scan.string;
  }

  get endsInParenthesis(): boolean {
    return this.#scan.endsInParenthesis;
  }

  get duration(): number {
    return this.#scan.duration;
  }

  get next(): number {
    return this.#scan.next;
  }

  /** What a line asks for that begins a call, and its text from the name, at `from`, on. */
  begun(from: number): { readonly request: FileRequest; readonly text: string } {
    const { role, fd, directory, closeOnExec } = this;
    const path = role === "open" ? this.path : "";
    const { bytes, at, endsInParenthesis } = this.#scan;
    const request = { role, fd, directory, path, endsInParenthesis, closeOnExec };
    return { request, text: latin1(bytes, from, at) };
  }

  /** Do what was asked for, with the result of the last line; true if something was opened. */
  apply(request: FileRequest, { files: table }: Task, files: Files): boolean {
    const { error, value, file } = this.#scan;
    const { role, fd } = request;
    if (role === "close") files.closed(fd, error, table);
    else if (error !== null) return false;
    else if (role === "copy") files.copied(fd, value, false, table);
    else if (role === "mark") table.mark(fd, request.closeOnExec);
    else files.opened(value, file, request, table);
    return role === "open";
  }

  #descriptor(): boolean {
    const found = this.#scan.descriptor();
    this.fd = this.#scan.fd;
    return found;
  }

  /** What follows the arguments; `describes` if the result is a descriptor. */
  #rest(describes: boolean): boolean {
    const isWhole = this.#scan.takes(close);
    this.form = isWhole ? "whole" : "begin";
    return isWhole ? this.#scan.outcome(describes) : this.#scan.stops();
  }

  /** `3, F_SETFD, FD_CLOEXEC`. */
  #marks(): boolean {
    const scan = this.#scan;
    this.role = "mark";
    if (!this.#descriptor() || !scan.separates() || !scan.takesWord(setDescriptor)) return false;
    if (!scan.separates()) return false;
    this.closeOnExec = scan.takesWord(closed);
    return (this.closeOnExec || scan.takesWord(keptOpen)) && this.#rest(false);
  }

  /** `AT_FDCWD`, `AT_FDCWD</home/me>`, `5</etc>`. */
  #at(): boolean {
    const scan = this.#scan;
    const directories = this.#directories;
    const start = scan.at;
    if (!scan.repeats(directories, comma)) {
      this.#skipWord();
      if (scan.at === start || !scan.described()) return false;
      directories.get(scan.bytes, start, scan.at, scan.at - start);
    }
    this.directory = directories.lastMeaning as string;
    return true;
  }

  #skipWord(): void {
    const { bytes } = this.#scan;
    while (isWordByte[bytes[this.#scan.at] as number] === 1) this.#scan.at += 1;
  }

  /** `"/etc/passwd", O_RDONLY|O_CLOEXEC) = 3</etc/passwd>`, perhaps with a mode. */
  #opens(): boolean {
    const scan = this.#scan;
    this.role = "open";
    if (!scan.quoted() || !scan.separates()) return false;
    this.closeOnExec = scan.word(this.#closes) === 1;
    if (scan.takes(comma)) {
      if (!scan.takes(space)) return false;
      this.#skipWord();
    }
    return this.#rest(true);
  }
}
