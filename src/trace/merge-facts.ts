/** Whether traces are of one machine, and what is known of it if they are. */

import { MmreplayError } from "../errors.ts";
import type { Facts, PciDevice, Trace } from "./trace.ts";

/** A trace, and what people call it. */
export interface Part {
  readonly file: string;
  readonly trace: Trace;
}

/** What holds for every process of a trace. */
const ofMachine = [
  ...["kernel", "policy", "arch", "pageSize", "taskSizeBits", "aslr", "legacyLayout", "stackLimit"],
  ...["mmapMinAddr", "maxMapCount", "mmapRndBits", "stackGuardGap", "thpEnabled", "shmemEnabled"],
  ...["shmemSizes", "thpSizes", "pfn"],
] as const satisfies readonly (keyof Facts)[];

function contradiction(
  what: string,
  one: Part,
  other: Part,
  texts: readonly string[],
): MmreplayError {
  const [first, second] = texts;
  const message = `${what} is ${first} in ${one.file} and ${second} in ${other.file}`;
  return new MmreplayError("merge/contradiction", message, {
    at: { file: other.file },
    hint: `a trace is of one machine and one kernel; several are replayed side by side: mmreplay replay ${one.file} ${other.file}`,
  });
}

/** A fact and the part that tells it first. */
interface Told {
  readonly value: unknown;
  readonly part: Part;
}

function textOf(value: unknown): string {
  if (value === null) return "unlimited";
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "not told");
}

/** The one value of a fact; undefined where no part tells it. */
function toldOf(fact: keyof Facts, parts: readonly Part[]): Told | undefined {
  let told: Told | undefined;
  for (const part of parts) {
    const value = part.trace.facts[fact];
    if (value === undefined) continue;
    told ??= { value, part };
    const texts = [textOf(told.value), textOf(value)];
    if (texts[0] !== texts[1]) throw contradiction(fact, told.part, part, texts);
  }
  return told;
}

/** Each device once. */
function devicesOf(parts: readonly Part[]): readonly PciDevice[] {
  const found = new Map<string, { readonly device: PciDevice; readonly part: Part }>();
  for (const part of parts)
    for (const device of part.trace.facts.devices ?? []) {
      const known = found.get(device.address) ?? { device, part };
      found.set(device.address, known);
      const texts = [textOf(known.device.bars), textOf(device.bars)];
      if (texts[0] !== texts[1])
        throw contradiction(`device ${device.address}`, known.part, part, texts);
    }
  return [...found.values()].map(({ device }) => device);
}

const distinct = (texts: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(texts.filter((text) => text !== undefined)),
];

/** The facts of all parts together; `taken` has those that not all of them tell, in words. */
export interface MergedFacts {
  readonly facts: Facts;
  readonly taken: readonly string[];
}

/** Every fact that some part tells. */
function ofAll(parts: readonly [Part, ...Part[]]): Facts {
  let { facts } = parts[0].trace;
  for (const { trace } of parts) facts = { ...trace.facts, ...facts };
  return facts;
}

/** Of a patched kernel every part must say so: without that it is taken for the release. */
function checkPolicies(parts: readonly Part[], first: Part): void {
  const other = parts.find(({ trace }) => trace.facts.policy !== first.trace.facts.policy);
  if (other === undefined) return;
  const texts = [first, other].map(({ trace }) => textOf(trace.facts.policy));
  throw contradiction("policy", first, other, texts);
}

/** Throws `merge/contradiction` where two parts tell different things of the machine. */
export function mergeFacts(parts: readonly [Part, ...Part[]]): MergedFacts {
  checkPolicies(parts, parts[0]);
  const told = ofMachine.flatMap((fact) => {
    const value = toldOf(fact, parts);
    return value === undefined ? [] : [{ fact, ...value }];
  });
  const devices = devicesOf(parts);
  const all = parts.map(({ trace }) => trace.facts);
  const commands = distinct(all.map(({ command }) => command));
  const facts = {
    ...ofAll(parts),
    recorder: distinct(all.map(({ recorder }) => recorder)).join(", "),
    ...(commands.length > 0 && { command: commands.join("; ") }),
    ...(devices.length > 0 && { devices }),
    inferred: distinct(all.flatMap(({ inferred }) => inferred)),
  };
  const taken = told
    .filter(({ fact }) => all.some((own) => own[fact] === undefined))
    .map(({ fact, value, part }) => `${fact} ${textOf(value)}: told by ${part.file}, not by all`);
  return { facts, taken };
}
