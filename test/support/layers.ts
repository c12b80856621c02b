/** Which part of src may import which. */

import { partOf, type SourceFile } from "./sources.ts";

/** From the bottom up; a part imports from lower rows and from itself. */
const rows: readonly (readonly string[])[] = [
  ["units.ts", "errors.ts", "registry.ts", "native"],
  ["arch", "tlb", "trace"],
  ["formats", "policies", "record", "resolve"],
  ["place", "space"],
  ["latency", "metrics"],
  ["pipeline.ts", "replay.ts", "verify"],
  ["reports"],
  ["history", "live"],
  ["lab"],
  ["cli", "index.ts"],
];

/** Where a part may import less than the rows say: only these parts besides row 0. */
const narrow: Readonly<Record<string, readonly string[]>> = {
  formats: ["trace"],
  policies: ["arch"],
  record: [],
  resolve: ["trace"],
};

/** Types, not code, that may be used across a row or from above. */
const typesOnly: readonly string[] = ["place -> policies", "space -> place", "space -> policies"];

/** Parts that take results and no code: whatever they import from above row 0 is a type. */
const resultsOnly: readonly string[] = ["reports"];

function rowOf(part: string): number {
  return rows.findIndex((row) => row.includes(part));
}

function allowed(from: string, to: string, types: boolean): boolean {
  if (from === to) return true;
  const [own, other] = [rowOf(from), rowOf(to)];
  if (other === 0) return true;
  if (typesOnly.includes(`${from} -> ${to}`)) return types;
  if (own <= other) return from === "replay.ts" && to === "pipeline.ts";
  if (resultsOnly.includes(from)) return types;
  return narrow[from]?.includes(to) ?? true;
}

/** Imports against the layers, and parts that have none. */
export function layerViolations({ path, imports }: SourceFile): readonly string[] {
  const from = partOf(path);
  if (rowOf(from) < 0) return [`${path}: ${from} has no row in test/support/layers.ts`];
  return imports
    .filter(({ local, target, types }) => local && !allowed(from, partOf(target), types))
    .map(({ target, types }) => `${path} imports ${types ? "types of " : ""}${target}`);
}
