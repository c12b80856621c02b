/** How memory calls become events: arguments, result, file, and what is wrong with them. */

import type { Call } from "../../trace/event.ts";
import type { OpenFile } from "../../trace/file.ts";
import { MAP_ANONYMOUS } from "../../trace/flags.ts";
import { hasBit, inPage, wrap64 } from "../../units.ts";
import { cutResult, impossible, type Problem } from "../checks.ts";
import type { Request } from "../request.ts";
import { Rings, ringFile } from "../rings.ts";
import { callEvent, type Place } from "./call-event.ts";
import type { Files } from "./files.ts";
import { printedTid, type Task } from "./lives.ts";
import type { Described } from "./made.ts";
import { type Parsed, readRequest, unread } from "./memory.ts";
import type { Output } from "./output.ts";
import type { Result } from "./result.ts";
import { Segments } from "./segments.ts";

/** Page units of mmap2 (sys_mmap_pgoff): 4096 bytes on every architecture that strace 4.5 ran on. */
const mmap2Unit = 4096;

export class Calls {
  readonly #files: Files;
  readonly #output: Output;
  readonly segments: Segments;
  readonly #rings = new Rings();
  /** mmap2 offsets are printed in pages (strace before 4.8). */
  #pageOffsets = false;

  constructor(files: Files, output: Output) {
    this.#files = files;
    this.segments = new Segments(files);
    this.#output = output;
  }

  /** Leave out a call that cannot be used. */
  skip({ code, message }: Problem, place: Place): void {
    this.#output.skip(place.name, code, message, place.exit.line, printedTid(place));
  }

  /** The request of a call whose arguments are all in `text`; undefined if it has nothing to do with memory. */
  parse(name: string, text: string, close: number, place: Place): Parsed | Problem | undefined {
    const parsed = readRequest(name, text, place.name.length, close);
    if (parsed === undefined || "code" in parsed) return parsed;
    if (name === "io_destroy") return this.#unmapped(parsed);
    if (place.name !== "mmap2") return parsed;
    return { ...parsed, request: this.#scaled(parsed.request, place) };
  }

  #unmapped(parsed: Parsed): Parsed | undefined {
    const { request } = parsed;
    const ring = request.call === "munmap" ? this.#rings.unmapped(request.addr) : undefined;
    return ring === undefined ? undefined : { ...parsed, request: ring };
  }

  /** An offset in bytes. */
  #scaled(request: Request, place: Place): Request {
    if (request.call !== "mmap") return request;
    place.task.space.narrow = true;
    if (!this.#pageOffsets && inPage(request.offset, mmap2Unit) !== 0) {
      this.#pageOffsets = true;
      const message = "mmap2 offsets are taken as pages of 4096 bytes, as strace before 4.8 prints";
      this.#output.warn("parse/page-offsets", message, place.exit.line, printedTid(place));
    }
    if (!this.#pageOffsets) return request;
    return { ...request, offset: wrap64(BigInt(request.offset) * BigInt(mmap2Unit)) };
  }

  /** The file behind the descriptor of a mapping, while the call begins; `printed` is what stands behind it, if anything does. */
  file(request: Request, printed: Described | undefined, task: Task): OpenFile | undefined {
    if (request.call !== "mmap" || request.fd < 0) return undefined;
    if (hasBit(request.flags, MAP_ANONYMOUS)) return undefined;
    return this.#files.behind(task.files, request.fd, printed);
  }

  /** The same, of a call whose descriptor is text. */
  printedFile({ request, fdText }: Parsed, task: Task): OpenFile | undefined {
    const angle = fdText.indexOf("<");
    const printed = angle < 0 ? undefined : this.#files.printed(fdText.slice(angle));
    return this.file(request, printed, task);
  }

  /** The event of a call that ended; undefined (and counted) if it cannot have happened. */
  event(
    parsed: Omit<Parsed, "fdText">,
    file: OpenFile | undefined,
    result: Result,
    place: Place,
  ): Call | undefined {
    const { request, unknown } = parsed;
    const { outcome, error, injected } = result;
    if (unknown.length > 0) {
      const message = `unknown flag ${unknown[0]} is left out`;
      this.#output.warn("parse/unknown-flag", message, place.exit.line, printedTid(place));
    }
    if (request === unread && error !== "EFAULT") {
      const message = `${place.name} without all of its arguments`;
      this.skip({ code: "parse/arguments", message }, place);
      return undefined;
    }
    const answer = parsed.ring ?? result.value;
    const value = answer === null ? null : cutResult(answer, place.task.space.narrow);
    const wrong = injected ? undefined : impossible(request, outcome, value);
    if (wrong !== undefined) {
      this.skip(wrong, place);
      return undefined;
    }
    this.#output.count(outcome);
    if (request.call === "shmat") {
      const segment = this.segments.attached(request.shmid);
      return callEvent(request, place, { outcome, result: value, error, injected, ...segment });
    }
    const end = { outcome, result: value, error, injected, file, length: undefined };
    if (parsed.ring === undefined || request.call !== "mmap") return callEvent(request, place, end);
    this.#rings.made(parsed.ring, request.length);
    return callEvent(request, place, { ...end, file: ringFile });
  }
}
