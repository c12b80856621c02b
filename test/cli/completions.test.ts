import { describe, expect, it } from "vitest";
import { mmreplay } from "../support/cli.ts";

/** What the shell would be offered for the last word. */
function offered(...words: readonly string[]): readonly string[] {
  const { stdout } = mmreplay(["--get-yargs-completions", "mmreplay", ...words]);
  return stdout.split("\n").filter((word) => word !== "");
}

describe("completion", () => {
  it("offers commands, and options where one begins", () => {
    expect(offered("re")).toContain("replay");
    expect(offered("replay", "--po")).toContain("--policy");
    expect(offered("list", "")).toContain("policies");
    expect(offered("history", "")).toEqual(["add", "show", "check"]);
    expect(offered("history", "check", "--si")).toContain("--since");
    expect(offered("replay", "--format", "")).toContain("lkml");
  });

  it("offers names for each part of a list", () => {
    expect(offered("replay", "--policy", "")).toContain("vfio-thp");
    expect(offered("replay", "--policy", "linux-7.3,v")).toContain("linux-7.3,vfio-thp");
    expect(offered("replay", "--policy", "linux-7.3,vfio-thp,c")).toContain(
      "linux-7.3,vfio-thp,core-align",
    );
    expect(offered("replay", "--metrics", "vmas,")).toContain("vmas,faults");
    expect(offered("replay", "--arch", "arm")).toContain("arm64-4k");
    expect(offered("history", "show", "--metric", "")).toContain("tlb-entries");
    expect(offered("explain", "")).toContain("core-align");
  });

  it("offers nothing where a file belongs, so that the shell offers files", () => {
    expect(offered("replay", "")).toEqual([]);
    expect(offered("verify", "tr")).toEqual([]);
    expect(offered("history", "add", "nights.jsonl", "")).toEqual([]);
  });
});
