/** What the files of src say: their text without comments, and what each imports. */

import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";

export interface Import {
  /** Relative to src (`trace/event.ts`), or the name of a package. */
  readonly target: string;
  readonly local: boolean;
  /** True if nothing of it remains when the code runs. */
  readonly types: boolean;
}

export interface SourceFile {
  /** Relative to src. */
  readonly path: string;
  readonly text: string;
  /** The same lines without comments and without the insides of quoted strings. */
  readonly code: string;
  readonly imports: readonly Import[];
}

const importStatement =
  /^\s*(?:import|export)\s+(?:(type)\s+)?(?:([\w*{][^;"']*?)\s+from\s+)?"([^"]+)"/gm;
const importCall = /\bimport\("([^"]+)"\)/g;
const onlyTypes = /^\{(?:\s*type\s+[^,}]+,?)+\s*\}$/;

function importOf(path: string, from: string, types: boolean): Import {
  const local = from.startsWith(".");
  return { target: local ? posix.join(posix.dirname(path), from) : from, local, types };
}

function importsOf(path: string, text: string): readonly Import[] {
  return [
    ...[...text.matchAll(importStatement)].map(([, type, names = "", from = ""]) =>
      importOf(path, from, type !== undefined || onlyTypes.test(names)),
    ),
    ...[...text.matchAll(importCall)].map(([, from = ""]) => importOf(path, from, false)),
  ];
}

/** Comments become nothing, strings become `""`; line numbers stay. */
function codeOf(text: string): string {
  const tokens = /"(?:\\.|[^"\\\n])*"|\/\*[\s\S]*?\*\/|(?<=^|[\s;,{}()])\/\/[^\n]*/g;
  return text.replace(tokens, (token) =>
    token.startsWith('"') ? '""' : token.replace(/[^\n]+/g, ""),
  );
}

/** A file as the rules see it. */
export function source(path: string, text: string): SourceFile {
  return { path, text, code: codeOf(text), imports: importsOf(path, text) };
}

/** All of src that people wrote. */
export function sources(): readonly SourceFile[] {
  const folder = fileURLToPath(new URL("../../src/", import.meta.url));
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.includes("generated/"))
    .sort()
    .map((path) => source(path, readFileSync(`${folder}${path}`, "utf8")));
}

/** The first part of a path: a folder of src, or a file that lies in src itself. */
export function partOf(path: string): string {
  return path.split("/")[0] ?? path;
}
