/** Which leaf sizes Linux uses for what, and what would change if it used more. */

import { describe, expect, it } from "vitest";
import { archs, parseArch } from "../../src/arch/index.ts";
import { bar, GiB, KiB, MiB, run } from "../proposals/script.ts";

describe("the leaf sizes of arm64 and riscv64", () => {
  it.each([
    ["arm64-4k", ["64K", "2M"], ["2M"], ["64K", "2M", "32M", "1G"]],
    ["arm64-16k", ["2M", "32M"], ["32M"], ["2M", "32M", "1G"]],
    ["arm64-64k", ["2M", "512M"], ["512M"], ["2M", "512M", "16G"]],
    ["riscv64-sv48", ["2M"], ["2M", "1G"], ["64K", "2M", "1G"]],
    ["x86-64", ["2M"], ["2M", "1G"], ["2M", "1G"]],
    ["i386", ["2M"], ["2M", "1G"], ["2M", "1G"]],
  ])("of %s: folios %j, device memory %j, hugetlb %j", (id, folio, pfnmap, hugetlb) => {
    const of = (use: "folio" | "pfnmap" | "hugetlb") =>
      archs
        .get(id)
        .levels.filter(({ since }) => since[use] !== undefined)
        .map(({ name }) => name);
    expect([of("folio"), of("pfnmap"), of("hugetlb")]).toEqual([folio, pfnmap, hugetlb]);
  });
});

describe("a setting of an architecture", () => {
  const sizes = (arch: string, policy = "start-pfn", bytes = 2 * GiB, offset = 0) =>
    run(policy, [bar(bytes, offset)], { arch }).sizes;

  it("maps device memory with contiguous entries that Linux does not use", () => {
    expect(sizes("arm64-4k")).toBe("1,024 2M");
    expect(sizes("arm64-4k:contpmd=on")).toBe("64 32M");
    expect(sizes("arm64-4k:contpte=on", "start-pfn", MiB, 64 * KiB)).toBe("16 64K");
    expect(sizes("arm64-4k:contpte=on", "linux-7.3", MiB, 64 * KiB)).toBe("256 4K");
    expect(sizes("arm64-4k:pud=pfnmap")).toBe("2 1G");
    expect(sizes("arm64-16k:contpmd=pfnmap")).toBe("2 1G");
    expect(sizes("arm64-64k:contpte=on")).toBe("4 512M");
  });

  it("takes sizes away", () => {
    const anon = (arch: string) => run("linux-7.3", [{ bytes: 4 * MiB }], { arch }).sizes;
    expect(anon("arm64-4k")).toBe("2 2M");
    expect(anon("arm64-4k:pmd=off")).toBe("1,024 4K");
    expect(sizes("x86-64:pud=hugetlb")).toBe("1,024 2M");
  });

  it("of releases before its time is not used", () => {
    expect(sizes("riscv64-sv48", "linux-6.18", 2 * GiB)).toBe("524,288 4K");
  });

  it.each([
    ["x86-64:contpte=on", 'x86-64 has no leaf size "contpte"', "it has pmd, pud"],
    ["arm64-4k:contpte", 'cannot read "contpte"', "write arm64-4k:contpte=on"],
    [
      "arm64-4k:contpte=yes",
      '"yes" is no use of a leaf size',
      "use on, off, or folio+pfnmap+hugetlb",
    ],
    ["arm65-4k:contpte=on", 'unknown arch "arm65-4k"', "did you mean arm64-4k"],
  ])("is refused where it says nothing: %s", (text, message, hint) => {
    expect(() => parseArch(text)).toThrow(message);
    expect(() => parseArch(text)).toThrow(expect.objectContaining({ hint }));
  });
});

describe("32-bit tasks on x86-64", () => {
  it("have their own limits and are not padded", () => {
    const found = run("linux-7.3", [{ bytes: 4 * MiB }, { bytes: 4 * KiB }], { arch: "i386" });
    expect(found.addresses).toEqual(["0xf7bef000", "0xf7bee000"]);
  });
});
