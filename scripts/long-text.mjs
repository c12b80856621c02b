// @ts-check
/** How does a long recording behave? node scripts/long-text.mjs TEXT MEGABYTES > LONG.txt repeats one of any recorder, later and with fresh process ids. */

import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

const made = "(?:clone|clone3|fork|vfork)";
const sched = [/\b(?:child_|old_|)pid=(\d+)/];

/**
 * Where a line has ids of tasks, hexadecimal ones behind 0x, and its time; `second` is what a second counts there.
 *
 * @typedef {{ ids: readonly RegExp[]; time: RegExp; second: number }} Recorder
 * @type {readonly Recorder[]}
 */
const recorders = [
  {
    time: /^ *(?:(\d+)\.\d+|\?) \(/,
    second: 1000,
    ids: [
      /^ *[\d.]+ \( *(?:[\d.]+ ms)? *\): (?:[^/]{1,16}\/)?(\d+) /,
      RegExp(String.raw`\b${made}\(.* = (\d+)`),
      ...sched,
    ],
  },
  {
    time: /^(\d+) \d+ \d+ \w/,
    second: 1e9,
    ids: [/^\d+ (\d+) (\d+) /, /^\d+ \d+ \d+ (?:newtask|exec) (\d+)/],
  },
  {
    time: /^\s*.{1,16}?-\d+\s+(?:\([\s\d-]+\)\s+)?\[\d+\]\D* (\d+)\.\d+: /,
    second: 1,
    ids: [
      /^\s*.{1,16}?-(\d+)\s+(?:\(\s*(\d+)\)\s+)?\[/,
      ...sched,
      RegExp(`sys_${made} -> (0x[0-9a-f]+)`),
    ],
  },
  {
    time: /^\s*.{0,16}?\s*[\d/]+\s+(?:\[\d{3,}\]\s+)?(\d+)\.\d+: /,
    second: 1,
    ids: [
      /^\s*.{0,16}?\s+(\d+)(?:\/(\d+))?\s+(?:\[\d{3,}\]\s+)?\d+\.\d+: /,
      /PERF_RECORD_\w+\((\d+):(\d+)\):\((\d+):(\d+)\)/,
      /PERF_RECORD_MMAP2? (\d+)\/(\d+): /,
      /PERF_RECORD_COMM.*:(\d+)\/(\d+)$/,
      ...sched,
      RegExp(`sys_exit_${made}: (0x[0-9a-f]+)`),
    ],
  },
  {
    time: /^\d+(?:<.*?>)?\s+(\d{9,}(?=\.)|\d\d:\d\d:\d\d)[.\d]* /,
    second: 1,
    ids: [
      /^(\d+)[<\s]/,
      RegExp(String.raw`^\d+(?:<.*?>)?\s+[\d.:]+ (?:<\.\.\. )?${made}\b.* = (\d+)`),
    ],
  },
];

/** PID_MAX_LIMIT, include/linux/threads.h. */
const ids = 2 ** 22;

const day = 86_400;

/** What a time counts; of a clock, the seconds of its day. @param {string} text */
const countOf = (text) => text.split(":").reduce((count, part) => 60 * count + Number(part), 0);

/** A time as it stands in a text of this style: a clock begins anew at midnight. @param {number} count @param {string} style */
function timeText(count, style) {
  if (!style.includes(":")) return `${count}`;
  const seconds = count % day;
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((part) => `${Math.floor(part)}`.padStart(2, "0"))
    .join(":");
}

/** @typedef {{ start: number; end: number; text: string }} Spot */

/** @param {string} line @param {readonly RegExp[]} patterns @returns {readonly Spot[]} */
function spotsOf(line, patterns) {
  /** @type {Map<number, Spot>} */
  const found = new Map();
  for (const { source } of patterns) {
    for (const { indices = [] } of line.matchAll(RegExp(source, "dg"))) {
      for (const [start, end] of indices.slice(1).filter((range) => range !== undefined))
        found.set(start, { start, end, text: line.slice(start, end) });
    }
  }
  return [...found.values()];
}

const [path = "", megabytes = "500"] = process.argv.slice(2);
/** @type {string[]} */
const texts = [];
for await (const text of createInterface({ input: createReadStream(path) })) texts.push(text);
/** @param {Recorder} recorder */
const known = ({ time }) => texts.slice(0, 1000).filter((text) => time.test(text)).length;
const recorder = recorders.reduce((best, one) => (known(one) > known(best) ? one : best));

let [lowest, highest, first, last] = [ids, 0, Number.POSITIVE_INFINITY, 0];
/** What perf knows before the recording begins. */
const isEarlier = (/** @type {string} */ text) => / 0\.0+: PERF_RECORD_/.test(text);
const lines = texts
  .filter((text) => recorder.time.test(text) && !isEarlier(text))
  .map((text) => {
    const moments = spotsOf(text, [recorder.time]).map((spot) => ({ ...spot, isTime: true }));
    const tasks = spotsOf(text, recorder.ids)
      .filter((spot) => Number(spot.text) > 0)
      .map((spot) => ({ ...spot, isTime: false }));
    for (const { text: id } of tasks) {
      lowest = Math.min(lowest, Number(id));
      highest = Math.max(highest, Number(id));
    }
    for (const { text: time } of moments) {
      first = Math.min(first, countOf(time));
      last = Math.max(last, countOf(time));
    }
    return { text, spots: [...moments, ...tasks].sort((a, b) => a.start - b.start) };
  });

if (lines.length === 0) {
  process.stderr.write(`${path}: no line has ids and times of a recorder that this knows\n`);
  process.exit(1);
}

const wanted = Number(megabytes) * 1e6;
const span = Math.ceil((last - first + 1) / recorder.second) * recorder.second;
for (let [time, written] = [0, 0]; written < wanted; time++) {
  /** @param {Spot & { isTime: boolean }} spot */
  const later = ({ text, isTime }) => {
    if (isTime) return timeText(countOf(text) + time * span, text);
    const id = ((Number(text) + time * (highest - lowest + 1) - 1) % ids) + 1;
    return text.startsWith("0x") ? `0x${id.toString(16)}` : `${id}`;
  };
  const copy = lines.map(({ text, spots }) => {
    let [line, from] = ["", 0];
    for (const spot of spots) {
      line += text.slice(from, spot.start) + later(spot);
      from = spot.end;
    }
    return `${line}${text.slice(from)}\n`;
  });
  const block = copy.join("");
  written += block.length;
  if (!process.stdout.write(block)) await once(process.stdout, "drain");
}
