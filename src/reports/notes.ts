/** What a reader must know before believing the numbers: assumptions, and what went otherwise than in the recording. */

import { bytes, count, plural } from "./format.ts";
import { intentNotes } from "./intent.ts";
import type { Result, Setup, TraceSetup } from "./report.ts";

/** What each counter means; other names print as they are. */
const meanings: Readonly<Record<string, (value: number) => string>> = {
  lost: (n) => `${plural(n, "mapping")} of the recording found no room`,
  gained: (n) =>
    `${plural(n, "call")} refused in the recording would have found room (not applied)`,
  orphaned: (n) => `${plural(n, "call")} on mappings that were lost`,
  stays: (n) => `${plural(n, "mremap")} in place that moved in the recording`,
  moves: (n) => `${plural(n, "mremap")} moved that stayed in the recording`,
  clobbered: (n) =>
    `${plural(n, "page")} replaced by a fixed mapping that were free in the recording`,
  unmet: (n) => `${plural(n, "kept part")} at no multiple of the alignment that the program made`,
  unmetBytes: (n) => `${bytes(n)} in them`,
  unsettled: (n) =>
    `${plural(n, "conditional trick")} taken as recorded: more than 256 before went otherwise`,
  overMaps: (n) =>
    `${plural(n, "mapping")} reserved larger and cut by the program, three calls more for each`,
  misaligned: (n) =>
    `${plural(n, "anonymous mapping")} of 1 MiB and more started at a multiple of 1 MiB in the recording and ${n === 1 ? "does" : "do"} not here: a program that checks its first answer would now reserve more and cut, which the recording cannot show`,
  stranded: (n) => `${plural(n, "page")} left behind by mappings that could not move`,
};

function counterNotes({ trace, policy, counters, refused }: Result): string[] {
  const said = Object.entries(counters)
    .filter(([, value]) => value > 0)
    .map(([name, value]) => meanings[name]?.(value) ?? `${name} ${count(value)}`);
  if (refused !== undefined)
    said.push(
      `line ${refused.line} meets ${count(refused.count)} VMAs, over vm.max_map_count: what follows would not have run`,
    );
  return said.length === 0 ? [] : [`${policy} on ${trace}: ${said.join("; ")}`];
}

/** What settings that are not the usual ones do to the entries. */
const thpEffects: Readonly<Record<string, string>> = {
  madvise:
    "anonymous memory has huge entries only where the program asked for them (MADV_HUGEPAGE)",
  never: "anonymous memory has huge entries only of sizes that are enabled by themselves",
};
const shmemEffects: Readonly<Record<string, string>> = {
  never:
    "shared memory has huge entries only on mounts with huge= or of sizes enabled by themselves",
  advise: "shared memory has huge entries only where the program asked for them (MADV_HUGEPAGE)",
  deny: "shared memory has no huge entries",
};

/** `recorded with THP by size: 64 KiB always`: what differs from how kernels start, the PMD inherits and others are off. */
function sizeSettings(name: string, sizes: TraceSetup["thpSizes"], pageSize: number): string[] {
  const pmd = (pageSize / 8) * pageSize;
  const words = Object.entries(sizes ?? {})
    .filter(([size, word]) => word !== (Number(size) === pmd ? "inherit" : "never"))
    .map(([size, word]) => `${bytes(Number(size))} ${word}`);
  return words.length === 0 ? [] : [`recorded with ${name} by size: ${words.join(", ")}`];
}

function thpSettings({ thpEnabled, thpSizes, pageSize }: TraceSetup): string[] {
  if (thpEnabled === undefined) return ["THP taken as always, the setting was not recorded"];
  const effect = thpEffects[thpEnabled];
  return [
    ...(effect === undefined ? [] : [`recorded with THP on ${thpEnabled}: ${effect}`]),
    ...sizeSettings("THP", thpSizes, pageSize),
  ];
}

function shmemSettings({ shmemEnabled, shmemSizes, pageSize }: TraceSetup): string[] {
  if (shmemEnabled === undefined)
    return ["shmem_enabled taken as never, the setting was not recorded"];
  const effect = shmemEffects[shmemEnabled];
  return [
    ...(effect === undefined ? [] : [`recorded with shmem_enabled ${shmemEnabled}: ${effect}`]),
    ...sizeSettings("shmem_enabled", shmemSizes, pageSize),
  ];
}

/** Whether any shared memory is mapped, whose settings then matter. */
const hasShmem = ({ name }: TraceSetup, results: readonly Result[]): boolean =>
  results.some(({ trace, metrics }) => {
    const { shmem = 0 } = metrics["tlb-entries"]?.byBacking ?? {};
    return trace === name && shmem > 0;
  });

function assumptions(trace: TraceSetup, results: readonly Result[]): string[] {
  const shmem = trace.shmemEnabled === undefined || hasShmem(trace, results);
  return [...trace.inferred, ...thpSettings(trace), ...(shmem ? shmemSettings(trace) : [])];
}

