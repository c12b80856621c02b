import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { policies } from "../../src/policies/index.ts";
import type { Policy } from "../../src/policies/types.ts";
import { shared } from "../support/shared.ts";
import { type Agreement, agreement, verified } from "../support/verified.ts";

const here: string = fileURLToPath(new URL("recordings/", import.meta.url));

/** Searches, placements and VMAs of each recording, and what its limits do not let verify say. */
type Counts = readonly [searches: number, placements: number, vmas: number, excluded?: number];

const expected: Readonly<Record<string, Counts>> = {
  "6.1-aio-strace": [0, 46, 77],
  "6.1-segments-strace": [0, 51, 72],
  "6.1-probe-24-hints-noaslr": [2095, 2192, 2060],
  "6.1-random-static-pie-perf": [567, 789, 238],
  "6.1-random-unlimited-stack-strace": [0, 560, 256, 8],
  "6.1-moves-and-locks-perf": [316, 414, 145],
  "6.1-moves-and-locks-strace": [0, 340, 124],
  "6.12-locks-strace": [0, 12, 129],
  "6.12-moves-and-locks-perf": [317, 414, 116],
  "6.12-drivers-perf": [364, 411, 78],
  "6.12-drivers-strace": [0, 409, 76],
  "6.18-drivers": [167, 454, 0],
  "6.18-page-zero-perf": [46, 48, 0],
  "6.18-probe-legacy-strace": [0, 91, 42, 2],
  "6.18-probe-unlimited-stack-strace": [0, 78, 59],
  "6.18-random-i386-perf": [6, 7, 0, 102],
  "6.18-random-i386-strace": [0, 201, 181],
  "6.18-setarch-3gb-i386-strace": [0, 90, 66],
  "6.18-setarch-legacy-i386-strace": [0, 89, 39],
  "6.18-setarch-legacy-strace": [0, 44, 0],
  "6.18-threads-blocks-strace": [0, 160, 106],
  "6.18-many-threads-forks-strace": [0, 1214, 0],
  "6.18-many-threads-blocks-strace": [0, 539, 0],
  "6.18-threads-legacy-strace": [0, 163, 0],
  "6.18-threads-legacy-i386-strace": [0, 1441, 0],
  "6.18-threads-moving-blocks-strace": [0, 605, 0],
  "7.3-aio-perf": [50, 51, 95],
  "7.3-dma-buf-strace": [0, 20, 34],
  "7.3-exec-itself-strace": [0, 39, 54],
  "7.3-execveat-perf": [51, 52, 100],
  "7.3-huge-memfd-perf": [69, 67, 84],
  "7.3-mbind-strace": [0, 44, 231],
  "7.3-overlay-perf": [279, 279, 172],
  "7.3-pkeys-strace": [0, 20, 51],
  "7.3-userfaultfd-strace": [0, 28, 146],
  "7.3-vfio-bars-a": [8, 10, 17],
  "app-styles-ext4": [0, 47, 0],
  "arm64-7.3-16k-edges-noaslr": [627, 619, 50],
  "arm64-7.3-16k-threads-strace": [0, 907, 69],
  "arm64-7.3-4k-random-static-pie-perf": [477, 651, 241],
  "riscv64-6.12-random-legacy-perf": [470, 650, 217],
  "riscv64-7.2-4k-edges-sv39-noaslr": [688, 568, 38],
  "riscv64-7.2-random-unlimited-stack-strace": [0, 567, 242],
  "riscv64-7.2-threads-strace": [0, 909, 68],
};

const exact = ([searches, placements, vmas, excluded = 0]: Counts): Agreement => ({
  searches: { total: searches, exact: searches },
  placements: { total: placements, exact: placements },
  vmas: { total: vmas, exact: vmas },
  excluded,
});

it("expects something of every recording that lies here", () => {
  const folders = readdirSync(here).filter((name) => !name.endsWith(".md"));
  expect(folders.toSorted()).toEqual(Object.keys(expected).toSorted());
});

describe.each(Object.entries(expected))("%s", (folder, counts) => {
  it.each([false, true])("is what the model answers (free: %s)", async (free) => {
    const results = await verified(here + folder, { free });
    expect(results.map(({ firstDivergence }) => firstDivergence)).toEqual(results.map(() => null));
    expect(agreement(results)).toEqual(exact(counts));
  });
});

