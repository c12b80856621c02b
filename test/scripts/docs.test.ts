import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { mmreplay, root } from "../support/cli.ts";

const pages = [
  ...["README.md", "CONTRIBUTING.md", "traces/README.md"],
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const textOf = (page: string): string => readFileSync(join(root, page), "utf8");

/** `src/formats/order.ts`, `resolve/`, `survey.ts` beside a path that was named: what looks like a file or folder of the tree. */
function namedPaths(text: string): readonly string[] {
  const top = /^(?:src|docs|scripts|test|native|traces)\//;
  const inSource = new RegExp(`^(?:${readdirSync(join(root, "src")).join("|")})/`);
  return [...text.matchAll(/`([\w./-]+)`/g)].flatMap(([, path = ""]) => {
    if (path.includes("NAME") || path.endsWith(".mmtrace")) return [];
    if (top.test(path)) return [path];
    return inSource.test(path) && /\.\w+$|\/$/.test(path) ? [`src/${path}`] : [];
  });
}

describe.each(pages)("%s", (page) => {
  const text = textOf(page);

  it("links to what exists", () => {
    const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link);
    const local = links.filter((link) => !/^https?:/.test(link));
    const broken = local.filter((link) => !existsSync(join(root, dirname(page), link)));
    expect(broken).toEqual([]);
  });

  it("names files that exist", () => {
    expect(namedPaths(text).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

it("shows in the README how the library is used", () => {
  const [, code = ""] = /```js\n([\s\S]*?)```/.exec(textOf("README.md")) ?? [];
  const built = code.replace('"mmreplay"', JSON.stringify(join(root, "dist/index.js")));
  const args = ["--input-type=module", "--eval", built];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  expect(stderr).toBe("");
  const trace = "traces/vfio-bar-2g-7.3.mmtrace";
  const options = ["--idioms", "keep", "--policy", "vfio-thp", "--format", "json"];
  const { results } = JSON.parse(mmreplay(["replay", trace, ...options]).stdout);
  expect(Number(stdout)).toBe(results[0].metrics["tlb-entries"].value);
});

it("shows commands with options that they have", () => {
  const used = pages.flatMap((page) =>
    [
      ...textOf(page).matchAll(
        /mmreplay (record|import|events|replay|compare|verify|live|explain) [^`\n#]*/g,
      ),
    ].flatMap(([line, command = ""]) => {
      const own = line.split(/ -- | \|| && |\(/)[0] ?? "";
      return [...own.matchAll(/ (--[a-z-]+)/g)].map(([, option]) => `${command} ${option}`);
    }),
  );
  expect(used.length).toBeGreaterThan(10);
  const help = new Map<string, string>();
  const strange = [...new Set(used)].filter((one) => {
    const [command = "", option = ""] = one.split(" ");
    const shown = help.get(command) ?? mmreplay([command, "--help"]).stdout;
    help.set(command, shown);
    return !new RegExp(`${option}\\b`).test(shown);
  });
  expect(strange).toEqual([]);
});
