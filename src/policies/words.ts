/** How a request is written in words: `ext4 4M at 4K`, `anon 2M hint`, `vfio 2G bar 2G pa 0x380000000000`. */

import type { Arch } from "../arch/types.ts";
import { MmreplayError } from "../errors.ts";
import { hex, modulo, parseU64 } from "../units.ts";
import type { Request, RequestKind } from "./types.ts";

const kinds: readonly RequestKind[] = [
  "anon",
  "shared-anon",
  "zero",
  "shmem",
  "hugetlb",
  "vfio",
  "device",
  "devdax",
  "drm",
  "bpf-arena",
  "bpf-map",
  "io-uring",
  "socket",
  "unknown",
];

/** Filesystems of Linux that files are mapped from; others may be written too. */
const filesystems: ReadonlySet<string> = new Set(
  (
    "ext2 ext3 ext4 xfs btrfs bcachefs f2fs jfs nilfs2 gfs2 ocfs2 zfs vfat exfat ntfs ntfs3 hfsplus udf iso9660 " +
    "overlay squashfs erofs cramfs romfs ubifs jffs2 fuse fuseblk virtiofs 9p nfs nfs4 cifs ceph afs lustre ramfs"
  ).split(" "),
);

/** What a request may begin with, if its first word is taken for a filesystem that may be none; else undefined. */
export function doubtOf({ kind, filesystem }: Request): string | undefined {
  const name = filesystem?.split(".")[0] ?? "";
  if (kind !== "regular" || filesystems.has(name)) return undefined;
  return `"${filesystem}" is taken for a filesystem; kinds of requests are ${kinds.join(", ")}`;
}

const units: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

const flags = { hint: "hint", low32: "low32", above4g: "above4g", mremap: "remap" } as const;
const sizes = { at: "pgoff", huge: "huge", bar: "barPages", pa: "pfn", align: "align" } as const;
const mounts = ["never", "always", "within_size", "advise", "internal"] as const;

type Draft = { -readonly [K in keyof Request]: Request[K] };

function refuse(word: string, words: string): never {
  const message = word === "" ? `"${words}" ends too early` : `cannot read "${word}" in "${words}"`;
  throw new MmreplayError("usage/request", message, {
    hint: `write a request like "ext4 4M at 4K", "anon 2M hint" or "vfio 2G bar 2G": a filesystem or one of ${kinds.join(", ")}, and a length`,
  });
}

/** Bytes: a number, decimal or 0x hexadecimal, with K, M, G or T behind a decimal one. */
function bytesOf(word: string): number | undefined {
  const unit = word.startsWith("0x") ? undefined : units[word.slice(-1)];
  const value = parseU64(unit === undefined ? word : word.slice(0, -1));
  return typeof value === "number" ? value * (unit ?? 1) : undefined;
}

const isKey = <T extends object>(word: string, table: T): word is string & keyof T =>
  Object.hasOwn(table, word);

class Reader {
  readonly #words: string;
  readonly #rest: string[];
  readonly #pageBytes: number;

  constructor(words: string, { pageBytes }: Arch) {
    this.#words = words;
    this.#rest = words.trim().split(/\s+/);
    this.#pageBytes = pageBytes;
  }

  #next(): string {
    return this.#rest.shift() ?? "";
  }

  #pages(round: (pages: number) => number): number {
    const word = this.#next();
    const bytes = bytesOf(word);
    return bytes === undefined ? refuse(word, this.#words) : round(bytes / this.#pageBytes);
  }

  #mount(): (typeof mounts)[number] {
    const word = this.#next();
    return mounts.find((mount) => mount === word) ?? refuse(word, this.#words);
  }

  read(): Request {
    const first = this.#next();
    const kind = kinds.find((one) => one === first) ?? "regular";
    const plain = { hint: false, low32: false, above4g: false, remap: false };
    const pages = this.#pages(Math.ceil);
    if (pages === 0) refuse("0", this.#words);
    const request: Draft = { kind, pages, pgoff: 0, startGap: 0, ...plain };
    if (kind === "regular") request.filesystem = first;
    while (this.#rest.length > 0) {
      const word = this.#next();
      if (isKey(word, flags)) request[flags[word]] = true;
      else if (isKey(word, sizes)) request[sizes[word]] = this.#pages(Math.floor);
      else if (word === "mount") request.mountHuge = this.#mount();
      else refuse(word, this.#words);
    }
    return request;
  }
}

/** Read a request; the first word is a kind or the filesystem of a regular file, the second its length. */
export function requestOf(words: string, arch: Arch): Request {
  return new Reader(words, arch).read();
}

/** A count of bytes as the reader takes it: decimal with a unit where it is whole, else hexadecimal. */
export function bytesText(bytes: number): string {
  const unit = Object.entries(units).findLast(
    ([, size]) => bytes >= size && modulo(bytes, size) === 0,
  );
  return unit === undefined || bytes / unit[1] >= 2 ** 24
    ? hex(bytes)
    : `${bytes / unit[1]}${unit[0]}`;
}

/** A request in words that `requestOf` reads. */
export function wordsOf(request: Request, pageBytes: number): string {
  const { kind, filesystem, pages, mountHuge } = request;
  const bytes = (count: number) => bytesText(count * pageBytes);
  const words = [kind === "regular" ? (filesystem ?? "unknown") : kind, bytes(pages)];
  for (const [word, key] of Object.entries(sizes)) {
    const value = request[key];
    if (value !== undefined && !(key === "pgoff" && value === 0))
      words.push(word, key === "pfn" ? hex(value * pageBytes) : bytes(value));
  }
  for (const [word, key] of Object.entries(flags)) if (request[key]) words.push(word);
  if (mountHuge !== undefined) words.push("mount", mountHuge);
  return words.join(" ");
}
