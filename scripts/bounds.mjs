// @ts-check
/** How much memory and time do the largest and strangest inputs take? node scripts/bounds.mjs [SCALE]: 1 is full size, 0.01 what the tests run. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  createWriteStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scale = Number(process.argv[2] ?? 1);
const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "mmreplay-bounds-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const mib = 1024 * 1024;
const map = "mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)";
const first = `10 ${map} = 0x7f0000001000\n`;

/**
 * A file of many lines.
 *
 * @param {string} name
 * @param {number} count
 * @param {(index: number) => string} line
 */
async function lines(name, count, line) {
  const stream = createWriteStream(join(folder, name));
  for (let at = 0; at < count; ) {
    let block = "";
    for (const end = Math.min(count, at + 10_000); at < end; at++) block += line(at);
    if (!stream.write(block)) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "finish");
}

/**
 * A file that is text and then zeros, which take no room on the disk.
 *
 * @param {string} name
 * @param {string} text
 * @param {number} size
 */
function zeros(name, text, size) {
  writeFileSync(join(folder, name), text);
  truncateSync(join(folder, name), size);
}

const tasks = Math.round(200_000 * scale);
const many = Math.round(5_000_000 * scale);
const address = (/** @type {number} */ at) =>
  `0x7f${((at % 1000) * 65_536).toString(16).padStart(10, "0")}`;

await lines("tasks.strace", tasks, (at) =>
  // Numbers that count lines would be taken for those of an editor.
  `${3 * at + 1001} ${map} <unfinished ...>\n`.replace(") <", " <"),
);
await lines(
  "tasks.perf",
  tasks,
  (at) =>
    ` a ${at + 1} [000] ${(at / 1e6).toFixed(6)}: syscalls:sys_enter_${at === 1 ? "munmap: addr: 0x1000, len: 0x1000" : "mmap: addr: 0x0, len: 0x1000, prot: 0x1, flags: 0x22, fd: 0xffffffff, off: 0x0"}\n${at === 1 ? ` a 2 [000] 1.000000: syscalls:sys_exit_munmap: 0x0\n` : ""}`,
);
/** Calls that begin, a task each; the first returns. */
const begun = {
  ftrace: (/** @type {number} */ at) =>
    `             a-${at + 1}   (  -----) [001] .....  ${(100 + at / 1e6).toFixed(6)}: sys_mmap(addr: 0, len: 0x1000, prot: 1, flags: 0x22, fd: 0xffffffff, off: 0)\n${at === 0 ? "             a-1   (  -----) [001] .....  100.000000: sys_mmap -> 0x7f0000001000\n" : ""}`,
  bpftrace: (/** @type {number} */ at) =>
    `${1e6 + at * 1000} ${at + 1} ${at + 1} mmap enter 0 4096 1 22 -1 0\n${at === 0 ? "1000001 1 1 mmap exit 7f0000001000\n" : ""}`,
  "perf-trace": (/** @type {number} */ at) =>
    at === 0
      ? "     0.000 ( 0.014 ms): a/1 mmap(len: 4096, prot: READ, flags: PRIVATE|ANONYMOUS) = 0x7f0000001000\n"
      : `     ${(at / 1000).toFixed(3)} (         ): a/${at + 1} mmap(len: 4096, prot: READ, flags: PRIVATE|ANONYMOUS)           ...\n`,
};
for (const [format, line] of Object.entries(begun)) await lines(`tasks.${format}`, tasks, line);
await lines("lines.strace", many, (at) => {
  const time = (1_795_351_507 + at / 1e5).toFixed(6);
  return at % 2 === 0
    ? `10 ${time} mmap(NULL, 65536, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = ${address(at)} <0.000001>\n`
    : `10 ${time} munmap(${address(at - 1)}, 65536) = 0 <0.000001>\n`;
});
writeFileSync(
  join(folder, "line.strace"),
  `${first}10 write(1, "${"x".repeat(10 * mib + 5)}", 1) = 1\n10 munmap(0x7f0000001000, 4096) = 0\n`,
);
writeFileSync(join(folder, "unbroken.strace"), first + "x".repeat(10 * mib + 5));
writeFileSync(join(folder, "unbroken.txt"), "x".repeat(10 * mib));
/** @type {Readonly<Record<string, string>>} What a file of each text format may begin with. */
const heads = {
  perf: " a 1 [000] 1.000000: syscalls:sys_enter_munmap: addr: 0x1000, len: 0x1000\n",
  ftrace: `# tracer: nop\n#\n${begun.ftrace(0)}`,
  bpftrace: `Attaching 20 probes...\n${begun.bpftrace(0)}`,
  "perf-trace": begun["perf-trace"](0),
  maps: "7f0000001000-7f0000002000 rw-p 00000000 00:00 0 \n",
};
for (const [format, head] of Object.entries(heads))
  zeros(`zeros.${format}`, head, Math.round(1024 * scale) * mib + head.length);
zeros("zeros.bin", "", Math.round(1024 * scale) * mib);
zeros("zeros.strace", first, Math.round(1024 * scale) * mib + first.length);

/**
 * Run `mmreplay events` and look at its memory meanwhile.
 *
 * @param {string} name
 */
async function measure(name) {
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    [join(root, "dist/cli/main.js"), "events", join(folder, name), "-o", "/dev/null"],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  let peak = 0;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      peak = Math.max(peak, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended.
    }
  }, 20);
  await once(child, "close");
  clearInterval(look);
  const seconds = (performance.now() - begun) / 1000;
  const told = /error\[[^\]]+\]|calls: seen.*|line.*: lines read.*/.exec(said)?.[0] ?? "";
  return { name, code: child.exitCode, seconds, peak: Math.round(peak / 1024), told };
}

for (const name of [
  "tasks.strace",
  "tasks.perf",
  ...Object.keys(begun).map((format) => `tasks.${format}`),
  "lines.strace",
  "line.strace",
  "unbroken.strace",
  "unbroken.txt",
  "zeros.bin",
  "zeros.strace",
  ...Object.keys(heads).map((format) => `zeros.${format}`),
]) {
  const { code, seconds, peak, told } = await measure(name);
  process.stdout.write(
    `${name.padEnd(16)} exit ${code}  ${seconds.toFixed(1).padStart(6)} s  ${String(peak).padStart(5)} MiB  ${told}\n`,
  );
}
