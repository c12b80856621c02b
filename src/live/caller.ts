/** Which program makes the calls on machines of a kind: what scripts/build-live.mjs makes of native/live. */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MmreplayError } from "../errors.ts";

/** The program for machines that call themselves so (`x86_64`); throws `live/not-built`. */
export function callerFor(hardware: string): string {
  const name = `../../native/prebuilt/mmreplay-live-${hardware}`;
  const path = fileURLToPath(new URL(name, import.meta.url));
  if (existsSync(path)) return path;
  const other = `npm run build:live prints what it needs to build it`;
  throw new MmreplayError(
    "live/not-built",
    `the program that makes the calls is not built for ${hardware}`,
    { hint: `run scripts/build, on Linux; for machines of another kind, ${other}` },
  );
}
