/** What comes first in a comparison: how much of it a policy can change at all; and how traces are called. */

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

it("tells traces of one name apart by a number", () => {
  const trace = "traces/vfio-bar-256m-7.3.mmtrace";
  const args = ["--policy", "linux-7.3", "--metrics", "vmas", "--format", "json", "-q"];
  const { setup, results } = JSON.parse(mmreplay(["replay", trace, trace, ...args]).stdout);
  const names = ["vfio-bar-256m-7.3", "vfio-bar-256m-7.3 (2)"];
  expect(setup.traces.map(({ name }: { readonly name: string }) => name)).toEqual(names);
  expect(results.map((result: { readonly trace: string }) => result.trace)).toEqual(names);
});
