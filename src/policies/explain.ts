/** What a policy does with a request, as text: its attempts in words and the rows that they become. */

import { lower } from "../arch/entry.ts";
import type { Arch, Attempt, Finish, Layout, Row } from "../arch/types.ts";
import { addressOf, hex } from "../units.ts";
import type { Policy, Request, Reserve, Target } from "./types.ts";
import { doubtOf, requestOf } from "./words.ts";

/** Requests that tell policies apart; what `explain` prints unless asked for one. */
const requests: readonly string[] = [
  "anon 4K",
  "anon 2M",
  "anon 2M hint",
  "anon 3M",
  "anon 1G",
  "anon 192K",
  "anon 2M mremap",
  "anon 2M low32",
  "anon 4K above4g",
  "shared-anon 3M",
  "zero 3M",
  "ext4 4M at 4K",
  "ext4 4M hint",
  "ext4 2M at 4K",
  "btrfs 4M",
  "xfs 68K",
  "overlay 4M",
  "shmem 3M at 4K mount always",
  "shmem 4M at 4K mount always",
  "shmem 3M mount never",
  "shmem 3M mount internal",
  "hugetlb 2M huge 2M hint",
  "hugetlb 1G huge 1G",
  "vfio 2G bar 2G",
  "vfio 2G hint",
  "vfio 2097148K at 4K pa 0x380000001000 bar 2G",
  "vfio 64M bar 64M",
  "vfio 1G at 2M pa 0x380000200000 bar 4G",
  "vfio 1M at 4K",
  "device 2M",
  "device 2M pa 0xfd000000",
  "drm 4M at 4G",
  "devdax 4M align 2M",
  "bpf-arena 4M",
  "bpf-map 2M",
  "io-uring 16K",
  "unknown 2M",
];

/** A machine to explain on: no randomisation, 8 MiB stack, shmem_enabled as given. */
export interface Bench {
  readonly arch: Arch;
  readonly layout: Layout;
  readonly target: Target;
}

export function benchOf(arch: Arch, shmemEnabled = "never"): Bench {
  const layout = arch.layout({ random: 0, aslr: false });
  const target = { arch, topDown: layout.topDown, shmemEnabled, shmemSizes: new Map() };
  return { arch, layout, target };
}

const finishes: Readonly<Record<Finish["kind"], string>> = {
  up: "up to",
  above: "above it to",
  cross: "if it crosses a block, up to",
  test: "refused unless",
  shift: "shifted in its gap to",
};

type InBytes = (pages: number) => string;

