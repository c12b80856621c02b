/** Which call a plain line is that makes, copies, marks or closes a descriptor: read from its bytes in one go. */

import type { Buffer } from "node:buffer";
import { bytesOf, Words } from "../scan.ts";
import type { Files } from "./files.ts";
import { latin1 } from "./line.ts";
import type { Task } from "./lives.ts";
import { closesOnExec } from "./made.ts";
import type { PlainScanner } from "./plain-scanner.ts";

const space = 32;
const quote = 34;
const close = 41;
const comma = 44;
const less = 60;
const backslash = 92;

const setDescriptor = bytesOf("F_SETFD");
const keptOpen = bytesOf("0");
const closed = bytesOf("FD_CLOEXEC");

/** Bytes of `AT_FDCWD`, `-100`, `0644`. */
const isWordByte: Uint8Array = new Uint8Array(256);
for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_|-") {
  isWordByte[letter.charCodeAt(0)] = 1;
}

type Role = "close" | "open" | "copy" | "mark";

/** Reads calls one after the other; `apply` does what the last one did. */
export class PlainFile {
  readonly #scan: PlainScanner;
  readonly #closes: Words<number> = new Words((text) => (closesOnExec(text) ? 1 : 0));
  #role: Role = "close";
  #fd = -1;
  #from = 0;
  #to = 0;
  #directory = "";
  #closeOnExec = false;

  constructor(scan: PlainScanner) {
    this.#scan = scan;
  }

  /** True if the call is plain whose name, ending at `at`, is this. */
  read(bytes: Buffer, at: number, name: string): boolean {
    const scan = this.#scan;
    scan.start(bytes, at + 1);
    this.#closeOnExec = false;
    switch (name) {
      case "close":
        this.#role = "close";
        return this.#descriptor() && scan.takes(close) && scan.outcome();
      case "openat":
        return this.#at() && scan.separates() && this.#opens();
      case "open":
        this.#directory = "";
        return this.#opens();
      case "fcntl":
        return this.#marks();
      case "dup":
        this.#role = "copy";
        return this.#descriptor() && scan.takes(close) && scan.outcome(true);
      case "dup2":
        this.#role = "copy";
        return this.#descriptor() && this.#second() && scan.takes(close) && scan.outcome(true);
      default:
        return false;
    }
  }

  get duration(): number {
    return this.#scan.duration;
  }

  get next(): number {
    return this.#scan.next;
  }

  /** Returns what was opened, in quotes. */
  apply({ files: table }: Task, files: Files): string | undefined {
    const { error, value, file } = this.#scan;
    if (this.#role === "close") files.closed(this.#fd, error, table);
    else if (error !== null) return undefined;
    else if (this.#role === "copy") files.copied(this.#fd, value, false, table);
    else if (this.#role === "mark") table.mark(this.#fd, this.#closeOnExec);
    else {
      const path = latin1(this.#scan.bytes, this.#from, this.#to);
      files.opened(value, file, path, this.#directory, this.#closeOnExec, table);
      return path;
    }
    return undefined;
  }

  #descriptor(): boolean {
    const found = this.#scan.descriptor();
    this.#fd = this.#scan.fd;
    return found;
  }

  #second(): boolean {
    return this.#scan.separates() && this.#scan.descriptor();
  }

  /** `3, F_SETFD, FD_CLOEXEC`. */
  #marks(): boolean {
    const scan = this.#scan;
    this.#role = "mark";
    if (!this.#descriptor() || !scan.separates() || !scan.takesWord(setDescriptor)) return false;
    if (!scan.separates()) return false;
    this.#closeOnExec = scan.takesWord(closed);
    return (this.#closeOnExec || scan.takesWord(keptOpen)) && scan.takes(close) && scan.outcome();
  }

  /** `AT_FDCWD`, `AT_FDCWD</home/me>`, `5</etc>`. */
  #at(): boolean {
    const scan = this.#scan;
    const start = scan.at;
    this.#skipWord();
    if (scan.at === start || !scan.described()) return false;
    this.#directory = scan.file;
    return true;
  }

  #skipWord(): void {
    const { bytes } = this.#scan;
    while (isWordByte[bytes[this.#scan.at] as number] === 1) this.#scan.at += 1;
  }

  /** `"/etc/passwd", O_RDONLY|O_CLOEXEC) = 3</etc/passwd>`, perhaps with a mode. */
  #opens(): boolean {
    const scan = this.#scan;
    this.#role = "open";
    if (!this.#name() || !scan.separates()) return false;
    this.#closeOnExec = scan.word(this.#closes) === 1;
    if (scan.takes(comma)) {
      if (!scan.takes(space)) return false;
      this.#skipWord();
    }
    return scan.takes(close) && scan.outcome(true);
  }

  /** A string without anything that is escaped, not cut. */
  #name(): boolean {
    const scan = this.#scan;
    const { bytes } = scan;
    const start = scan.at;
    if (!scan.takes(quote)) return false;
    let at = scan.at;
    let byte = bytes[at] as number;
    while (byte >= space && byte !== quote && byte !== backslash && byte !== less) {
      at += 1;
      byte = bytes[at] as number;
    }
    if (byte !== quote) return false;
    this.#from = start;
    this.#to = at + 1;
    scan.at = at + 1;
    return true;
  }
}
