/** Whether a text is from strace, by its first lines. */

import { afterIndent, indentOf, isQuoted } from "./margin.ts";
import { beginsCall, resumedName } from "./names.ts";
import { Prefix } from "./prefix.ts";

const enough = 40;
const lf = 10;
const cr = 13;
const escapeByte = 27;

/** ` = ` after the arguments, or a mark that they go on elsewhere. */
const ending = /\)\s+= |\.\.\.>$|Process \d+ \w+$/;

/** Lines of ftrace, truss, dtruss, ltrace and QEMU, which print calls much like strace. */
const imitation = new RegExp(
  [
    /^# tracer: |^SYSCALL\(args\)|^(?:\[pid \d+\] )?(?:__libc_start_main|[\w.]+->\w+|SYS_\w+)\(/,
    /\tE(?:RR|rr)#\d+|\) +ERR#\d+ '|\s= -?\d+ \(0x[0-9a-f]+\)$|\) {2}argc = \d+$/,
    /\) = -1 errno=\d+ |^(?:\d+ )?(?:mmap2?|munmap|mprotect)\([^, ]+,[^ ]+\) = /,
  ]
    .map(({ source }) => source)
    .join("|"),
);

/** True if this line is a call, a part of one, or the end of a task, as strace prints them. */
function isStrace(line: Buffer): boolean {
  const prefix = new Prefix();
  const { length } = line;
  prefix.read(line, 0, length);
  const { body } = prefix;
  const text = line.toString("latin1", body);
  if (text.startsWith("<...")) return resumedName(line, body, length) !== undefined;
  if (/^(?:\+\+\+ .* \+\+\+|--- .* ---)/.test(text)) return true;
  if (/^(?:\S*strace\S*: )?(?:Process \d+ attached|\[ Process PID=)/.test(text)) return true;
  return beginsCall(line, body, length) && ending.test(text);
}

function linesOf(head: Uint8Array): Buffer[] {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const end = bytes.includes(lf) ? lf : cr;
  const lines: Buffer[] = [];
  let start = 0;
  while (start < bytes.length && lines.length < 4 * enough) {
    const stop = bytes.indexOf(end, start);
    const stopAt = stop < 0 ? bytes.length : stop;
    const line = bytes.subarray(start, bytes[stopAt - 1] === cr ? stopAt - 1 : stopAt);
    if (line.toString("latin1").trim() !== "") lines.push(line);
    start = stopAt + 1;
  }
  return lines;
}

/** At least one call, and foreign lines in the minority. */
export function looksLikeStrace(head: Uint8Array): boolean {
  let known = 0;
  let seen = 0;
  const lines = linesOf(head);
  const indent = lines[0] === undefined ? 0 : indentOf(lines[0], 0, lines[0].length);
  for (const line of lines) {
    const mark = isQuoted(line, 0) ? 2 : afterIndent(line, 0, line.length, indent);
    const unquoted = line.subarray(mark);
    const plain = unquoted.includes(escapeByte) ? stripped(unquoted) : unquoted;
    if (imitation.test(plain.toString("latin1"))) return false;
    seen += 1;
    if (isStrace(plain)) known += 1;
    else if (isNeutral(plain)) seen -= 1;
    if (seen >= enough) break;
  }
  return known > 0 && known * 3 > seen;
}

const stripped = (line: Buffer): Buffer =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escapes
  Buffer.from(line.toString("latin1").replace(/\x1b\[[0-9;]*[A-Za-z]/g, ""), "latin1");

/** A stack frame, bytes that were read or written, the rest of a line that a notice has split, or a line of the table of -C. */
const isNeutral = (line: Buffer): boolean =>
  /^ [>|] |^(?:,| =>| <| *\))|^% time |^-{6} |^ *\d+\.\d{2} +\d+\.\d{6} /.test(
    line.toString("latin1"),
  );