function attemptText(attempt: Attempt, request: Request, bytes: InBytes): string {
  const { pages, alignMask, alignOffset = 0, finish } = attempt;
  const congruent = (mask: number, offset: number) => `${bytes(offset)} mod ${bytes(mask + 1)}`;
  const parts = [
    pages !== undefined && `search ${bytes(pages)}`,
    alignMask !== undefined && `search for ${congruent(alignMask, alignOffset)}`,
    finish !== undefined && `${finishes[finish.kind]} ${congruent(finish.mask, finish.offset)}`,
    attempt.exact === true && "length not inflated",
    attempt.merge === true && "held unless the VMA merges there",
    attempt.only === "down" && "top-down only",
    attempt.only === "hint" && "the hint or nothing",
    request.hint && attempt.hint === "up" && "hint rounded up",
    request.hint && attempt.hint === "skip" && "hint not tested",
    attempt.entry === "hugetlb-old" && "own function of hugetlb",
    attempt.file === false && "without file",
    attempt.startGap !== undefined && `${bytes(attempt.startGap)} of room below`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? "plain" : parts.join(", ");
}

function wallText({ hintWall }: Row, bytes: InBytes): string {
  if (hintWall === 0) return "";
  return hintWall > 0 ? ` if hint >= ${bytes(hintWall)}` : ` if hint < ${bytes(-hintWall)}`;
}

/** A row in the words of the tracepoint. */
function rowText(row: Row, bytes: InBytes): string {
  const { kind, pages, lowLimit, highLimit, finish, finishMask, printedLow } = row;
  const wall = wallText(row, bytes);
  if (kind === "at" || kind === "claim") {
    const rounded = finish === "take" ? "" : `, rounded ${finish} to ${bytes(finishMask + 1)}`;
    return `${kind} len=${bytes(pages)} within ${bytes(lowLimit)}-${bytes(highLimit)}${rounded}${wall}`;
  }
  const from = lowLimit === printedLow ? "" : ` (from ${bytes(lowLimit)})`;
  const gap = row.startGap === 0 ? "" : ` gap=${bytes(row.startGap)}`;
  return [
    `${kind} len=${bytes(pages)} lo=${bytes(printedLow)}${from} hi=${bytes(highLimit)}`,
    ` mask=${bytes(row.alignMask)} ofs=${bytes(row.printedOffset)}${gap}${wall}`,
  ].join("");
}

/** What the program asks for instead. */
const reservation = ({ pages }: Reserve): Request => ({
  ...{ kind: "anon", pages, pgoff: 0, hint: false, low32: false, above4g: false },
  ...{ startGap: 0, remap: false },
});

function reserveText({ pages, align, offset, guard }: Reserve, bytes: InBytes): string {
  const above = guard === 0 ? "" : `, ${bytes(guard)} without access above`;
  return `program: reserves ${bytes(pages)}, maps at ${bytes(offset)} from a multiple of ${bytes(align)} in it, cuts the rest${above}`;
}

/** One request under a policy: a line per attempt, and below it a line per row. */
export function explainRequest(policy: Policy, words: string, bench: Bench): string {
  const { arch, layout, target } = bench;
  const bytes: InBytes = (pages) => hex(addressOf(pages, arch.pageBytes));
  const asked = requestOf(words, arch);
  const reserve = asked.hint ? undefined : policy.reserves?.(asked, arch);
  const request = reserve === undefined ? asked : reservation(reserve);
  const attempts = policy
    .searches(request, target)
    .filter((attempt) => attempt !== false && attempt !== undefined);
  const rows = lower(attempts, request, layout, policy.profile, arch);
  const lines = attempts.flatMap((attempt, index) => [
    `  ${index}: ${attemptText(attempt, request, bytes)}`,
    ...rows.filter((row) => row.attempt === index).map((row) => `     ${rowText(row, bytes)}`),
  ]);
  const doubt = doubtOf(asked);
  if (doubt !== undefined) lines.unshift(`  ${doubt}`);
  if (reserve !== undefined) lines.unshift(`  ${reserveText(reserve, bytes)}`);
  return `${[words, ...(lines.length === 0 ? ["  refused before any search"] : lines)].join("\n")}\n`;
}

function heading(policy: Policy): readonly string[] {
  const parameters = Object.entries(policy.parameters ?? {}).map(
    ([name, { summary, fallback, expects }]) => `  ${name}=${fallback}: ${summary} (${expects})`,
  );
  const commits = (policy.differsBy ?? []).map(
    ({ commit, title, previous }) => `differs from ${previous} by ${commit} ("${title}")`,
  );
  return [
    `${policy.id}: ${policy.summary}`,
    `rule: ${policy.kernel}`,
    `source: ${policy.source}`,
    ...commits,
    ...(parameters.length === 0 ? [] : ["parameters:", ...parameters]),
  ];
}

/** A policy on a machine: what it is, and what it does with each request. */
export function explainPolicy(
  policy: Policy,
  bench: Bench,
  words: readonly string[] = requests,
): string {
  const { arch, layout, target } = bench;
  const base = hex(addressOf(layout.mmapBase, arch.pageBytes));
  const machine = `${arch.id}, mmap_base ${base}, shmem_enabled ${target.shmemEnabled}`;
  const answers = words.map((one) => explainRequest(policy, one, bench));
  return `${[...heading(policy), "", machine, "", answers.join("\n")].join("\n")}`;
}
