/** What a guest gets to do, as its initramfs, and the machine that its files show. */

import { MmreplayError } from "../errors.ts";
import type { LiveTable } from "../live/table.ts";
import type { Machine } from "../record/machine.ts";
import { archive, type Entry } from "./cpio.ts";
import type { Hardware } from "./image.ts";

/** Where native/live finds the rows, what to send, and what to load for a device; what it calls its own words. */
const paths = {
  table: "table",
  wanted: "wanted",
  modules: "modules",
  answers: "answers",
  noDevice: "no-device",
} as const;

/** What decides where mappings go: all that src/record/machine.ts reads of a machine. `*` is every name. */
export const wanted: readonly string[] = [
  "/proc/self/auxv",
  "/proc/self/limits",
  "/proc/self/mounts",
  "/proc/self/personality",
  "/proc/cmdline",
  "/proc/config.gz",
  "/proc/cpuinfo",
  "/proc/sys/kernel/osrelease",
  "/proc/sys/kernel/version",
  "/proc/sys/kernel/randomize_va_space",
  "/proc/sys/vm/legacy_va_layout",
  "/proc/sys/vm/max_map_count",
  "/proc/sys/vm/mmap_min_addr",
  "/proc/sys/vm/mmap_rnd_bits",
  "/sys/bus/pci/drivers/vfio-pci/*/resource",
  "/sys/kernel/mm/transparent_hugepage/enabled",
  "/sys/kernel/mm/transparent_hugepage/shmem_enabled",
  "/sys/kernel/mm/transparent_hugepage/*/enabled",
  "/sys/kernel/mm/transparent_hugepage/*/shmem_enabled",
];

/** A kernel module, unpacked. */
export interface Module {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const folder = 0o040755;
const file = 0o100644;
const program = 0o100755;
const device = 0o020600;

/** Program headers of a 64-bit ELF file: where the header says where they are, how long and how many; type PT_INTERP. */
const elf = { offset: 32, size: 54, count: 56, interpreter: 3 } as const;

function isStatic(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [start, size] = [view.getUint32(elf.offset, true), view.getUint16(elf.size, true)];
  const types = Array.from({ length: view.getUint16(elf.count, true) }, (_, index) =>
    view.getUint32(start + index * size, true),
  );
  return !types.includes(elf.interpreter);
}

/** The folder of modules, which a guest with a device has; they are loaded by name. */
const modulesIn = (modules: readonly Module[]): readonly Entry[] => [
  { path: paths.modules, mode: folder },
  ...modules.map(({ name, bytes }, index) => {
    const order = String(index).padStart(4, "0");
    return { path: `${paths.modules}/${order}-${name}`, mode: file, bytes };
  }),
];

/** The first root of a guest whose first process is native/live; throws `lab/not-static`. */
export function initramfs(
  caller: Uint8Array,
  { rows, deviceBytes }: LiveTable,
  modules: readonly Module[],
): Uint8Array {
  if (!isStatic(caller))
    throw new MmreplayError(
      "lab/not-static",
      "the program that makes the calls needs libraries, which a kernel image does not have",
      {
        hint: "install a static C library (Fedora: dnf install glibc-static), then npm run build:live",
      },
    );
  const table = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
  return archive([
    { path: "dev", mode: folder },
    { path: "dev/console", mode: device, device: [5, 1] },
    { path: "proc", mode: folder },
    { path: "sys", mode: folder },
    { path: "init", mode: program, bytes: caller },
    { path: paths.table, mode: file, bytes: table },
    ...(deviceBytes > 0 ? modulesIn(modules) : []),
    { path: paths.wanted, mode: file, bytes: new TextEncoder().encode(wanted.join("\n")) },
  ]);
}

/** What native/live wrote, out of the files that a guest sent. */
export function outputIn(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  return files.get(paths.answers) ?? new Uint8Array(0);
}

/** Why a guest has no device for user space; undefined if it has one. */
export function noDeviceIn(files: ReadonlyMap<string, Uint8Array>): string | undefined {
  const bytes = files.get(paths.noDevice);
  return bytes === undefined
    ? undefined
    : Buffer.from(bytes)
        .toString()
        .replace(/[^ -~]/g, "?");
}

/** A guest by the files that it sent. */
export function guestMachine(hardware: Hardware, files: ReadonlyMap<string, Uint8Array>): Machine {
  return {
    hardware,
    read: (path) => files.get(path),
    names: (path) => {
      const inside = [...files.keys()].filter((one) => one.startsWith(`${path}/`));
      return [...new Set(inside.map((one) => one.slice(path.length + 1).split("/")[0] ?? ""))];
    },
  };
}
