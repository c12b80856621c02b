/** Is src built as docs/architecture.md says: layers, edges, and what never appears where. */

import { describe, expect, it } from "vitest";
import { layerViolations } from "./support/layers.ts";
import { partOf, type SourceFile, source, sources } from "./support/sources.ts";

interface Rule {
  /** What the test says. */
  readonly name: string;
  /** Why, and what to do instead. */
  readonly because: string;
  readonly violations: (file: SourceFile) => readonly string[];
  /** A file that breaks the rule: a rule that lets it pass is broken itself. */
  readonly broken: readonly [path: string, text: string];
}

/** Lines of code that match, outside the named places (a part of src, or the beginning of a path). */
function lines(pattern: RegExp, allowed: readonly string[]): Rule["violations"] {
  return ({ path, code }) => {
    if (allowed.some((place) => path.startsWith(place))) return [];
    return code
      .split("\n")
      .flatMap((line, index) =>
        pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
      );
  };
}

/** Imports of matching packages or files, outside the named places. */
function imports(pattern: RegExp, allowed: readonly string[]): Rule["violations"] {
  return ({ path, imports: list }) => {
    if (allowed.some((place) => path.startsWith(place))) return [];
    return list
      .filter(({ target }) => pattern.test(target))
      .map(({ target }) => `${path} imports ${target}`);
  };
}

/** Parts of src that meet the machine: files, processes, the clock. */
const outside = ["cli/", "record/", "live/", "lab/", "history/", "latency/", "native/load.ts"];

const longest = 350;

const rules: readonly Rule[] = [
  {
    name: "imports only from lower layers",
    because:
      "a stage knows the data that reaches it and no stage after it; move what both need into a lower " +
      "row, or pass it in. The rows are in test/support/layers.ts",
    violations: layerViolations,
    broken: ["policies/greedy.ts", 'import { AddressSpace } from "../space/address-space.ts";'],
  },
  {
    name: "keeps BigInt at the edges",
    because:
      "pages are exact in a double and BigInt is ten times slower; src/units.ts splits addresses into " +
      "page and offset, src/formats and src/trace read and write 64-bit numbers",
    violations: lines(/\bBigInt\b|\b(?:\d+|0x[0-9a-fA-F]+)n\b/, ["units.ts", "formats/", "trace/"]),
    broken: ["place/wide.ts", "const limit = 2n ** 47n;"],
  },
  {
    name: "touches files and processes only at the edges",
    because:
      "bytes or iterables go in and values come out; src/cli/io.ts opens files, and recorders, " +
      "kernels and clocks have folders of their own",
    violations: imports(/^node:(?!buffer$|zlib$|stream$)/, outside),
    broken: ["formats/eager.ts", 'import { readFileSync } from "node:fs";'],
  },
  {
    name: "reads no clock, environment or random number in between",
    because: "the same trace, policy and seed give the same result on every machine, every time",
    violations: lines(
      /(?<![.\w])(?:console\.|process\.(?!exec\b)|performance\.|Math\.random|new Date\b|Date\.|set(?:Timeout|Interval)\b)/,
      outside,
    ),
    broken: ["metrics/luck.ts", "const seed = Math.random();"],
  },
  {
    name: "loads code from outside the tree in the command line only",
    because:
      "who runs mmreplay decides what it runs; src/cli/policies.ts loads the files they name",
    violations: lines(/\bimport\(/, ["cli/"]),
    broken: ["policies/foreign.ts", "const { policy } = await import(path);"],
  },
  {
    name: "reaches generated code through the codec only",
    because:
      "its messages are not what the rest of the program speaks of; src/trace/codec.ts and block-message.ts turn them into that",
    violations: imports(/\bgenerated\//, ["trace/codec.ts", "trace/block-message.ts"]),
    broken: ["reports/raw.ts", 'import { mmreplay } from "../trace/generated/trace.js";'],
  },
  {
    name: "uses each package in one place",
    because:
      "yargs and piscina belong to src/cli, tinybench to src/latency, decompressors to src/formats; a package " +
      "that is new gets its place here",
    violations: ({ path, imports: list }) => {
      const places: Readonly<Record<string, string>> = {
        fzstd: "formats",
        protobufjs: "trace",
        tinybench: "latency",
        "xz-decompress": "formats",
        piscina: "cli",
        yargs: "cli",
        "yargs/helpers": "cli",
      };
      return list
        .filter(({ local, target }) => !local && !target.startsWith("node:"))
        .filter(({ target }) => places[target] !== partOf(path))
        .map(({ target }) => `${path} imports ${target}`);
    },
    broken: ["formats/timed.ts", 'import { Bench } from "tinybench";'],
  },
  {
    name: "formats numbers in the reports only",
    because: "a metric returns a number with a unit; src/reports/format.ts decides how it looks",
    violations: lines(/\.(?:toFixed|toPrecision|toLocaleString)\(|\bIntl\./, ["reports/", "cli/"]),
    broken: ["metrics/pretty.ts", "const shown = bits.toFixed(1);"],
  },
  {
    name: "has an index only where there is a registry",
    because:
      "an index.ts that collects exports hides where things are; it lists the entries of a registry, " +
      "or is the library",
    violations: ({ path }) => {
      const registries = [
        "arch",
        "cli/commands",
        "formats",
        "metrics",
        "policies",
        "reports",
        "tlb",
      ];
      const folder = path.replace(/\/?index\.ts$/, "");
      const listed = path === "index.ts" || registries.includes(folder);
      return !/(?:^|\/)index\.ts$/.test(path) || listed ? [] : [path];
    },
    broken: ["space/index.ts", "/** What there is. */"],
  },
  {
    name: "starts each file with the question it answers",
    because: "a reader decides by that sentence whether to read on: /** What ..., how ... . */",
    violations: ({ path, text }) => (/^(?:#!.*\n)?\/\*\* \S/.test(text) ? [] : [path]),
    broken: ["place/silent.ts", "export const strides = [8, 12];"],
  },
  {
    name: "keeps files short",
    because: `a file of more than ${longest} lines answers more than one question; split it by question`,
    violations: ({ path, text }) => {
      const count = text.split("\n").length - 1;
      return count > longest ? [`${path}: ${count} lines`] : [];
    },
    broken: ["resolve/everything.ts", "\n".repeat(longest + 1)],
  },
];

describe("src", () => {
  const files = sources();

  it.each(rules)("$name", ({ because, violations }) => {
    expect(files.flatMap(violations), because).toEqual([]);
  });
});

describe("a rule", () => {
  it.each(rules)("is broken by a file that breaks it: $name", ({ violations, broken }) => {
    expect(violations(source(...broken))).toHaveLength(1);
  });
});
