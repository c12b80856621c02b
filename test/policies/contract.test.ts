import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lower } from "../../src/arch/entry.ts";
import { archs } from "../../src/arch/index.ts";
import type { Arch, Attempt } from "../../src/arch/types.ts";
import { benchOf } from "../../src/policies/explain.ts";
import { parsePolicies, parsePolicy, policies } from "../../src/policies/index.ts";
import type { Policy, Request, RequestKind } from "../../src/policies/types.ts";
import { modulo } from "../../src/units.ts";

const kinds: readonly RequestKind[] = [
  "anon",
  "shared-anon",
  "zero",
  "regular",
  "shmem",
  "hugetlb",
  "vfio",
  "device",
  "devdax",
  "drm",
  "bpf-arena",
  "io-uring",
  "socket",
  "unknown",
];

const pages = fc.oneof(
  fc.integer({ min: 1, max: 2 ** 20 }),
  fc.integer({ min: 0, max: 24 }).map((order) => 2 ** order),
);

const aRequest: fc.Arbitrary<Request> = fc.record(
  {
    kind: fc.constantFrom(...kinds),
    pages,
    pgoff: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 ** 30 })),
    hint: fc.boolean(),
    low32: fc.boolean(),
    above4g: fc.boolean(),
    startGap: fc.constantFrom(0, 1),
    remap: fc.boolean(),
    filesystem: fc.constantFrom("ext4", "xfs", "btrfs", "fuse.sshfs", "overlay", "proc"),
    mountHuge: fc.constantFrom("never", "always", "within_size", "advise", "internal"),
    huge: fc.constantFrom(512, 512 * 512),
    pfn: fc.integer({ min: 0, max: 2 ** 40 }),
    barPages: fc.integer({ min: 0, max: 24 }).map((order) => 2 ** order),
    align: fc.constantFrom(512, 512 * 512),
  },
  {
    requiredKeys: ["kind", "pages", "pgoff", "hint", "low32", "above4g", "startGap", "remap"],
  },
);

const aShmem = fc.constantFrom("never", "always", "within_size", "advise", "deny", "force");

/** A policy with each of its parameters at each value that its help names. */
function variants(policy: Policy): readonly Policy[] {
  const settings = Object.entries(policy.parameters ?? {}).flatMap(([name, { expects, read }]) =>
    expects
      .split(/, | to /)
      .filter((value) => read(value) !== undefined)
      .map((value) => `${policy.id}:${name}=${value}`),
  );
  return [policy, ...settings.map(parsePolicy)];
}

const attemptsOf = (
  policy: Policy,
  request: Request,
  arch: Arch,
  shmem = "never",
): readonly Attempt[] =>
  policy
    .searches(Object.freeze(request), Object.freeze(benchOf(arch, shmem).target))
    .filter((attempt) => attempt !== false && attempt !== undefined);

const isBlock = (mask: number): boolean => Number.isInteger(Math.log2(mask + 1));

/** Why a list may end otherwise than with a plain attempt: these mappings cannot be anywhere, or are refused. */
const bound: readonly RequestKind[] = ["hugetlb", "bpf-arena", "io-uring"];

function check(attempts: readonly Attempt[], request: Request): void {
  for (const { pages = request.pages, alignMask = 0, finish } of attempts) {
    expect(pages).toBeGreaterThanOrEqual(request.pages);
    expect(isBlock(alignMask)).toBe(true);
    if (finish === undefined) continue;
    expect(isBlock(finish.mask)).toBe(true);
    const room = finish.kind === "above" ? finish.mask + 1 : finish.kind === "up" ? finish.mask : 0;
    expect(pages - request.pages).toBeGreaterThanOrEqual(room);
  }
  const [first] = attempts;
  const last = attempts.at(-1);
  if (bound.includes(request.kind)) return;
  const held = first?.finish?.kind === "test" && attempts.length === 2;
  const plain =
    last?.finish === undefined && last?.alignMask === undefined && last?.only === undefined;
  expect(held || (plain && (last?.pages ?? request.pages) === request.pages)).toBe(true);
}

