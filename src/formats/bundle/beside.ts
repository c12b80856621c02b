/** What the files beside a recording hold, read once for the whole folder. */

import { Buffer } from "node:buffer";
import { type Diagnostics, MmreplayError } from "../../errors.ts";
import type { Facts } from "../../trace/trace.ts";
import { pageSizeOf } from "../page-size.ts";
import { allBytes } from "../text/chunks.ts";
import { decompress } from "../text/decompress.ts";
import { plainName } from "../text/packings.ts";
import { metaFacts, metaMounts, pciFacts, thpFacts } from "./facts.ts";
import { isObject, type Json, placeOf } from "./json.ts";
import { type Mounts, parseMounts } from "./mounts.ts";
import { type CallLog, readCallLog } from "./probe-calls.ts";
import type { Source } from "./runs.ts";

export interface Beside {
  readonly meta: Json;
  readonly mounts: Mounts;
  /** Facts that hold for every recording of the folder. */
  readonly facts: Partial<Facts>;
  readonly calls?: CallLog;
}

/** All of a small text file. */
async function textOf(source: Source): Promise<string> {
  const bytes = await allBytes(decompress(source.open(), source.name));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}

function parseMeta(text: string, file: string): Json {
  const refuse = (what: string, place: { line: number; column: number }): MmreplayError => {
    const hint =
      "repair it, or leave it out: mmreplay then concludes what it can from the recording";
    return new MmreplayError("import/bad-meta", what, { at: { file, ...place }, hint });
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse("meta.json is no JSON from here on", placeOf(text, error));
  }
  if (isObject(value)) return value;
  throw refuse("meta.json holds JSON, but no object", { line: 1, column: 1 });
}

/** True for files that are read here and are no recordings. */
export function isBeside(name: string): boolean {
  return /^(?:meta\.json|mounts\.txt|thp\.txt|auxv\.txt|pci-resources\.txt|calls\.txt)$/.test(
    plainName(name),
  );
}

/** What `LD_SHOW_AUXV=1 PROGRAM` prints. */
function auxvFacts(text: string): Partial<Facts> {
  const pageSize = pageSizeOf(text);
  return pageSize === undefined ? {} : { pageSize };
}

/** Read what there is. */
export async function readBeside(
  sources: readonly Source[],
  diagnostics: Diagnostics,
): Promise<Beside> {
  const find = (name: string): Source | undefined =>
    sources.find((source) => plainName(source.name) === name);
  const text = async (name: string): Promise<string> => {
    const source = find(name);
    return source === undefined ? "" : textOf(source);
  };
  const metaText = await text("meta.json");
  const meta = metaText === "" ? {} : parseMeta(metaText, "meta.json");
  const log = find("calls.txt");
  const calls =
    log === undefined
      ? undefined
      : await readCallLog(
          { name: log.name, chunks: decompress(log.open(), log.name) },
          diagnostics,
        );
  return {
    meta,
    mounts: [...metaMounts(meta), ...parseMounts(await text("mounts.txt"))],
    facts: {
      ...thpFacts(await text("thp.txt")),
      ...pciFacts(await text("pci-resources.txt")),
      ...auxvFacts(await text("auxv.txt")),
    },
    ...(calls === undefined ? {} : { calls }),
  };
}

/** The facts of one recording: its own text, then sysfs, then meta.json, and what had to be concluded. */
export function factsOf(
  beside: Beside,
  stem: string,
  own: Partial<Facts>,
  pages: Pick<Facts, "pageSize" | "inferred">,
): Facts {
  const meta = metaFacts(beside.meta, stem);
  const known = { recorder: "unknown", ...own, ...meta, ...beside.facts };
  // Who recorded the machine knows better than the programs on it.
  const isNeeded = (one: string): boolean =>
    meta.arch === undefined || !one.startsWith("architecture ");
  const inferred = (own.inferred ?? []).filter(isNeeded);
  // x86 has pages of one size only.
  const certain = known.pageSize ?? (known.arch === "x86-64" ? x86Page : undefined);
  if (certain === undefined) inferred.push(...pages.inferred);
  return { ...known, pageSize: certain ?? pages.pageSize, inferred };
}

const x86Page = 4096;
