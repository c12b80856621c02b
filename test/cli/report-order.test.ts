/** What comes first in a comparison: how much of it a policy can change at all. */

import { expect, it } from "vitest";
import { mmreplay } from "../support/cli.ts";

it.each([
  ["text", " policy entries "],
  ["lkml", " policy entries "],
  ["markdown", "| policy | entries |"],
])("the %s report says what policies decide about before its first table", (format, table) => {
  const trace = "traces/vfio-bar-256m-7.3.mmtrace";
  const { stdout } = mmreplay(["replay", trace, "--policy", "linux-7.3", "--format", format]);
  const flat = stdout.replaceAll(/\s+/g, " ");
  const decided = flat.indexOf("the kernel chose the place of 7 of 8 mmaps");
  expect(decided).toBeGreaterThan(0);
  expect(flat.indexOf("no policy can change the others")).toBeGreaterThan(decided);
  expect(flat.indexOf(table)).toBeGreaterThan(decided);
  expect(flat.indexOf("the kernel chose", decided + 1)).toBe(-1);
});
