import { describe, expect, it } from "vitest";
import { chosen, metaFacts, pciFacts, thpFacts } from "../../../src/formats/bundle/facts.ts";

describe("meta.json", () => {
  it("names kernel, architecture and limits", () => {
    const meta = {
      kernel: "Linux 7.3.4+deb13-arm64-16k #1 SMP PREEMPT Debian 7.3.4-1 (2026-11-15) aarch64",
      architecture: "arm64",
      page_size: 16_384,
      task_size: "0x10000000000000",
      mmap_min_addr_in_force: 32_768,
      "vm.max_map_count": 65_530,
      "vm.mmap_rnd_bits": 16,
      "kernel.randomize_va_space": 2,
      aslr: false,
      legacy_layout: true,
      stack_limit_kib: "unlimited",
      thp_enabled: "[always] madvise never",
      shmem_enabled: "never",
    };
    expect(metaFacts(meta, "perf")).toEqual({
      kernel: "7.3.4+deb13-arm64-16k",
      arch: "arm64",
      pageSize: 16_384,
      taskSizeBits: 52,
      mmapMinAddr: 32_768,
      maxMapCount: 65_530,
      mmapRndBits: 16,
      aslr: false,
      legacyLayout: true,
      stackLimit: null,
      thpEnabled: "always",
      shmemEnabled: "never",
    });
  });

  it("has one value for each recording where they differ", () => {
    const meta = { aslr: { "strace-big": false, "strace-mid": true } };
    expect(metaFacts(meta, "strace-big").aslr).toBe(false);
    expect(metaFacts(meta, "strace-mid").aslr).toBe(true);
    expect(metaFacts(meta, "perf-big")).toEqual({});
  });

  it("takes what it says of a live machine from its own groups", () => {
    const meta = {
      kernel: "6.18.44",
      arch: "x86_64",
      vm: { randomize_va_space: 0, legacy_va_layout: 0, stack_rlimit_kib: 8192, mmap_rnd_bits: 28 },
      thp: { enabled: "madvise", shmem_enabled: "never" },
      recordings: {
        strace: { command: ["strace -f prog"] },
        perf: { command: ["perf record prog"] },
      },
    };
    expect(metaFacts(meta, "perf-script")).toEqual({
      kernel: "6.18.44",
      arch: "x86-64",
      command: "perf record prog",
      aslr: false,
      legacyLayout: false,
      stackLimit: 8_388_608,
      mmapRndBits: 28,
      thpEnabled: "madvise",
      shmemEnabled: "never",
    });
  });

  it("tells which policy a rebuilt module has", () => {
    const meta = (patch: string): object =>
      metaFacts({ module_change: `rebuilt with ${patch}` }, "");
    expect(meta("patches/vfio-thp-align.diff")).toEqual({ policy: "vfio-thp" });
    expect(meta("patches/vfio-1g-align.diff")).toEqual({ policy: "vfio-1g" });
  });

  it("never invents what it does not say", () => {
    expect(metaFacts({}, "perf")).toEqual({});
  });
});

describe("the settings of huge pages", () => {
  it("are the marked words", () => {
    expect(chosen("always [within_size] advise never deny force")).toBe("within_size");
    expect(chosen("never")).toBe("never");
    expect(chosen("always madvise never")).toBeUndefined();
  });

  it("come by size where paths are given", () => {
    const at = "/sys/kernel/mm/transparent_hugepage";
    const text = [
      `${at}/enabled [always] madvise never`,
      `${at}/shmem_enabled always within_size advise [never] deny force`,
      `${at}/hpage_pmd_size 2097152`,
      `${at}/hugepages-64kB/enabled always inherit madvise [never]`,
      `${at}/hugepages-64kB/shmem_enabled [always] inherit within_size advise never`,
      `${at}/hugepages-2048kB/enabled always [inherit] madvise never`,
    ].join("\n");
    expect(thpFacts(text)).toEqual({
      thpEnabled: "always",
      shmemEnabled: "never",
      thpSizes: { "65536": "never", "2097152": "inherit" },
      shmemSizes: { "65536": "always" },
    });
  });

  it("are the two global ones where there are only two lines", () => {
    expect(thpFacts("always madvise [never]\nalways [advise] never\n")).toEqual({
      thpEnabled: "never",
      shmemEnabled: "advise",
    });
  });
});

describe("resource files of PCI devices", () => {
  it("list the memory BARs with start and size", () => {
    const line = (start: number, end: number, flags: number): string =>
      [start, end, flags].map((value) => `0x${value.toString(16).padStart(16, "0")}`).join(" ");
    const text = [
      "# 0000:00:08.0 0x1b36 0x0005 class=0x00ff00 group=4",
      line(0xfeb0_3000, 0xfeb0_3fff, 0x4_0200),
      line(0xc000, 0xc0ff, 0x4_0101),
      line(0xc0_8000_0000, 0xc0_ffff_ffff, 0x14_220c),
      ...[3, 4, 5, 6].map(() => line(0, 0, 0)),
      "# 0000:00:1f.0 0x8086 0x2918 class=0x060100 group=10",
      line(0, 0, 0),
    ].join("\n");
    expect(pciFacts(text).devices).toEqual([
      {
        address: "0000:00:08.0",
        bars: [
          { index: 0, start: 0xfeb0_3000, size: 4096 },
          { index: 2, start: 0xc0_8000_0000, size: 2 ** 31 },
        ],
      },
      { address: "0000:00:1f.0", bars: [] },
    ]);
  });
});
