/** The traces that ship with the project. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decode } from "../../src/trace/codec.ts";
import { proven } from "../../src/trace/infer.ts";
import type { Trace } from "../../src/trace/trace.ts";
import { root } from "./cli.ts";

const folder = join(root, "traces");

export const shippedTraces: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith(".mmtrace"))
  .map((file) => file.replace(".mmtrace", ""));

export function shippedTrace(name: string): Trace {
  const bytes = readFileSync(join(folder, `${name}.mmtrace`));
  return proven({ ...decode(bytes, name), name });
}