describe("another kernel's policy", () => {
  it("diverges first where a commit between the two changed the call, and names it", async () => {
    const older = () => policies.get("linux-6.1");
    const [result] = await verified(`${here}7.3-vfio-bars-a`, { policy: older });
    expect(result?.policy).toBe("linux-6.1");
    expect(result?.divergences).toBeGreaterThan(0);
    expect(result?.firstDivergence?.what).toContain(
      "length: 3221225472, prot: 0, flags: MAP_ANONYMOUS|MAP_PRIVATE, fd: -1",
    );
    expect(result?.firstDivergence?.commit).toBe(
      'efa7df3e3bb5 ("mm: align larger anonymous mappings on THP boundaries"), ' +
        '96204e15310c ("mm: thp_get_unmapped_area must honour topdown preference")',
    );
  });

  it("is explained the other way round by the commits that the kernel has not", async () => {
    const newer = () => policies.get("linux-7.3");
    const [result] = await verified(`${here}6.1-probe-24-hints-noaslr`, { policy: newer });
    expect(result?.placements.exact).toBeLessThan(result?.placements.total ?? 0);
    expect(result?.firstDivergence?.commit).toMatch(/efa7df3e3bb5|249608ee4713|7bd3f1e1a9ae/);
  });

  it("names a proposal that is held against the kernel it was made for", async () => {
    const proposal = () => policies.get("vfio-thp");
    const [result] = await verified(`${here}7.3-vfio-bars-a`, { policy: proposal });
    expect(result?.firstDivergence?.commit).toMatch(/^vfio-thp \(.*VFIO|^vfio-thp \(.*vfio/);
  });
});

/** A policy with every attempt changed a little. */
function damaged(
  policy: Policy,
  change: (attempt: Exclude<ReturnType<Policy["searches"]>[number], false | undefined>) => object,
): Policy {
  return {
    ...policy,
    searches: (request, target) =>
      policy
        .searches(request, target)
        .map((attempt) => attempt && { ...attempt, ...change(attempt) }),
  };
}

describe("a damaged model", () => {
  it("is caught when padded searches take their answer as it is", async () => {
    const policy = (recorded: Policy) => damaged(recorded, () => ({ finish: undefined }));
    const [result] = await verified(`${here}7.3-vfio-bars-a`, { policy });
    expect(result?.searches.exact).toBe(result?.searches.total);
    expect(result?.placements.exact).toBeLessThan(result?.placements.total ?? 0);
    expect(result?.firstDivergence?.of).toBe("placement");
  });

  it("is caught when searches are a page too long", async () => {
    const policy = (recorded: Policy) =>
      damaged(recorded, ({ pages }) => (pages === undefined ? {} : { pages: pages + 1 }));
    const [result] = await verified(`${here}7.3-vfio-bars-a`, { policy });
    expect(result?.searches.exact).toBeLessThan(result?.searches.total ?? 0);
  });
});

/** What needs the recordings that are too large for the repository. */
const folder = `${shared}/recordings/`;
const shares: boolean = shared !== undefined;

describe.runIf(shares)("events that were lost (in ../shared)", () => {
  it("end all claims about a process until its next exec", async () => {
    for (const free of [false, true]) {
      const [result] = await verified(`${folder}app-gcc-make-lost-ext4`, { free });
      const lost = result?.excluded.find(({ reason }) => reason.startsWith("events were lost"));
      expect(lost?.count).toBeGreaterThan(1000);
      expect(lost?.doubtful).toBe(true);
      expect(result?.doubtful).toBe(lost?.count);
      expect(result?.divergences).toBe(0);
      expect(result?.placements.total).toBeGreaterThan(1000);
    }
  });
});

describe.runIf(shares)("a recording of mmap and munmap alone", () => {
  it("claims nothing, since an exec may lie between any two calls", async () => {
    const results = await verified(`${folder}app-alloc-jemalloc-ext4`);
    const strace = results.find(({ path }) => path.endsWith(":strace"));
    expect(strace?.placements.total).toBe(0);
    expect(strace?.excluded.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^calls that begin processes were not recorded/),
    ]);
  });
});

/** Recordings in which every answer is accounted for, by what made them. */
const kinds: Readonly<Record<string, RegExp>> = {
  "probes on x86-64": /^[67]\.\d+-probe-(?!1[46])/,
  "static PIE probes on x86-64": /^[67]\.\d+-probe-1[46]-/,
  "VFIO, DPDK and QEMU": /^[67]\.\d+(\+\w+)?-(vfio-bars|dpdk|qemu)/,
  arm64: /^arm64-.*-(edges|probe|vfio)/,
  riscv64: /^riscv64-.*-(edges|probe)/,
};

describe.runIf(shares).each(Object.entries(kinds))(
  "all recordings (in ../shared) of %s",
  (_, names) => {
    const folders = (shares ? readdirSync(folder) : []).filter((name) => names.test(name));

    it.each([false, true])(
      "agree search for search (free: %s)",
      { timeout: 600_000 },
      async (free) => {
        expect(folders.length).toBeGreaterThan(0);
        for (const name of folders) {
          const { searches, placements, vmas, excluded } = agreement(
            await verified(folder + name, { free }),
          );
          expect({ name, ...searches }).toEqual({
            name,
            total: searches.total,
            exact: searches.total,
          });
          expect({ name, ...placements }).toEqual({
            name,
            total: placements.total,
            exact: placements.total,
          });
          expect({ name, ...vmas }).toEqual({ name, total: vmas.total, exact: vmas.total });
          expect(placements.total).toBeGreaterThan(0);
          expect(excluded).toBe(0);
        }
      },
    );
  },
);

describe.runIf(shares)("all recordings (in ../shared) of programs", () => {
  const folders = (shares ? readdirSync(folder) : []).filter((name) => /^app-/.test(name));

  it.each([false, true])(
    "agree address for address (free: %s)",
    { timeout: 600_000 },
    async (free) => {
      expect(folders.length).toBeGreaterThan(0);
      for (const name of folders) {
        const { searches, placements } = agreement(await verified(folder + name, { free }));
        expect({ name, ...searches }).toEqual({
          name,
          total: searches.total,
          exact: searches.total,
        });
        expect({ name, ...placements }).toEqual({
          name,
          total: placements.total,
          exact: placements.total,
        });
      }
    },
  );
});
