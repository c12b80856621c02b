/** Which settings of this machine decide where mappings go, written down as files beside the recording. */

import { readFileSync } from "node:fs";
import { machine, release, version } from "node:os";
import { gunzipSync } from "node:zlib";
import { linkOf, namesIn, textOf } from "./proc.ts";
import type { Recorder } from "./types.ts";

/** Texts by file name. */
export type Files = Readonly<Record<string, string>>;

/** ADDR_NO_RANDOMIZE and ADDR_COMPAT_LAYOUT: a hexadecimal digit of the personality, from its end, and a bit of it. */
const noRandomize = { digit: -5, bit: 4 };
const compatLayout = { digit: -6, bit: 2 };

function hasPersonality(hex: string, { digit, bit }: typeof noRandomize): boolean {
  const value = Number.parseInt(hex.trim().at(digit) ?? "0", 16);
  return Math.floor(value / bit) % 2 === 1;
}

function numberIn(path: string): number | undefined {
  const text = textOf(path);
  return text === undefined ? undefined : Number(text);
}

/** AT_PAGESZ in the auxiliary vector: pairs of 64-bit words, of which the lower halves suffice. */
function pageSize(): number {
  const vector = readFileSync("/proc/self/auxv");
  const atPagesz = 6;
  for (let at = 0; at + 16 <= vector.length; at += 16)
    if (vector.readUInt32LE(at) === atPagesz) return vector.readUInt32LE(at + 8);
  throw new Error("the auxiliary vector has no AT_PAGESZ");
}

function kernelConfig(): string {
  try {
    return gunzipSync(readFileSync("/proc/config.gz")).toString();
  } catch {
    return textOf(`/boot/config-${release()}`) ?? "";
  }
}

/** update_mmap_min_addr (security/min_addr.c): the sysctl or the limit of the security modules, whichever is higher. */
function mmapMinAddr(): number | undefined {
  const sysctl = numberIn("/proc/sys/vm/mmap_min_addr");
  const modules = /^CONFIG_LSM_MMAP_MIN_ADDR=(\d+)$/m.exec(kernelConfig())?.[1];
  return sysctl === undefined ? undefined : Math.max(sysctl, Number(modules ?? 0));
}

/**
 * The user address space, where the CPU runs with 5-level paging (arch/x86 clears the flag where it does not) or says how
 * many levels it has (riscv, print_mmu() of arch/riscv/kernel/cpu.c).
 */
function taskSize(): string | undefined {
  const cpu = textOf("/proc/cpuinfo") ?? "";
  if (/^flags\s*:.*\bla57\b/m.test(cpu)) return String(2 ** 56);
  const mode = /^mmu\s*:\s*sv(\d+)$/m.exec(cpu)?.[1];
  return mode === undefined ? undefined : String(2 ** (Number(mode) - 1));
}

/** Boot options that decide about placement; the others are nobody's business. */
function bootOptions(): string {
  const relevant =
    /^(?:stack_guard_gap|transparent_hugepage|thp_\w+|hugepagesz?|no5lvl|norandmaps)\b/;
  const words = textOf("/proc/cmdline")?.trim().split(/\s+/) ?? [];
  return words.filter((word) => relevant.test(word)).join(" ");
}

/** What the limits and the personality of a process add; `self` hands both to what it starts. */
function processFacts(pid: number | "self"): Record<string, unknown> {
  const stack = /^Max stack size\s+(\S+)/m.exec(textOf(`/proc/${pid}/limits`) ?? "")?.[1];
  const personality = textOf(`/proc/${pid}/personality`) ?? "0";
  const random = numberIn("/proc/sys/kernel/randomize_va_space") ?? 0;
  const legacy = numberIn("/proc/sys/vm/legacy_va_layout") ?? 0;
  return {
    ...(stack !== undefined && {
      stack_limit_kib: stack === "unlimited" ? stack : Math.floor(Number(stack) / 1024),
    }),
    aslr: random > 0 && !hasPersonality(personality, noRandomize),
    legacy_layout: legacy > 0 || hasPersonality(personality, compatLayout),
  };
}

const thp = "/sys/kernel/mm/transparent_hugepage";

function thpSettings(): string {
  const sizes = namesIn(thp).filter((name) => name.startsWith("hugepages-"));
  const settings = ["", ...sizes].flatMap((size) =>
    ["enabled", "shmem_enabled"].map((name) => [thp, size, name].filter(Boolean).join("/")),
  );
  return settings
    .flatMap((path) => textOf(path)?.replace(/^/, `${path} `) ?? [])
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

const devices = "/sys/bus/pci/devices";

/** BARs of the devices that user space drives. */
function pciResources(): string {
  return namesIn(devices)
    .filter((device) => /vfio|uio/.test(linkOf(`${devices}/${device}/driver`) ?? ""))
    .map((device) => `# ${device}\n${textOf(`${devices}/${device}/resource`) ?? ""}`)
    .join("");
}

/** How the recording was made, beside what the machine says. */
export interface Circumstances {
  readonly recorder: {
    readonly name: Recorder["name"] | "mmreplay live";
    readonly version: string;
  };
  readonly recorderCommand: readonly string[];
  readonly program: readonly string[];
  /** The process whose limits, personality and mounts count. */
  readonly pid: number | "self";
}

/** The files that lie beside a recording. */
export function machineFiles(circumstances: Circumstances): Files {
  const { recorder, recorderCommand, program, pid } = circumstances;
  const meta = {
    kernel: `Linux ${release()} ${version()} ${machine()}`,
    kernel_cmdline: bootOptions(),
    architecture: machine(),
    page_size: pageSize(),
    task_size: taskSize(),
    program_cmdline: program.join(" "),
    recorder: `${recorder.name} ${recorder.version}`,
    recorder_cmdline: recorderCommand.join(" "),
    ...processFacts(pid),
    mmap_min_addr_in_force: mmapMinAddr(),
    "vm.max_map_count": numberIn("/proc/sys/vm/max_map_count"),
    "vm.mmap_rnd_bits": numberIn("/proc/sys/vm/mmap_rnd_bits"),
  };
  return {
    "meta.json": `${JSON.stringify(meta, null, 1)}\n`,
    "mounts.txt": textOf(`/proc/${pid}/mounts`) ?? "",
    "thp.txt": thpSettings(),
    "pci-resources.txt": pciResources(),
  };
}
