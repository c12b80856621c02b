/** What logs, pagers and web pages have put around every line of a text, and what the recorder wrote inside of it. */

import { Buffer } from "node:buffer";

type Chunks = AsyncIterable<Uint8Array>;

/** How lines are wrapped. */
export interface Wrapping {
  /** What lines are taken out of. */
  readonly what: string;
  /** The line that the recorder wrote, in Latin-1; a line that is not wrapped like this stays. */
  readonly unwrap: (line: string) => string;
}

const stamp = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?`;

/** What stands before every line, by who put it there. */
const prefixes: readonly (readonly [string, RegExp])[] = [
  ["the journal", /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \S+ [^\s:]+: /],
  ["the journal", new RegExp(`^${stamp} \\S+ [^\\s:]+\\[\\d+\\]: `)],
  ["a container's log", new RegExp(`^${stamp} std(?:out|err) [FP] `)],
  ["dates", new RegExp(`^(?:${stamp}|\\[${stamp}\\]) `)],
  ["the names of containers", /^[\w.-]+ +\| |^\[pod\/\S+\] /],
  [
    "logcat",
    /^(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d+ +(?:\d+ +\d+ [VDIWEF] [^:]*|[VDIWEF]\/[^(]*\( *\d+\)): /,
  ],
  ["logcat", /^[VDIWEF]\/[^(]*\( *\d+\): /],
  ["the kernel's log", /^(?:<\d+>)?\[ *\d+\.\d{6}\](?:\[ *[TC]\d+\])? /],
  // Dates begin like these.
  ["line numbers", /^ *\d+\t|^\d+[:-]|^ *\d+(?: -|[.)]) /],
  ["quotes of a mail", /^(?:[>|] ?)+/],
  ["a patch", /^\+/],
];

/** `out.4711:17:brk(NULL) = ...`, as grep prints lines of files; what comes after a number may be a time of day. */
const fileName = /^[^\s:()"]+?(?:\.(\d{1,7}))?:(?:\d+:(?!\d\d:\d\d(?!:)))?/;

/** Files of `strace -ff` end with the number of the task. */
const ofGrep = (line: string): string =>
  line.replace(fileName, (_, tid: string | undefined) => (tid === undefined ? "" : `${tid} `));

/** Lines that are looked at; of three of them two have to be wrapped. */
const looked = 200;

const without = (before: RegExp) => (line: string) => line.replace(before, "");

/** `{"log":"brk(NULL) = 0x1000\n","stream":"stderr",...}`, as Docker keeps them. */
function ofJson(line: string): string {
  if (!line.startsWith('{"log":"')) return line;
  try {
    const { log }: { log: unknown } = JSON.parse(Buffer.from(line, "latin1").toString("utf8"));
    return Buffer.from(String(log).replace(/\r?\n$/, "")).toString("latin1");
  } catch {
    return line;
  }
}

const entities: ReadonlyMap<string, string> = new Map([
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&quot;", '"'],
  ["&#34;", '"'],
  ["&#39;", "'"],
  ["&amp;", "&"],
]);

const ofHtml = (line: string): string =>
  line.replace(/&(?:lt|gt|quot|amp|#34|#39);/g, (entity) => entities.get(entity) ?? entity);

/** Marks of strace or ftrace that nobody escapes but for a web page, or a string without a quote before it. */
const isHtml = (text: string): boolean =>
  /&lt;(?:unfinished \.\.\.|\.\.\. \w+ resumed)&gt;|^[^"\n]*\w\((?:\w+, )?&quot;|: sys_\w+ -&gt; 0x[0-9a-f]+\s*$/m.test(
    text,
  );

/** So many tasks do not follow one another, each with one line. */
const manyTasks = 12;

/** `  17 brk(NULL) = ...`, as editors show lines; numbers of tasks may grow by one for a few lines. */
function isNumbered(lines: readonly string[]): boolean {
  const [, blanks, number, inner = ""] = /^( *)(\d+) +(.*)/.exec(lines[0] ?? "") ?? [];
  const first = Number(number);
  const mayBeTasks = first > 1 && blanks === "" && !/^(?:\[pid +)?\d+\]? /.test(inner);
  return (
    lines.length >= (mayBeTasks ? manyTasks : 4) &&
    lines.every((line, index) => Number(/^ *(\d+)(?: |$)/.exec(line)?.[1]) === first + index)
  );
}

const isMostly = (lines: readonly string[], before: RegExp): boolean =>
  lines.filter((line) => before.test(line)).length * 3 >= lines.length * 2;

/** The first lines, without blank ones and without one that is cut. */
function linesOf(text: string): readonly string[] {
  const end = text.lastIndexOf("\n") + 1 || text.length;
  const lines = text.slice(0, end).split(/\r?\n/);
  return lines.filter((line) => line.trim() !== "").slice(0, looked);
}

/**
 * How a text is wrapped that begins like this (64 KiB, or all there is); undefined if it is not. `claimed` if it looks
 * like a recording as it is: then only what a recorder never prints counts.
 */
export function wrappingOf(head: Uint8Array, claimed: boolean): Wrapping | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString("latin1");
  if (isHtml(text)) return { what: "the entities of a web page", unwrap: ofHtml };
  const lines = linesOf(text);
  if (lines.length === 0) return undefined;
  if (isNumbered(text.split(/\r?\n/, looked).slice(0, -1)))
    return { what: "line numbers", unwrap: without(/^ *\d+(?: -)?(?: |$)/) };
  if (claimed) return undefined;
  if (isMostly(lines, /^\{"log":"/))
    return { what: "the JSON of a container's log", unwrap: ofJson };
  const found = prefixes.find(([, before]) => isMostly(lines, before));
  if (found !== undefined) return { what: found[0], unwrap: without(found[1]) };
  return isMostly(lines, fileName) ? { what: "the list of grep", unwrap: ofGrep } : undefined;
}

const lf = 10;
/** Bytes without a line end that are passed on as they are. */
const longest = 1024 * 1024;

/** The text without what is around its lines. */
export async function* unwrapped(chunks: Chunks, { unwrap }: Wrapping): AsyncGenerator<Uint8Array> {
  const plain = (bytes: Buffer): Buffer =>
    Buffer.from(bytes.toString("latin1").split("\n").map(unwrap).join("\n"), "latin1");
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(lf) + 1;
    if (end > 0) yield plain(bytes.subarray(0, end));
    rest = bytes.subarray(end);
    if (rest.length > longest) {
      yield rest;
      rest = Buffer.alloc(0);
    }
  }
  if (rest.length > 0) yield plain(rest);
}
