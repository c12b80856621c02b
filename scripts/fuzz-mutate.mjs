// @ts-check
/** How one recording becomes another: bytes, numbers, words and lines change places, vanish, or come twice. */

const words = [
  " <unfinished ...>",
  "<... mmap resumed>",
  "<... munmap resumed>) = 0",
  " = ?",
  " = -1 ENOMEM (Cannot allocate memory)",
  "+++ exited with 0 +++",
  "+++ superseded by execve in pid 7 +++",
  "strace: Process 7 attached\n",
  "[pid     7] ",
  "mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000",
  "mremap(0x7f0000001000, 4096, 8192, MREMAP_MAYMOVE|MREMAP_FIXED, NULL) = 0",
  'execve("/a", ["a"], 0x1 /* 1 var */) = 0',
  "clone(child_stack=NULL, flags=SIGCHLD) = 8",
  "clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 9",
  "syscalls:sys_enter_mmap: addr: 0x0, len: 0x1000, prot: 0x1, flags: 0x22, fd: 0xffffffff, off: 0x0",
  "syscalls:sys_exit_mmap: 0xfffffffffffffff4",
  "PERF_RECORD_LOST lost 7",
  "PERF_RECORD_MMAP2 7/7: [0x1000(0x2000) @ 0 00:00 0 0]: r-xp /a",
  "CPU:1 [LOST 7 EVENTS]",
  "1000-2000 rw-p 00000000 00:00 0 [heap]\n",
  "KernelPageSize:        4 kB\n",
  "=== out.8\n",
  "</a b, c)\\76>",
  '"\\303\\251\\1"',
  "\r\n",
  "\u0000",
  "\u001b[1m",
];

const numbers = [
  "0",
  "-1",
  "1",
  "4095",
  "4097",
  "0x7fffffffffff",
  "0xffffffffffffffff",
  "0x1ffffffffffffffff",
  "18446744073709551615",
  "9007199254740993",
  "99999999999999999999999",
  "4294967295",
  "0x80000000",
];

const modulus = 2 ** 31 - 1;

/** A generator of numbers from a seed (Park and Miller 1988), so that a run can be repeated. */
export class Random {
  /** @param {number} seed */
  constructor(seed) {
    this.state = 1 + (seed % (modulus - 1));
  }

  /**
   * A whole number in [0, below).
   *
   * @param {number} below
   */
  below(below) {
    this.state = (this.state * 16_807) % modulus;
    return Math.floor((this.state / modulus) * below);
  }

  /**
   * @template T
   * @param {readonly T[]} list
   * @returns {T}
   */
  pick(list) {
    return /** @type {T} */ (list[this.below(list.length)]);
  }
}

/** @typedef {(text: string, random: Random, other: string) => string} Mutation */

/**
 * The text with the part between two places replaced.
 *
 * @param {string} text
 * @param {number} from
 * @param {number} to
 * @param {string} by
 */
const replace = (text, from, to, by) => text.slice(0, from) + by + text.slice(to);

/** @type {Mutation} */
function flip(text, random) {
  const at = random.below(text.length);
  return replace(text, at, at + 1, String.fromCharCode(random.below(256)));
}

/** @type {Mutation} */
function drop(text, random) {
  const at = random.below(text.length);
  return replace(text, at, at + 1 + random.below(random.pick([2, 20, 400])), "");
}

/** @type {Mutation} */
function insertWord(text, random) {
  const at = random.below(text.length);
  return replace(text, at, at, random.pick(words));
}

/** @type {Mutation} */
function changeNumber(text, random) {
  const found = [...text.matchAll(/0x[0-9a-f]+|\d+/g)];
  if (found.length === 0) return text;
  const { index, 0: digits } = random.pick(found);
  return replace(text, index, index + digits.length, random.pick(numbers));
}

/** @type {Mutation} */
function moveLine(text, random) {
  const lines = text.split("\n");
  const [line = ""] = lines.splice(random.below(lines.length), random.below(2));
  lines.splice(random.below(lines.length + 1), 0, line);
  return lines.join("\n");
}

/** @type {Mutation} */
function repeatLine(text, random) {
  const lines = text.split("\n");
  const at = random.below(lines.length);
  const times = random.pick([1, 1, 2, 50]);
  lines.splice(at, 0, ...Array.from({ length: times }, () => lines[at] ?? ""));
  return lines.join("\n");
}

/** @type {Mutation} */
function splice(text, random, other) {
  const mine = text.split("\n");
  const others = other.split("\n");
  const from = random.below(others.length);
  mine.splice(random.below(mine.length), 0, ...others.slice(from, from + 1 + random.below(8)));
  return mine.join("\n");
}

/** @type {Mutation} */
const cut = (text, random) => text.slice(0, random.below(text.length));

/** @type {readonly Mutation[]} */
const mutations = [
  flip,
  drop,
  insertWord,
  changeNumber,
  changeNumber,
  moveLine,
  repeatLine,
  splice,
  cut,
];

/** Longer inputs find nothing that shorter ones do not. */
const longest = 16_384;

/**
 * A few changes of a recording; `other` lends lines.
 *
 * @param {Uint8Array} bytes
 * @param {Uint8Array} other
 * @param {Random} random
 */
export function mutate(bytes, other, random) {
  let text = Buffer.from(bytes).toString("latin1");
  const lender = Buffer.from(other).toString("latin1");
  for (let count = 1 + random.below(5); count > 0; count--) {
    if (text === "") text = random.pick(words);
    text = random.pick(mutations)(text, random, lender);
  }
  return Buffer.from(text.slice(0, longest), "latin1");
}
