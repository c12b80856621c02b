/** Which bytes at the start of a file say that it is no plain text, and what to do about it. */

import { MmreplayError } from "../../errors.ts";
import { begins, packings } from "./packings.ts";

interface Refused {
  readonly magic: readonly number[];
  readonly code: string;
  readonly what: string;
  readonly hint: (name: string) => string;
}

const unpack =
  (tool: string) =>
  (name: string): string =>
    `unpack it: ${tool} -dc ${name} | mmreplay import -`;

const toUtf8 = (name: string): string =>
  `convert it: iconv -f UTF-16 -t UTF-8 ${name} | mmreplay import -`;

const refused: readonly Refused[] = [
  ...packings.map(({ id, magic }) => ({
    magic,
    code: "parse/compressed",
    what: `${id} data`,
    hint: unpack(id),
  })),
  {
    magic: [...Buffer.from("PERFILE2")],
    code: "parse/perf-data",
    what: "a binary perf.data file",
    hint: (name) =>
      `print it as text: perf script --ns -F comm,pid,tid,cpu,time,event,trace --show-task-events --show-mmap-events --show-lost-events -i ${name} > perf.txt`,
  },
  {
    magic: [0x17, 0x08, 0x44, ...Buffer.from("tracing")],
    code: "parse/trace-dat",
    what: "a binary trace.dat file",
    hint: (name) => `print it as text: trace-cmd report -i ${name} > trace.txt`,
  },
  { magic: [0xff, 0xfe], code: "parse/encoding", what: "UTF-16 text", hint: toUtf8 },
  { magic: [0xfe, 0xff], code: "parse/encoding", what: "UTF-16 text", hint: toUtf8 },
  {
    magic: [0x7f, 0x45, 0x4c, 0x46],
    code: "parse/binary",
    what: "a program",
    hint: (name) => `record it: mmreplay record -- ${name}`,
  },
];

const utf8Mark = [0xef, 0xbb, 0xbf];

/** Every second byte is NUL. */
function isWide(head: Uint8Array): boolean {
  if (head.length < 8) return false;
  const nul = [0, 2, 4, 6].map((index) => [head[index] === 0, head[index + 1] === 0] as const);
  return nul.every(([even, odd]) => even && !odd) || nul.every(([even, odd]) => !even && odd);
}

/** Throws for bytes that are no plain text; otherwise returns where the text begins, after a UTF-8 mark. */
export function refuseEncoding(head: Uint8Array, name: string): number {
  const wide: Refused | undefined = isWide(head)
    ? { magic: [], code: "parse/encoding", what: "UTF-16 text", hint: toUtf8 }
    : undefined;
  const found = refused.find(({ magic }) => begins(head, magic)) ?? wide;
  if (found !== undefined) {
    throw new MmreplayError(found.code, `this is ${found.what}, not plain text`, {
      at: { file: name },
      hint: found.hint(name),
    });
  }
  return begins(head, utf8Mark) ? utf8Mark.length : 0;
}
