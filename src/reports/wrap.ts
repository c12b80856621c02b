/** How a paragraph is broken into lines, and a table into tables that fit. */

import { splitTable, type Table, textTable } from "./table.ts";

export interface Wrapping {
  readonly width: number;
  readonly indent?: string;
  /** Indent of every line but the first; default the same. */
  readonly hanging?: string;
  /** Stands at the end of every line but the last. */
  readonly end?: string;
  /** Break a word that is longer than a line too; else it stays whole, as one that is to be pasted must. */
  readonly anywhere?: true;
}

/** Break at spaces. */
export function wrap(paragraph: string, wrapping: Wrapping): string[] {
  const { width, indent = "", hanging = indent, end = "", anywhere = false } = wrapping;
  const lines: string[] = [];
  let line = "";
  const before = (): string => (lines.length === 0 ? indent : hanging);
  const room = (): number => width - before().length - end.length;
  const put = (text: string, rest: string): void => {
    lines.push(`${before()}${text}${end}`);
    line = rest;
  };
  for (const word of paragraph.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    const breaks = anywhere && word.length > width - hanging.length - end.length;
    if (line !== "" && longer.length > room() && !breaks) put(line, word);
    else line = longer;
    while (breaks && line.length > room()) put(line.slice(0, room()).trimEnd(), line.slice(room()));
  }
  return [...lines, `${before()}${line}`];
}

const longestWord = 40;
const mostLines = 4;

/** A recorded command line, cut where it is only long: long words, and what follows the fourth line. */
export function wrapCommand(command: string, wrapping: Wrapping): string[] {
  const words = command
    .split(/\s+/)
    .map((word) => (word.length > longestWord ? `${word.slice(0, longestWord - 3)}...` : word));
  const lines = wrap(words.join(" "), wrapping);
  return lines.length <= mostLines
    ? lines
    : [...lines.slice(0, mostLines - 1), `${wrapping.indent ?? ""}...`];
}

/** A table as lines, or several where the columns do not fit beside each other; an empty line after each. */
export function fitted(table: Table | undefined, fixed: number, width: number): string[] {
  if (table === undefined) return [];
  return splitTable(table, fixed, width).flatMap((part) => [...textTable(part), ""]);
}
