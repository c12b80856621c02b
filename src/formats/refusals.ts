/** What a text is that no format reads, and what to do instead. */

import { MmreplayError } from "../errors.ts";
import { straceCommand } from "./strace/command.ts";

interface Refusal {
  readonly code: string;
  readonly what: string;
  readonly pattern: RegExp;
  readonly hint: string;
}

const again = `record with: ${straceCommand}`;

/** In this order; each pattern sees the first 64 KiB. */
const refusals: readonly Refusal[] = [
  {
    code: "parse/summary-only",
    what: "the table of strace -c",
    pattern: /^% time\s+seconds\s+usecs\/call/m,
    hint: `${again} (without -c)`,
  },
  {
    code: "parse/quoted-printable",
    what: "a quoted-printable mail",
    pattern: /\)\s*=3D /,
    hint: "decode it first: python3 -m quopri -d FILE",
  },
  {
    code: "parse/perf-trace",
    what: "the output of perf trace, which leaves out zero arguments and huge page sizes",
    pattern: /^ *(?:[\d.]+|\?) \( *[\d.]*(?: ms)? *\): /m,
    hint: `use perf record and perf script, or ${again}`,
  },
  {
    code: "parse/perf-summary",
    what: "the table of perf trace -s",
    pattern: /^ ?Summary of events:/m,
    hint: again,
  },
  {
    code: "parse/bpftrace",
    what: "the output of a bpftrace script of its own kind",
    pattern: /^Attaching \d+ probes?\.\.\.|^\{"type": "(?:attached_probes|printf)"/m,
    hint: "record with the script that comes with mmreplay: bpftrace scripts/mmreplay.bt -c CMD",
  },
  {
    code: "parse/ltrace",
    what: "the output of ltrace, which shows library calls",
    pattern: /^(?:\[pid \d+\] )?__libc_start_main\(|^(?:\[pid \d+\] )?\w+->\w+\(/m,
    hint: again,
  },
  {
    code: "parse/ktrace",
    what: "the output of kdump (ktrace)",
    pattern: /^ *\d+ +\S+ +(?:CALL|RET|NAMI) {2}/m,
    hint: `only Linux can be replayed; there, ${again}`,
  },
  {
    code: "parse/dtruss",
    what: "the output of dtruss",
    pattern: /^(?:\s*PID\/THRD|SYSCALL\(args\))/m,
    hint: `only Linux can be replayed; there, ${again}`,
  },
  {
    code: "parse/truss",
    what: "the output of truss",
    pattern: /^(?:[\d.]+\s+|\d+[:/]\s*)?\w+\(.*\)\s+(?:= \d+ \(0x[0-9a-f]+\)|ERR#\d+)/m,
    hint: `only Linux can be replayed; there, ${again}`,
  },
  {
    code: "parse/valgrind",
    what: "a log of valgrind",
    pattern: /^==\d+== /m,
    hint: again,
  },
  {
    code: "parse/pmap",
    what: "the output of pmap",
    pattern: /^\d+: {2,}.*\n(?:Address\s+Kbytes|\s+Address Perm|[0-9a-f]{8,}\s+\d+K )/m,
    hint: "give /proc/PID/maps instead",
  },
  {
    code: "parse/html",
    what: "a web page",
    pattern: /^\s*<(?:!doctype|html|\?xml)/i,
    hint: "give the text that the recorder wrote",
  },
  {
    code: "parse/manual",
    what: "a manual page",
    pattern: /^(?:[A-Z]+\(\d\)\s.*\s[A-Z]+\(\d\)|NAME$[\s\S]*^SYNOPSIS$)/m,
    hint: again,
  },
];

/** Where the first thing stands that the pattern, or any word, matches; 1-based. */
function placeOf(
  text: string,
  pattern: RegExp,
): { readonly line: number; readonly column: number } {
  const match = pattern.exec(text);
  const start = (match?.index ?? 0) + (/^\s*/.exec(match?.[0] ?? "")?.[0].length ?? 0);
  const before = text.slice(0, start).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** The error for a text that is of no format. */
export function refusal(head: Uint8Array, name: string): MmreplayError {
  const at = { file: name };
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString("latin1");
  if (text.length === 0) {
    return new MmreplayError("parse/empty", "the file is empty", { at, hint: again });
  }
  if (text.trim() === "") {
    return new MmreplayError("parse/empty", "there is nothing but blank lines", {
      at,
      hint: again,
    });
  }
  const found = refusals.find(({ pattern }) => pattern.test(text));
  if (found !== undefined) {
    const { code, what, hint, pattern } = found;
    return new MmreplayError(code, `this is ${what}, which is no recording to replay`, {
      at: { ...at, ...placeOf(text, pattern) },
      hint,
    });
  }
  const message = "this is no recording of strace or perf script, nor a maps file";
  return new MmreplayError("parse/unknown-format", message, {
    at: { ...at, ...placeOf(text, /\S/) },
    hint: again,
  });
}
