/** How a report that was written as JSON is read back. */

import { existsSync, readFileSync } from "node:fs";
import { MmreplayError } from "../errors.ts";
import { parseReport } from "../reports/compare.ts";
import type { Report } from "../reports/report.ts";
import { stdin } from "./io.ts";
import { unreadable } from "./system.ts";

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw unreadable(error, path) ?? error;
  }
}

/** Throws `io/missing`, and `compare/no-report` for anything else than a report. */
export function readReport(path: string): Report {
  // A socket cannot be opened by its path.
  if (path === stdin) return parseReport(readFileSync(0, "utf8"), "stdin");
  if (existsSync(path)) return parseReport(textOf(path), path);
  throw new MmreplayError("io/missing", "no such report", {
    at: { file: path },
    hint: "write one: mmreplay replay TRACE --format json -o REPORT.json",
  });
}
