/** What the calls make that name no path: memory files, devices, sockets, and whether exec closes their descriptors. */

import type { OpenFile } from "../../trace/file.ts";
import { hugePageOf } from "../../trace/flags.ts";
import { hasBit } from "../../units.ts";
import { unquote } from "./escapes.ts";
import { intOf } from "./split-args.ts";

export type Described = Omit<OpenFile, "id">;

/** The call's flags hold this name or, printed as a number, this bit. */
export function hasFlag(arg: string | undefined, name: string, bit: number): boolean {
  if (arg === undefined) return false;
  if (new RegExp(`\\b${name}\\b`).test(arg)) return true;
  const value = /^0x[0-9a-f]+/.exec(arg)?.[0];
  return value !== undefined && hasBit(Number(value), bit);
}

/** What exec does with a descriptor that was made with these flags. */
export const closesOnExec = (flags: string | undefined): boolean =>
  hasFlag(flags, "O_CLOEXEC", openCloexec);

/** The huge page size in bytes that `21<<MFD_HUGE_SHIFT` or a raw number gives. */
export function printedHugePage(arg: string): number | undefined {
  const shift = /\b(\d+)<<[A-Z]+_HUGE_SHIFT/.exec(arg)?.[1];
  if (shift !== undefined) return 2 ** Number(shift);
  const raw = /^0x[0-9a-f]+/.exec(arg)?.[0];
  return raw === undefined ? undefined : hugePageOf(Number(raw));
}

/** O_CLOEXEC, MFD_CLOEXEC, FD_CLOEXEC of the generic table. */
const openCloexec = 0x8_0000;
const memfdHugetlb = 4;

const anonymous: Readonly<Record<string, Described>> = {
  io_uring_setup: { kind: "io-uring", path: "anon_inode:[io_uring]" },
  perf_event_open: { kind: "device", path: "anon_inode:[perf_event]" },
  memfd_secret: { kind: "device", path: "anon_inode:[secretmem]" },
  socket: { kind: "socket" },
  accept: { kind: "socket" },
  accept4: { kind: "socket" },
};

/** What an ioctl makes: of VFIO, or of KVM, which maps its state of a CPU. */
function ofIoctl([, request = "", number = ""]: readonly string[]): Described {
  if (/^KVM_CREATE_VM\b|^0xae01\b/.test(request)) {
    return { kind: "device", path: "anon_inode:kvm-vm" };
  }
  if (/^KVM_CREATE_VCPU\b|^0xae41\b/.test(request)) {
    return { kind: "device", path: `anon_inode:kvm-vcpu:${intOf(number) ?? 0}` };
  }
  return { kind: "vfio", path: "anon_inode:[vfio-device]" };
}

/** Exec closes descriptors of devices unless they are told not to, others if told so. */
function ofExec(name: string, args: readonly string[]): boolean {
  switch (name) {
    case "socket":
      return hasFlag(args[1], "SOCK_CLOEXEC", openCloexec);
    case "accept":
      return false;
    case "accept4":
      return hasFlag(args[3], "SOCK_CLOEXEC", openCloexec);
    case "perf_event_open":
      return hasFlag(args[4], "PERF_FLAG_FD_CLOEXEC", 8);
    case "memfd_secret":
      return closesOnExec(args[0]);
    default:
      return true;
  }
}

/** A file just made, and whether exec closes its descriptor. */
export interface Made {
  readonly file: Described;
  readonly closeOnExec: boolean;
}

function memfd(args: readonly string[]): Made {
  const path = `/memfd:${unquote(args[0] ?? "")}`;
  const flags = args[1] ?? "";
  const hugePage = printedHugePage(flags);
  const file: Described = hasFlag(flags, "MFD_HUGETLB", memfdHugetlb)
    ? { kind: "hugetlb", path, ...(hugePage !== undefined && { hugePage }) }
    : { kind: "shmem", path, huge: "internal" };
  return { file, closeOnExec: hasFlag(flags, "MFD_CLOEXEC", 1) };
}

function ofBpf([command = "", attributes]: readonly string[]): Made | undefined {
  if (!/BPF_MAP_CREATE|^0(?:$| )/.test(command)) return undefined;
  // BPF_MAP_TYPE_ARENA is 33, which strace knows by its name from 6.8 on.
  const isArena = /map_type=(?:BPF_MAP_TYPE_ARENA\b|0x21\b)/.test(attributes ?? "");
  const kind = isArena ? "bpf-arena" : "bpf-map";
  return { file: { kind, path: "anon_inode:bpf-map" }, closeOnExec: true };
}

/** What a call of this name makes; undefined if it is none of these. `printed` is what strace says of it. */
export function madeBy(
  name: string,
  args: readonly string[],
  printed: Described | undefined,
): Made | undefined {
  if (name === "memfd_create") return memfd(args);
  if (name === "bpf") return ofBpf(args);
  const file = printed ?? (name === "ioctl" ? ofIoctl(args) : anonymous[name]);
  return file === undefined ? undefined : { file, closeOnExec: ofExec(name, args) };
}
