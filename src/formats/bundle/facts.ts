/** What the files beside a recording say about the machine. */

import type { Bar, Facts, PciDevice } from "../../trace/trace.ts";
import { isObject, type Json, listAt, numberAt, objectAt, stringAt } from "./json.ts";
import { type Mounts, parseMounts } from "./mounts.ts";

type Some = Partial<Facts>;

const archs: ReadonlyMap<string, string> = new Map([
  ["x86_64", "x86-64"],
  ["x86-64", "x86-64"],
  ["aarch64", "arm64"],
  ["arm64", "arm64"],
  ["riscv64", "riscv64"],
]);

/** Drop the fields that nothing was recorded for. */
function known(fields: { readonly [K in keyof Facts]?: Facts[K] | undefined }): Some {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Some;
}

/** The word that a sysfs file marks: `always [madvise] never`; a bare word is itself. */
export function chosen(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return /\[(\w+)\]/.exec(text)?.[1] ?? (/^\w+$/.test(text) ? text : undefined);
}

/** `uname -r`, from it alone or from the whole of `uname -a`. */
function release(text: string | undefined): string | undefined {
  return text === undefined ? undefined : (/^Linux (\S+)/.exec(text)?.[1] ?? text);
}

function archOf(meta: Json): string | undefined {
  const named = stringAt(meta, "architecture") ?? stringAt(meta, "arch");
  const last = stringAt(meta, "kernel")?.split(" ").at(-1);
  return archs.get(named ?? "") ?? archs.get(last ?? "");
}

/** One value for all recordings of the folder, or one per recording. */
function flag(meta: Json, name: string, stem: string): boolean | undefined {
  const value = meta[name];
  const member = isObject(value) ? value[stem] : value;
  return typeof member === "boolean" ? member : undefined;
}

function stackLimit(meta: Json): number | null | undefined {
  if (stringAt(meta, "stack_limit_kib") === "unlimited") return null;
  const kib =
    numberAt(meta, "stack_limit_kib") ?? numberAt(objectAt(meta, "vm"), "stack_rlimit_kib");
  return kib === undefined ? undefined : kib * 1024;
}

/** Pages: the boot option, where it was given. */
function guardGap(meta: Json): number | undefined {
  const pages = /\bstack_guard_gap=(\d+)/.exec(stringAt(meta, "kernel_cmdline") ?? "")?.[1];
  return pages === undefined ? undefined : Number(pages);
}

/** A rebuilt module changes the policy of an otherwise ordinary kernel. */
function policyOf(meta: Json): string | undefined {
  const change = stringAt(meta, "module_change") ?? "";
  return ["thp", "1g"].map((kind) => `vfio-${kind}`).find((id) => change.includes(`${id}-align`));
}

function bars(device: Json): readonly Bar[] {
  return listAt(device, "bars").flatMap((bar) => {
    if (!isObject(bar) || flag(bar, "io", "") === true) return [];
    const index = numberAt(bar, "index");
    const size = numberAt(bar, "size");
    const start = Number(stringAt(bar, "start") ?? Number.NaN);
    if (index === undefined || size === undefined || Number.isNaN(start)) return [];
    return [{ index, start, size }];
  });
}

function devicesOf(meta: Json): readonly PciDevice[] | undefined {
  const devices = listAt(meta, "devices").flatMap((device) => {
    const address = isObject(device) ? stringAt(device, "bdf") : undefined;
    return isObject(device) && address !== undefined ? [{ address, bars: bars(device) }] : [];
  });
  return devices.some((device) => device.bars.length > 0) ? devices : undefined;
}

function commandOf(meta: Json, stem: string): string | undefined {
  const recorder = stem.split("-")[0] ?? "";
  const runs = objectAt(meta, "recordings");
  const [first] = listAt(objectAt(runs, recorder), "command");
  if (typeof first === "string") return first;
  return stringAt(meta, "program_cmdline") ?? stringAt(meta, "program");
}

/** Whatever in meta.json may name a device: the command line, and what was added later. */
export function deviceWords(meta: Json): string {
  const words = ["program_cmdline", "monitor_commands"].map((name) => stringAt(meta, name) ?? "");
  return words.join(" ");
}

