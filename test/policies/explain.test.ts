import { describe, expect, it } from "vitest";
import { archs } from "../../src/arch/index.ts";
import { benchOf, explainPolicy, explainRequest } from "../../src/policies/explain.ts";
import { parsePolicy, policies } from "../../src/policies/index.ts";
import { requestOf, wordsOf } from "../../src/policies/words.ts";

const golden = (id: string): string => `../golden/policies/${id}.txt`;

/** Where contiguous entries and the generic entry point matter. */
const onArm64: readonly string[] = [
  "anon 192K",
  "anon 2M hint",
  "xfs 68K",
  "ext4 4M at 4K",
  "hugetlb 2M huge 2M hint",
  "vfio 2G bar 2G",
];

describe("the text of every policy", () => {
  const x86 = benchOf(archs.get("x86-64"), "advise");
  const arm64 = benchOf(archs.get("arm64-4k"));
  for (const policy of policies.all)
    it(`of ${policy.id} is the reviewed one`, async () => {
      const there = onArm64.map((words) => explainRequest(policy, words, arm64));
      const text = [explainPolicy(policy, x86), "arm64-4k\n", ...there].join("\n");
      await expect(text).toMatchFileSnapshot(golden(policy.id));
    });
});

describe("explainRequest", () => {
  const five = benchOf(archs.get("x86-64-la57"));

  it("prints both sides of the wall for a hint that may lie above it", () => {
    expect(explainRequest(policies.get("linux-7.3"), "anon 4K hint", five)).toBe(
      [
        "anon 4K hint",
        "  0: without file",
        "     at len=0x1000 within 0x0-0x7ffffffff000 if hint < 0x800000000000",
        "     down len=0x1000 lo=0x1000 (from 0x10000) hi=0x7ffff7fff000 mask=0x0 ofs=0x0 if hint < 0x800000000000",
        "     up len=0x1000 lo=0x2aaaaaaab000 hi=0x7ffffffff000 mask=0x0 ofs=0x0 if hint < 0x800000000000",
        "     at len=0x1000 within 0x800000000000-0xfffffffffff000 if hint >= 0x800000000000",
        "     down len=0x1000 lo=0x1000 (from 0x10000) hi=0xfffffff7fff000 mask=0x0 ofs=0x0 if hint >= 0x800000000000",
        "     up len=0x1000 lo=0x2aaaaaaab000 hi=0xfffffffffff000 mask=0x0 ofs=0x0 if hint >= 0x800000000000",
        "",
      ].join("\n"),
    );
  });

  it("says that the kernel refuses what it never searches for", () => {
    const text = explainRequest(policies.get("linux-7.3"), "io-uring 16K hint", five);
    expect(text).toBe("io-uring 16K hint\n  refused before any search\n");
  });

  it("tells the kinds where the first word may be meant for one", () => {
    const policy = policies.get("linux-7.3");
    const text = explainRequest(policy, "frob 2M", five);
    expect(text).toMatch(
      /^frob 2M\n {2}"frob" is taken for a filesystem; kinds of requests are anon, .*vfio/,
    );
    expect(text).toContain("0: plain");
    for (const known of ["ext4", "fuse.sshfs", "vfio", "unknown"])
      expect(explainRequest(policy, `${known} 2M`, five)).not.toContain("is taken for");
  });

  it("names the room below of a mask that is one byte short of its size", () => {
    const policy = parsePolicy("core-align:mask=s-1,orders=pmd");
    const text = explainRequest(policy, "vfio 2M", five);
    expect(text).toContain("search for 0x0 mod 0x200000, top-down only, 0x1000 of room below");
  });
});

describe("requestOf", () => {
  it.each([
    ["x86-64", "vfio 2097148K at 4K bar 2G pa 0x380000001000"],
    ["x86-64", "ext4 4M at 4K hint"],
    ["x86-64", "shmem 3M at 4K mount always"],
    ["arm64-16k", "hugetlb 32M huge 32M hint low32"],
    ["arm64-64k", "anon 192K mremap"],
  ])("on %s reads what wordsOf writes: %s", (arch, words) => {
    const on = archs.get(arch);
    const request = requestOf(words, on);
    expect(requestOf(wordsOf(request, on.pageBytes), on)).toEqual(request);
    if (arch === "x86-64") expect(wordsOf(request, on.pageBytes)).toBe(words);
  });

  const arch = archs.get("x86-64");

  it("reads kind, length and what follows in any order", () => {
    expect(requestOf("ext4 4097 hint at 8K", arch)).toMatchObject({
      kind: "regular",
      filesystem: "ext4",
      pages: 2,
      pgoff: 2,
      hint: true,
    });
    expect(requestOf("vfio 2G pa 0x380000000000 bar 4G", arch)).toMatchObject({
      pages: 2 ** 19,
      pfn: 0x380000000,
      barPages: 2 ** 20,
    });
    expect(requestOf("shmem 1M mount within_size", arch).mountHuge).toBe("within_size");
  });

  it("names the word that it cannot read", () => {
    expect(() => requestOf("anon", arch)).toThrow('"anon" ends too early');
    expect(() => requestOf("anon 4K at", arch)).toThrow('"anon 4K at" ends too early');
    for (const [words, word] of [
      ["anon 4Q", "4Q"],
      ["anon 0", "0"],
      ["anon 4K sideways", "sideways"],
      ["shmem 4K mount huge", "huge"],
    ])
      expect(() => requestOf(words ?? "", arch), words).toThrow(`cannot read "${word}"`);
  });
});
