/** Which settings of this machine decide where mappings go, written down as files beside the recording. */

import { readFileSync } from "node:fs";
import { machine } from "node:os";
import { gunzipSync } from "node:zlib";
import { namesIn } from "./proc.ts";
import type { Recorder } from "./types.ts";

/** Texts by file name. */
export type Files = Readonly<Record<string, string>>;

/** A machine whose procfs and sysfs can be looked at: this one, or a guest. */
export interface Machine {
  /** As uname says it: `x86_64`, `aarch64`, `riscv64`. */
  readonly hardware: string;
  /** What a file holds; undefined if it cannot be read. */
  read(path: string): Uint8Array | undefined;
  /** The names in a folder, none if it cannot be read. */
  names(folder: string): readonly string[];
}

export const thisMachine: Machine = {
  hardware: machine(),
  read: (path) => {
    try {
      return readFileSync(path);
    } catch {
      return undefined;
    }
  },
  names: namesIn,
};

function textOf(on: Machine, path: string): string | undefined {
  const bytes = on.read(path);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/** ADDR_NO_RANDOMIZE and ADDR_COMPAT_LAYOUT: a hexadecimal digit of the personality, from its end, and a bit of it. */
const noRandomize = { digit: -5, bit: 4 };
const compatLayout = { digit: -6, bit: 2 };

function hasPersonality(hex: string, { digit, bit }: typeof noRandomize): boolean {
  const value = Number.parseInt(hex.trim().at(digit) ?? "0", 16);
  return Math.floor(value / bit) % 2 === 1;
}

function numberIn(on: Machine, path: string): number | undefined {
  const text = textOf(on, path);
  return text === undefined ? undefined : Number(text);
}

/** AT_PAGESZ in the auxiliary vector: pairs of 64-bit words, of which the lower halves suffice. */
function pageSize(on: Machine): number {
  const { buffer, byteOffset, byteLength } = on.read("/proc/self/auxv") ?? new Uint8Array(0);
  const vector = new DataView(buffer, byteOffset, byteLength);
  const atPagesz = 6;
  for (let at = 0; at + 16 <= byteLength; at += 16)
    if (vector.getUint32(at, true) === atPagesz) return vector.getUint32(at + 8, true);
  throw new Error("the auxiliary vector has no AT_PAGESZ");
}

/** A line of /proc/sys/kernel. */
const kernelSays = (on: Machine, name: string): string =>
  textOf(on, `/proc/sys/kernel/${name}`)?.trim() ?? "";

function kernelConfig(on: Machine): string {
  const packed = on.read("/proc/config.gz");
  if (packed !== undefined) return gunzipSync(packed).toString();
  return textOf(on, `/boot/config-${kernelSays(on, "osrelease")}`) ?? "";
}

/** update_mmap_min_addr (security/min_addr.c): the sysctl or the limit of the security modules, whichever is higher. */
function mmapMinAddr(on: Machine): number | undefined {
  const sysctl = numberIn(on, "/proc/sys/vm/mmap_min_addr");
  const modules = /^CONFIG_LSM_MMAP_MIN_ADDR=(\d+)$/m.exec(kernelConfig(on))?.[1];
  return sysctl === undefined ? undefined : Math.max(sysctl, Number(modules ?? 0));
}

/**
 * The user address space, where the CPU runs with 5-level paging (arch/x86 clears the flag where it does not) or says how
 * many levels it has (riscv, print_mmu() of arch/riscv/kernel/cpu.c).
 */
function taskSize(on: Machine): string | undefined {
  const cpu = textOf(on, "/proc/cpuinfo") ?? "";
  if (/^flags\s*:.*\bla57\b/m.test(cpu)) return String(2 ** 56);
  const mode = /^mmu\s*:\s*sv(\d+)$/m.exec(cpu)?.[1];
  return mode === undefined ? undefined : String(2 ** (Number(mode) - 1));
}

/** Boot options that decide about placement; the others are nobody's business. */
function bootOptions(on: Machine): string {
  const relevant =
    /^(?:stack_guard_gap|transparent_hugepage|thp_\w+|hugepagesz?|no5lvl|norandmaps)\b/;
  const words = textOf(on, "/proc/cmdline")?.trim().split(/\s+/) ?? [];
  return words.filter((word) => relevant.test(word)).join(" ");
}

/** What the limits and the personality of a process add; `self` hands both to what it starts. */
function processFacts(on: Machine, pid: number | "self"): Record<string, unknown> {
  const stack = /^Max stack size\s+(\S+)/m.exec(textOf(on, `/proc/${pid}/limits`) ?? "")?.[1];
  const personality = textOf(on, `/proc/${pid}/personality`) ?? "0";
  const random = numberIn(on, "/proc/sys/kernel/randomize_va_space") ?? 0;
  const legacy = numberIn(on, "/proc/sys/vm/legacy_va_layout") ?? 0;
  return {
    ...(stack !== undefined && {
      stack_limit_kib: stack === "unlimited" ? stack : Math.floor(Number(stack) / 1024),
    }),
    aslr: random > 0 && !hasPersonality(personality, noRandomize),
    legacy_layout: legacy > 0 || hasPersonality(personality, compatLayout),
  };
}

const thp = "/sys/kernel/mm/transparent_hugepage";

function thpSettings(on: Machine): string {
  const sizes = on.names(thp).filter((name) => name.startsWith("hugepages-"));
  const settings = ["", ...sizes].flatMap((size) =>
    ["enabled", "shmem_enabled"].map((name) => [thp, size, name].filter(Boolean).join("/")),
  );
  return settings
    .flatMap((path) => textOf(on, path)?.replace(/^/, `${path} `) ?? [])
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

const drivers = "/sys/bus/pci/drivers";

/** BARs of the devices that user space drives. */
function pciResources(on: Machine): string {
  return on
    .names(drivers)
    .filter((driver) => /vfio|uio/.test(driver))
    .flatMap((driver) => on.names(`${drivers}/${driver}`).map((name) => [driver, name] as const))
    .filter(([, name]) => /^[\da-f]+:[\da-f]{2}:[\da-f]{2}\.\d$/.test(name))
    .map(([driver, name]) => {
      const resources = textOf(on, `${drivers}/${driver}/${name}/resource`) ?? "";
      return `# ${name}\n${resources}`;
    })
    .toSorted()
    .join("");
}

/** How the recording was made, beside what the machine says. */
export interface Circumstances {
  readonly recorder: {
    readonly name: Recorder["name"] | "mmreplay live" | "mmreplay lab";
    readonly version: string;
  };
  readonly recorderCommand: readonly string[];
  readonly program: readonly string[];
  /** The process whose limits, personality and mounts count. */
  readonly pid: number | "self";
}

/** The files that lie beside a recording. */
export function machineFiles(circumstances: Circumstances, on: Machine = thisMachine): Files {
  const { recorder, recorderCommand, program, pid } = circumstances;
  const meta = {
    kernel: `Linux ${kernelSays(on, "osrelease")} ${kernelSays(on, "version")} ${on.hardware}`,
    kernel_cmdline: bootOptions(on),
    architecture: on.hardware,
    page_size: pageSize(on),
    task_size: taskSize(on),
    program_cmdline: program.join(" "),
    recorder: `${recorder.name} ${recorder.version}`,
    recorder_cmdline: recorderCommand.join(" "),
    ...processFacts(on, pid),
    mmap_min_addr_in_force: mmapMinAddr(on),
    "vm.max_map_count": numberIn(on, "/proc/sys/vm/max_map_count"),
    "vm.mmap_rnd_bits": numberIn(on, "/proc/sys/vm/mmap_rnd_bits"),
  };
  return {
    "meta.json": `${JSON.stringify(meta, null, 1)}\n`,
    "mounts.txt": textOf(on, `/proc/${pid}/mounts`) ?? "",
    "thp.txt": thpSettings(on),
    "pci-resources.txt": pciResources(on),
  };
}