/** meta.json of the recording called `stem` in the same folder. */
export function metaFacts(meta: Json, stem: string): Some {
  const vm = objectAt(meta, "vm");
  const thp = objectAt(meta, "thp");
  const random = numberAt(meta, "kernel.randomize_va_space") ?? numberAt(vm, "randomize_va_space");
  const legacy = numberAt(meta, "vm.legacy_va_layout") ?? numberAt(vm, "legacy_va_layout");
  const taskSize = Number(stringAt(meta, "task_size") ?? Number.NaN);
  return known({
    kernel: release(stringAt(meta, "kernel")),
    policy: policyOf(meta),
    arch: archOf(meta),
    pageSize: numberAt(meta, "page_size"),
    taskSizeBits: Number.isNaN(taskSize) ? undefined : Math.round(Math.log2(taskSize)),
    command: commandOf(meta, stem),
    aslr: flag(meta, "aslr", stem) ?? (random === undefined ? undefined : random > 0),
    legacyLayout:
      flag(meta, "legacy_layout", stem) ?? (legacy === undefined ? undefined : legacy > 0),
    stackLimit: stackLimit(meta),
    mmapMinAddr: numberAt(meta, "mmap_min_addr_in_force"),
    maxMapCount: numberAt(meta, "vm.max_map_count") ?? numberAt(vm, "max_map_count"),
    mmapRndBits: numberAt(meta, "vm.mmap_rnd_bits") ?? numberAt(vm, "mmap_rnd_bits"),
    stackGuardGap: guardGap(meta),
    thpEnabled: chosen(stringAt(meta, "thp_enabled") ?? stringAt(thp, "enabled")),
    shmemEnabled: chosen(stringAt(meta, "shmem_enabled") ?? stringAt(thp, "shmem_enabled")),
    devices: devicesOf(meta),
  });
}

/** Settings of transparent huge pages: `PATH VALUE` lines of sysfs, or the two global ones alone. */
export function thpFacts(text: string): Some {
  const lines = text.split("\n").filter((line) => line !== "");
  const [enabled, shmem] = lines;
  if (!text.startsWith("/")) {
    return known({ thpEnabled: chosen(enabled), shmemEnabled: chosen(shmem) });
  }
  const found: { thpEnabled?: string; shmemEnabled?: string } = {};
  const thpSizes: Record<string, string> = {};
  const shmemSizes: Record<string, string> = {};
  for (const line of lines) {
    const match = /\/(?:hugepages-(\d+)kB\/)?(shmem_enabled|enabled) (.*)$/.exec(line);
    const value = chosen(match?.[3]);
    if (match === null || value === undefined) continue;
    const sizes = match[2] === "enabled" ? thpSizes : shmemSizes;
    if (match[1] !== undefined) sizes[String(Number(match[1]) * 1024)] = value;
    else found[match[2] === "enabled" ? "thpEnabled" : "shmemEnabled"] = value;
  }
  const filled = (sizes: Record<string, string>): Record<string, string> | undefined =>
    Object.keys(sizes).length === 0 ? undefined : sizes;
  return known({ ...found, thpSizes: filled(thpSizes), shmemSizes: filled(shmemSizes) });
}

/** `# 0000:00:08.0 ...` headings, each followed by the lines of that device's sysfs `resource` file. */
export function pciFacts(text: string): Some {
  const devices: { readonly address: string; readonly bars: Bar[]; index: number }[] = [];
  const ioResource = 0x100;
  for (const line of text.split("\n")) {
    const address = /^# ([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])/.exec(line)?.[1];
    if (address !== undefined) devices.push({ address, bars: [], index: 0 });
    const device = devices.at(-1);
    const resource = /^(0x[0-9a-f]+) (0x[0-9a-f]+) (0x[0-9a-f]+)$/.exec(line);
    if (device === undefined || resource === null) continue;
    const [start = 0, end = 0, flags = 0] = resource.slice(1).map(Number);
    // The first six resources are BARs, the seventh is the expansion ROM.
    const memory = end > start && Math.floor(flags / ioResource) % 2 === 0;
    if (memory && device.index < 6) {
      device.bars.push({ index: device.index, start, size: end - start + 1 });
    }
    device.index += 1;
  }
  return devices.some((device) => device.bars.length > 0)
    ? { devices: devices.map(({ address, bars }) => ({ address, bars })) }
    : {};
}

/** Mounts that meta.json describes in words, for recordings without a copy of /proc/mounts. */
export function metaMounts(meta: Json): Mounts {
  const filesystem = stringAt(meta, "filesystem");
  const data = /^(\/\S*)/.exec(stringAt(meta, "data_dir") ?? "")?.[1];
  const others = stringAt(meta, "other_paths") ?? "";
  const rest = /the rest: (\w+)/.exec(others)?.[1];
  const shm = /\/dev\/shm: (\w+)/.exec(others)?.[1];
  const line = (at: string | undefined, type: string | undefined): string =>
    at === undefined || type === undefined ? "" : `none ${at} ${type} rw 0 0\n`;
  return parseMounts(line("/", rest) + line(data, filesystem) + line("/dev/shm", shm));
}
