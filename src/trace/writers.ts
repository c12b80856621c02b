/** How an event of one shape is taken apart into columns: by a function compiled from the fields. */

import type { U64 } from "../units.ts";
import { columnId } from "./block.ts";
import type { OpenFile } from "./file.ts";
import type { Field, Shape } from "./shapes.ts";

/** A column that grows. */
export interface Growing {
  push(value: U64): void;
}

/** A column of times; `from` is the time that it will be stored less, where there is one. */
export interface GrowingTimes {
  pushTime(time: number, from: number | undefined): void;
}

/** What a compiled writer writes to. */
export interface Target {
  readonly column: (id: number) => Growing;
  readonly times: (id: number) => GrowingTimes;
  readonly string: (text: string) => number;
  readonly file: (file: OpenFile) => number;
}

/** Puts the values of an event into their columns; returns the bits of what is there. */
export type Writer = (event: object) => number;

function storing({ name, kind, from }: Field, column: string): string {
  switch (kind) {
    case "string":
      return `${column}.push(stringOf(${name}));`;
    case "file":
      return `${column}.push(fileOf(${name}));`;
    case "time":
      return `${column}.pushTime(${name}, ${from === undefined ? "undefined" : `event.${from} ?? 0`});`;
    default:
      return `${column}.push(${from === undefined ? name : `event.${from} - ${name}`});`;
  }
}

/** Compiled, as makers are. Columns are looked up when their first value comes. */
export function writerOf(shape: Shape, target: Target): Writer {
  const lines: string[] = [];
  const columns: string[] = [];
  let bit = 1;
  const say = (): string => {
    const text = `bits += ${bit};`;
    bit *= 2;
    return text;
  };
  for (const [index, field] of shape.fields.entries()) {
    const { name, kind, may, same } = field;
    if (kind === "bool" || kind === "true") {
      lines.push(`if (event.${name} === true) ${say()}`);
      continue;
    }
    const find = kind === "time" ? "timesOf" : "columnOf";
    columns.push(`let column${index};`);
    const id = columnId(shape.code, field);
    const store = storing(field, `(column${index} ??= ${find}(${id}))`);
    const said = may === undefined ? "" : say();
    const put =
      same === undefined ? store : `if (${name} === event.${same}) { ${say()} } else { ${store} }`;
    lines.push(`const ${name} = event.${name};`);
    lines.push(
      may === undefined ? put : `if (${name} !== undefined && ${name} !== null) { ${said} ${put} }`,
    );
  }
  const body = `${columns.join(" ")} return (event) => { let bits = 0; ${lines.join(" ")} return bits; };`;
  const write = new Function("columnOf", "timesOf", "stringOf", "fileOf", body);
  return write(target.column, target.times, target.string, target.file);
}
