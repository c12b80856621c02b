/** What a bad input is: its bytes, and whether it is refused (E), counted (W) or accepted (I); and ways to write one. */

type Content = string | Uint8Array;
export type Files = Readonly<Record<string, Content>>;

export const map =
  "10 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000";
export const before: readonly string[] = [
  '10 execve("/bin/a", ["a"], 0x7ffe /* 9 vars */) = 0',
  map,
];
export const after = "10 munmap(0x7f0000001000, 4096) = 0";

/** Lines inside a log that is good otherwise. */
export const log = (...lines: readonly string[]): string =>
  `${[...before, ...lines, after].join("\n")}\n`;
export const anon = (
  result: string,
  length = "4096",
  addr = "NULL",
  flags = "MAP_PRIVATE",
): string => `10 mmap(${addr}, ${length}, PROT_READ, ${flags}|MAP_ANONYMOUS, -1, 0) = ${result}`;

export const maps = (...lines: readonly string[]): string => `${lines.join("\n")}\n`;
export const area = (range: string): string => `${range} rw-p 00000000 00:00 0 `;
export const perfLine = (time: string, event: string): string =>
  `   a    10 [000]  ${time}: ${event}`;
export const perfEnter: string = perfLine(
  "1.000001",
  "syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x00001000, prot: 0x00000001, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000",
);
export const perfExit: string = perfLine("1.000002", "syscalls:sys_exit_mmap: 0x7f0000001000");
export const perfPair: readonly string[] = [perfEnter, perfExit];
export const text = (...lines: readonly string[]): string => `${lines.join("\n")}\n`;
export const repeat = (line: string, times: number): string[] =>
  Array.from({ length: times }, () => line);

type Verdict = "E" | "W" | "I";

/** The number and the words of the list of bad inputs. */
export interface Case {
  readonly is: string;
  readonly verdict: Verdict;
  readonly files: Files;
  /** The error, or one of the warnings; any where left out. */
  readonly code?: string;
  /** Calls beside those of the log around the case, as they must be read; not looked at where left out. */
  readonly calls?: readonly string[];
}

export const one = (
  is: string,
  verdict: Verdict,
  content: Content,
  code?: string,
  calls?: readonly string[],
): Case => ({
  is,
  verdict,
  files: { "a.strace": content },
  ...(code === undefined ? {} : { code }),
  ...(calls === undefined ? {} : { calls }),
});

export const several = (is: string, verdict: Verdict, files: Files, code?: string): Case => ({
  ...one(is, verdict, "", code),
  files,
});

export const latin = (content: string): Buffer => Buffer.from(content, "latin1");
export const unfinished: string =
  "10 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <unfinished ...>";
export const times = (stamps: readonly string[]): string =>
  text(...[...before, after].map((line, at) => line.replace("10 ", `10 ${stamps[at]} `)));