describe("every policy", () => {
  for (const policy of policies.all)
    it(`${policy.id} asks for what its answers need, and in the end for any room`, () => {
      const choices = variants(policy);
      fc.assert(
        fc.property(
          aRequest,
          fc.constantFrom(...choices),
          fc.constantFrom(...archs.all),
          aShmem,
          (request, choice, arch, shmem) => {
            const attempts = attemptsOf(choice, request, arch, shmem);
            expect(attemptsOf(choice, request, arch, shmem)).toEqual(attempts);
            check(attempts, request);
          },
        ),
        { numRuns: 300 },
      );
    });

  for (const policy of policies.all)
    it(`${policy.id} lowers to rows inside the space, attempt by attempt`, () => {
      fc.assert(
        fc.property(aRequest, fc.constantFrom(...archs.all), (request, arch) => {
          const { layout } = benchOf(arch);
          const attempts = attemptsOf(policy, request, arch);
          const entry = { ...request, file: request.kind !== "anon" };
          const rows = lower(attempts, entry, layout, policy.profile, arch);
          const order = rows.map(({ attempt }) => attempt);
          expect(order).toEqual([...order].sort((a, b) => a - b));
          for (const row of rows) {
            expect(row.lowLimit).toBeGreaterThanOrEqual(0);
            expect(row.highLimit).toBeLessThanOrEqual(layout.taskSize);
            expect(row.lowLimit).toBeGreaterThanOrEqual(row.printedLow);
            expect(
              Object.values(row).every((n) => typeof n !== "number" || Number.isInteger(n)),
            ).toBe(true);
          }
          expect(rows.some(({ kind }) => kind === "at") && !request.hint).toBe(false);
        }),
        { numRuns: 200 },
      );
    });

  it("has a file of its own name, or stands among the kernels in between", () => {
    const folder = new URL("../../src/policies/", import.meta.url);
    const files = readdirSync(folder);
    const history = readFileSync(new URL("history.ts", folder), "utf8");
    for (const { id } of policies.all)
      expect(files.includes(`${id}.ts`) || history.includes(`id: "${id}"`), id).toBe(true);
  });

  it("names a known policy wherever it says what it differs from", () => {
    for (const { differsBy = [] } of policies.all)
      for (const { previous } of differsBy) expect(policies.ids).toContain(previous);
  });

  it("refuses a hugetlb length that is no multiple of its pages", () => {
    const request = { kind: "hugetlb", pages: 513, huge: 512, pgoff: 0, hint: false } as const;
    const rest = { low32: false, above4g: false, startGap: 0, remap: false };
    expect(modulo(request.pages, request.huge)).toBe(1);
    for (const policy of policies.all)
      expect(attemptsOf(policy, { ...request, ...rest }, archs.get("x86-64")), policy.id).toEqual(
        [],
      );
  });
});

describe("parsePolicy", () => {
  it("reads settings and keeps them in the id", () => {
    expect(parsePolicy("core-align:orders=pud+pmd,min=2x").id).toBe(
      "core-align:orders=pud+pmd,min=2x",
    );
    expect(parsePolicy("linux-7.3")).toBe(policies.get("linux-7.3"));
  });

  it("refuses what it does not know and says what there is", () => {
    const refused = (text: string): unknown => {
      try {
        return parsePolicy(text).id;
      } catch (error) {
        return error;
      }
    };
    expect(refused("vfio-tph")).toMatchObject({
      code: "usage/unknown-policy",
      hint: "did you mean vfio-thp",
    });
    expect(refused("core-align:order=pmd")).toMatchObject({
      code: "usage/policy-parameter",
      message: 'unknown parameter "order" of policy core-align',
      hint: "choose one of orders, min, fits, length, ladder, kinds, anon, hooks, hints, legacy, compat, mask",
    });
    expect(refused("core-align:orders=pmd+pgd")).toMatchObject({
      message: '"pmd+pgd" is no value for parameter "orders" of policy core-align',
      hint: "use pud, cont-pmd, pmd, cont-pte, joined by +",
    });
    expect(refused("core-align:min=0x")).toMatchObject({ hint: "use 1x to 1024x" });
    expect(refused("vfio-thp:size=2M")).toMatchObject({
      message: "policy vfio-thp has no parameters",
      hint: "write vfio-thp",
    });
    for (const text of ["core-align:", "core-align:min", "core-align:min=2x,min=3x"])
      expect(refused(text), text).toMatchObject({ code: "usage/policy-parameter" });
  });

  it("reads a list in which some policies have settings", () => {
    const list = parsePolicies("linux-7.3,core-align:orders=pmd,min=2x,unaligned");
    expect(list.map(({ id }) => id)).toEqual([
      "linux-7.3",
      "core-align:orders=pmd,min=2x",
      "unaligned",
    ]);
  });
});
