/** Where the events of a large recording are while it is worked on: in a temporary file without a name. */

import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { MmreplayError } from "../errors.ts";
import type { Shelf } from "../trace/block.ts";

/** A file that no other process can open and that is gone with this one. */
class Spool {
  readonly #file: number;
  #end = 0;

  constructor() {
    const path = join(tmpdir(), `mmreplay-events-${process.pid}-${spools++}`);
    this.#file = openSync(path, "wx+", 0o600);
    closed.register(this, this.#file);
    unlinkSync(path);
  }

  /** Where the bytes were written. */
  put(bytes: Uint8Array): number {
    const at = this.#end;
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.#file, bytes, done, bytes.length - done, at + done);
    this.#end += bytes.length;
    return at;
  }

  take(at: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const read = readSync(this.#file, bytes, done, length - done, at + done);
      if (read === 0) throw unreadable();
      done += read;
    }
    return bytes;
  }
}

const unreadable = (): MmreplayError =>
  new MmreplayError("io/temporary-file", "the temporary file of the events cannot be read again", {
    at: { file: tmpdir() },
    hint: "set TMPDIR to a folder on another disk",
  });

let spools = 0;
const closed = new FinalizationRegistry<number>(closeSync);

/** Functions of their own: one made beside the data would hold it. */
const taker =
  <T>(spool: Spool, at: number, length: number) =>
  (): T =>
    deserialize(spool.take(at, length));
const holder =
  <T>(data: T) =>
  (): T =>
    data;

/** A shelf of its own for one recording; where no file can be written, everything stays in memory. */
export function makeShelf(): Shelf {
  let spool: Spool | undefined;
  return (data) => {
    try {
      spool ??= new Spool();
      const bytes = serialize(data);
      return taker(spool, spool.put(bytes), bytes.length);
    } catch {
      return holder(data);
    }
  };
}
