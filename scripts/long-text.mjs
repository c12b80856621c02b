// @ts-check
/** How does a long recording behave? node scripts/long-text.mjs STRACE.txt MEGABYTES > LONG.txt repeats one with fresh process ids. */

import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

const [path = "", megabytes = "500"] = process.argv.slice(2);
const line = /^(\d+)(\s+)(\d+)(\.\d+ .*)$/;
const cloned = /^(\s*(?:<\.\.\. )?(?:clone|clone3|fork|vfork)\b.* = )(\d+)(.*)$/;

const wanted = Number(megabytes) * 2 ** 20;
let [written, lowest, highest] = [0, Number.POSITIVE_INFINITY, 0];
let [first, last] = [Number.POSITIVE_INFINITY, 0];
/** @type {{ pid: number; space: string; second: number; rest: string }[]} */
const lines = [];
for await (const text of createInterface({ input: createReadStream(path) })) {
  const [, pid, space = "", second, rest = ""] = line.exec(text) ?? [];
  if (pid === undefined) continue;
  lines.push({ pid: Number(pid), space, second: Number(second), rest });
  lowest = Math.min(lowest, Number(pid));
  highest = Math.max(highest, Number(pid));
  first = Math.min(first, Number(second));
  last = Math.max(last, Number(second));
}
for (let time = 0; written < wanted; time++) {
  const shift = time * (highest - lowest + 1);
  const later = time * (last - first + 1);
  const copy = lines.map(({ pid, space, second, rest }) => {
    const [dot, call] = [rest.indexOf(" ") + 1, rest.slice(rest.indexOf(" ") + 1)];
    const child = call.includes("= ") ? cloned.exec(call) : null;
    const told =
      child === null
        ? rest
        : `${rest.slice(0, dot)}${child[1]}${Number(child[2]) + shift}${child[3]}`;
    return `${pid + shift}${space}${second + later}${told}\n`;
  });
  const text = copy.join("");
  written += text.length;
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}
