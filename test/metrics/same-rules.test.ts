/** When do the rules of two releases make the same of the same places: their differences must show in the replay at hand. */

import { describe, expect, it } from "vitest";
import { x86_64 } from "../../src/arch/x86-64.ts";
import { rulesAgree } from "../../src/metrics/same-rules.ts";
import { policies } from "../../src/policies/index.ts";
import { program } from "../space/program.ts";

const profile = (id: string) => policies.get(id).profile;

/** A program that maps files of these filesystems. */
const mapping = (...filesystems: readonly string[]) =>
  program(
    filesystems.map((filesystem, index) => ({
      kind: "map",
      object: index + 1,
      pages: 512,
      area: {
        ...{ backing: "file", prot: 1, shared: false, pgoff: 0, flags: 2 },
        file: { id: index, kind: "regular", filesystem },
      },
    })),
  );

const none = { anonOffsets: false, keptSources: false };

const agree = (one: string, other: string, of = mapping("xfs"), met = none): boolean =>
  rulesAgree(profile(one), profile(other), { program: of, arch: x86_64, met });

describe("the rules of two releases", () => {
  it("agree where they differ only in folios of filesystems that nobody mapped", () => {
    expect(agree("linux-6.18", "linux-7.2", mapping("xfs", "ext4"))).toBe(true);
    expect(agree("linux-6.18", "linux-7.2", mapping("xfs", "btrfs"))).toBe(false);
  });

  it("agree on merges until two VMAs meet whose offsets in anonymous memory differ", () => {
    expect(agree("linux-7.2", "linux-7.3")).toBe(true);
    expect(agree("linux-7.2", "linux-7.3", mapping("xfs"), { ...none, anonOffsets: true })).toBe(
      false,
    );
  });

  it("agree on mremap until one leaves its source, which its copy may have joined until 6.18", () => {
    const met = { ...none, keptSources: true };
    expect(agree("linux-6.18", "linux-7.2", mapping("xfs"), met)).toBe(false);
    expect(agree("linux-7.2", "linux-7.3", mapping("xfs"), met)).toBe(true);
  });

  it("disagree where one of them maps what the other cannot", () => {
    expect(agree("linux-6.1", "linux-6.12")).toBe(false);
    expect(agree("linux-6.12", "linux-6.18")).toBe(false);
  });
});
