/** How a paragraph is broken into lines, and a table into tables that fit. */

import { splitTable, type Table, textTable } from "./table.ts";

export interface Wrapping {
  readonly width: number;
  readonly indent?: string;
  /** Indent of every line but the first; default the same. */
  readonly hanging?: string;
  /** Stands at the end of every line but the last. */
  readonly end?: string;
}

/** Break at spaces; a word that is longer than a line stays whole. */
export function wrap(paragraph: string, wrapping: Wrapping): string[] {
  const { width, indent = "", hanging = indent, end = "" } = wrapping;
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    const before = lines.length === 0 ? indent : hanging;
    if (line !== "" && before.length + longer.length + end.length > width) {
      lines.push(`${before}${line}${end}`);
      line = word;
    } else line = longer;
  }
  return [...lines, `${lines.length === 0 ? indent : hanging}${line}`];
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