/** Each assumption once, with the recordings that it is about. */
function traceNotes(traces: readonly TraceSetup[], results: readonly Result[]): string[] {
  const about = new Map<string, string[]>();
  for (const trace of traces) {
    for (const assumed of assumptions(trace, results))
      about.set(assumed, [...(about.get(assumed) ?? []), trace.name]);
  }
  return [...about].map(([assumed, names]) => {
    const all = names.length === traces.length && names.length > 1;
    return `${all ? "all recordings" : names.join(", ")}: ${assumed}`;
  });
}

const kib = (bytes: number): string => `${count(bytes / 1024)} KiB`;

/** What became of a recording on another architecture. */
function conversionNotes({ name, arch, converted }: TraceSetup): string[] {
  if (converted === undefined) return [];
  const { recordedOn, from, to, lengths, lengthBytes, offsets, fixed, changes, unmaps } = converted;
  const pages = from === to ? `pages of ${kib(to)}` : `pages of ${kib(from)} taken as ${kib(to)}`;
  const rounded = [
    lengths > 0 && `${plural(lengths, "length")} rounded up by ${kib(lengthBytes)} in all`,
    offsets > 0 && `${plural(offsets, "file offset")} rounded down`,
    fixed > 0 && `${plural(fixed, "fixed mapping")} rounded outward over neighbours`,
    changes > 0 &&
      `${plural(changes, "mprotect or madvise", "mprotects or madvises")} of parts rounded outward`,
    unmaps > 0 &&
      `${plural(unmaps, "munmap")} of parts rounded inward (${count(converted.droppedUnmaps)} to nothing)`,
  ].filter((part) => part !== false);
  const layout = "mmap_base by the formula, without randomisation; what exec placed moves with it";
  return [
    `${name}: recorded on ${recordedOn}, replayed on ${arch}: ${[pages, ...rounded, layout].join("; ")}`,
  ];
}

/** Values that could not be given, a note for each reason. */
function missingNotes({ policies }: Setup, results: readonly Result[]): string[] {
  const reasons = new Map<string, { ids: Set<string>; of: Set<string> }>();
  for (const { policy, metrics } of results) {
    for (const [id, { value, reason = "no reason given" }] of Object.entries(metrics)) {
      if (value !== null) continue;
      const { ids, of } = reasons.get(reason) ?? { ids: new Set(), of: new Set() };
      reasons.set(reason, { ids: ids.add(id), of: of.add(policy) });
    }
  }
  return [...reasons].map(([reason, { ids, of }]) => {
    const under = of.size === policies.length ? "" : ` under ${[...of].join(", ")}`;
    return `n/a${under}: ${[...ids].join(", ")}: ${reason}`;
  });
}

/** Time is a remark, not a column: it belongs to the machine that replayed, not to the placement. */
function latencyNotes(results: readonly Result[]): string[] {
  return results.flatMap(({ trace, policy, metrics: { latency } }) => {
    if (latency?.value === null || latency?.value === undefined) return [];
    const { p90 = 0, p99 = 0, runs = 0 } = latency.more ?? {};
    const [a, b, c] = [latency.value, p90, p99].map((ns) => count(Math.round(ns)));
    const doubt = latency.reason === undefined ? "" : `; ${latency.reason}`;
    return `latency of ${policy} on ${trace}, measured here: p50 ${a}, p90 ${b}, p99 ${c} ns per placement over ${count(runs)} runs${doubt}`;
  });
}

/** Which pages count as there, and how large the page cache's folios are. */
function populationNote({ population, folioOrder }: Setup): string {
  const folios =
    folioOrder === undefined
      ? "the largest folios of its filesystem"
      : `folios of at most 2^${folioOrder} pages`;
  switch (population) {
    case "none":
      return "no page is populated: placement alone is counted";
    case "touched":
      return (
        "the pages of the recorded page faults are populated, each first touch with the largest entry that VMA, congruence, " +
        `backing and its neighbours allow, and of files what lies around it; page cache with ${folios}; where the recording ` +
        "kernel mapped more than one page with a fault, only the one is known to be touched"
      );
    case "full":
      return (
        "every accessible page is populated, with the largest entry that VMA, congruence and backing allow; " +
        `page cache with ${folios}`
      );
  }
}

/** What simulated TLBs are made of. */
const tlbNotes = ({ tlbs = [] }: Setup): string[] =>
  tlbs.map(
    ({ title, source, assumed }) =>
      `TLB of ${title}, simulated from: ${source}. Assumed: ${assumed}`,
  );

export function notesOf(setup: Setup, results: readonly Result[]): string[] {
  return [
    ...setup.traces.flatMap(({ name, intent }) =>
      intent === undefined
        ? []
        : intentNotes(intent, setup.idioms).map((note) => `${name}: ${note}`),
    ),
    populationNote(setup),
    ...(setup.pfn === undefined ? [] : [`every BAR begins at frame ${setup.pfn}, as --pfn says`]),
    ...tlbNotes(setup),
    ...traceNotes(setup.traces, results),
    ...setup.traces.flatMap(conversionNotes),
    ...results.flatMap(counterNotes),
    ...missingNotes(setup, results),
    ...latencyNotes(results),
  ];
}
