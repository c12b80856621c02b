// @ts-check
// Makes the traces that ship with the project out of recordings: node scripts/make-traces.mjs RECORDINGS

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Each trace: the folder of its recording, and the files of the run if the folder holds more than one. */
const shipped = {
  "qemu-10.0-vfio-7.3": ["7.3-qemu10.0-t01-strace-ram1g"],
  "qemu-7.2-vfio-7.3": ["7.3-qemu7.2-t03-strace-many"],
  "vfio-bar-2g-7.3": ["7.3-vfio-bars-a", "strace-big.txt", "strace-big.maps"],
  "vfio-bar-256m-7.3": ["7.3-vfio-bars-a", "strace-mid.txt", "strace-mid.maps"],
  "postgres-ext4": ["app-postgres-shm-mmap-ext4", "strace.txt.xz", "strace-maps.txt"],
  "postgres-xfs": ["app-postgres-shm-mmap-dsm-mmap-xfs", "strace-ff.tar.xz", "strace-maps.txt.xz"],
  "rocksdb-mmap-ext4": ["app-rocksdb-mmapread-ext4", "strace.txt.xz", "strace-maps.txt"],
  "lmdb-ext4": ["app-lmdb-grow-ext4", "strace.txt.xz", "strace-maps.txt"],
  "redis-ext4": ["app-redis-jemalloc-ext4", "strace.txt.xz", "strace-maps.txt"],
};

/** What lies beside every run of a folder. */
const beside = ["meta.json", "pci-resources.txt", "mounts.txt", "thp.txt"];

const root = fileURLToPath(new URL("..", import.meta.url));
const recordings = process.argv[2];
if (recordings === undefined || !existsSync(recordings)) {
  console.error("usage: node scripts/make-traces.mjs FOLDER-OF-RECORDINGS");
  process.exit(2);
}

for (const [name, [folder, ...files]] of Object.entries(shipped)) {
  const from = join(recordings, folder ?? "");
  const chosen =
    files.length === 0 ? [from] : [...files, ...beside].map((file) => join(from, file));
  const there = chosen.filter((path) => existsSync(path));
  const output = join(root, "traces", `${name}.mmtrace`);
  execFileSync(join(root, "scripts/mmreplay"), ["import", ...there, "-o", output], {
    stdio: "inherit",
  });
}
