/** How a bzip2 file is unpacked: by the system's program, as no kept library reads it. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { MmreplayError } from "../errors.ts";

/** `BZh` and the size of the blocks. */
const magic = /^BZh[1-9]/;

/** True if the file begins as bzip2 writes it. */
export function isBzip2(head: Uint8Array): boolean {
  return magic.test(Buffer.from(head).toString("latin1"));
}

/** The bytes of a bzip2 file; throws `io/no-bzip2` or `input/damaged`. */
export async function* unpackedBzip2(path: string): AsyncGenerator<Uint8Array> {
  const child = spawn("bzip2", ["-dc", "--", path], { stdio: ["ignore", "pipe", "ignore"] });
  const at = { file: path };
  const ended = once(child, "close").catch((error: unknown) => error);
  try {
    yield* child.stdout;
    const failed = await ended;
    if (failed instanceof Error) {
      const hint = `install bzip2, or unpack the file elsewhere: bunzip2 -k ${path}`;
      throw new MmreplayError("io/no-bzip2", "bzip2 data needs bzip2, which is not installed", {
        at,
        hint,
      });
    }
    if (child.exitCode === 0) return;
    throw new MmreplayError("input/damaged", "bzip2 data cannot be unpacked", {
      at,
      hint: "copy the file again, it is cut off or damaged",
    });
  } finally {
    child.kill();
  }
}
