import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mmreplay, root } from "../support/cli.ts";

const guide = readFileSync(join(root, "docs/policies.md"), "utf8");
const example = /```js\n([\s\S]*?)```/.exec(guide)?.[1] ?? "";
const trace = join(root, "traces/vfio-bar-2g-7.3.mmtrace");

let folder = "";
let count = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mmreplay-policies-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

function policyFile(text: string): string {
  count += 1;
  const file = join(folder, `policy-${count}.mjs`);
  writeFileSync(file, text);
  return file;
}

const object = (fields: string): string =>
  `export default { id: "x", summary: "s", kernel: "k", source: "s", ${fields} };`;

describe("the example of docs/policies.md", () => {
  it("has 15 lines", () => {
    expect(example.trimEnd().split("\n")).toHaveLength(15);
  });

  it("is explained", () => {
    const { stdout, code } = mmreplay(["explain", policyFile(example), "vfio 2G"]);
    expect(code).toBe(0);
    expect(stdout).toContain("0: search for 0x0 mod 0x200000, top-down only");
  });

  it("replays beside ids of the tree, also with settings", () => {
    const policy = `linux-7.3,core-align:orders=pud,min=1x,${policyFile(example)},vfio-thp`;
    const { stdout, code } = mmreplay(["replay", "--format", "json", "--policy", policy, trace]);
    expect(code).toBe(0);
    const [whole] = JSON.parse(stdout).mappings;
    const costs = Object.entries<{ entries: number }>(whole.byPolicy);
    const entries = costs.map(([id, cost]) => [id, cost.entries]);
    expect(entries).toEqual([
      ["linux-7.3", 524_288],
      ["core-align:orders=pud,min=1x", 2],
      ["two-pmds", 1024],
      ["vfio-thp", 1024],
    ]);
  });

  it("leaves other requests to its base", () => {
    const own = mmreplay(["explain", policyFile(example), "ext4 4M at 4K"]).stdout;
    expect(own).toBe(mmreplay(["explain", "linux-7.3", "ext4 4M at 4K"]).stdout);
  });
});

describe("a policy file", () => {
  it("may take settings", () => {
    const file = policyFile(`const make = (mask) => ({
      id: "mine", summary: "s", kernel: "k", source: "s", base: "linux-7.3",
      searches: () => [{ alignMask: mask }],
      configure: ({ pages }) => make(Number(pages) - 1),
    });
    export const policy = make(0);`);
    const { stdout } = mmreplay(["explain", `${file}:pages=16`, "vfio 2G"]);
    expect(stdout).toContain("0: search for 0x0 mod 0x10000");
  });

  it("may be a trick of userspace", () => {
    const file = policyFile(
      object(`base: "linux-7.3", searches: () => undefined, reserves: ({ kind, pages }, { pmd }) =>
        kind === "vfio" ? { pages: pages + pmd, align: pmd, offset: 0, guard: 0 } : undefined`),
    );
    const { stdout } = mmreplay(["explain", file, "vfio 2G"]);
    expect(stdout).toContain(
      "program: reserves 0x80200000, maps at 0x0 from a multiple of 0x200000",
    );
    const args = ["replay", "-q", "--format", "json", "--policy", file, trace];
    const report = JSON.parse(mmreplay(args).stdout);
    expect(
      report.mappings.find(({ line }: { line: number }) => line === 30).byPolicy.x.bySize,
    ).toEqual({
      "2M": 1024,
    });
    expect(report.notes.join(" ")).toContain("reserved larger and cut by the program");
  });

  it.each([
    ["export const x = 1;", "exports no policy"],
    ["export default 3;", "exports no policy"],
    ["export default {", "cannot be loaded"],
    [object('base: "linux-7.3"'), "searches of the policy is no function"],
    [object("searches: () => [{}]"), "neither profile nor base"],
    [
      object("profile: {}, reserves: 3, searches: () => [{}]"),
      "reserves of the policy is no function",
    ],
    [
      object(
        'profile: {}, searches: () => [{ merge: true, finish: { kind: "up", mask: 1, offset: 0 } }]',
      ),
      "an attempt has both merge and finish",
    ],
    ['export default { id: "x y" };', "summary of the policy is no text"],
    [
      object('id: "vfio-thp", base: "linux-7.3", searches: () => []'),
      '"vfio-thp" is a policy of mmreplay',
    ],
    [object("profile: {}, searches: () => undefined"), "returned no list for vfio"],
    [object("profile: {}, searches: () => [{ pages: 1.5 }]"), '1.5 is no value for "pages"'],
    [object("profile: {}, searches: () => [{ mask: 1 }]"), 'an attempt has no field "mask"'],
    [
      object("profile: {}, searches: () => [{ alignMask: 512 }]"),
      '512 is no value for "alignMask"',
    ],
    [object("profile: {}, searches: () => null.pages"), "searches() fails for vfio"],
  ])("is refused with its name: %s", (text, message) => {
    const file = policyFile(text);
    const { code, stdout, stderr } = mmreplay(["explain", file, "vfio 2G"]);
    expect(stderr).toContain(`${file}: error[usage/policy-file]`);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^hint: /m);
    expect([code, stdout]).toEqual([2, ""]);
  });

  it("is missed by its path", () => {
    const { code, stderr } = mmreplay(["explain", join(folder, "none.mjs")]);
    expect(stderr).toContain("error[io/missing]");
    expect(code).toBe(1);
  });

  it("has an id of its own in a list", () => {
    const file = policyFile(example);
    const { code, stderr } = mmreplay(["replay", "--policy", `${file},${file}`, trace]);
    expect(stderr).toContain('policy "two-pmds" is given twice');
    expect(code).toBe(2);
  });
});
