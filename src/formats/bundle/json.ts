/** How a value of unknown shape is read without surprises. */

export type Json = Readonly<Record<string, unknown>>;

/** Where JSON.parse stopped, as its message says; 1-based. */
export function placeOf(text: string, error: unknown): { line: number; column: number } {
  const position = /at position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
  const before = text.slice(0, position === undefined ? text.length : Number(position)).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The member of that name if it is an object, else an empty one. */
export function objectAt(value: Json, name: string): Json {
  const member = value[name];
  return isObject(member) ? member : {};
}

export function stringAt(value: Json, name: string): string | undefined {
  const member = value[name];
  return typeof member === "string" ? member : undefined;
}

export function numberAt(value: Json, name: string): number | undefined {
  const member = value[name];
  return typeof member === "number" ? member : undefined;
}

export function listAt(value: Json, name: string): readonly unknown[] {
  const member = value[name];
  return Array.isArray(member) ? member : [];
}
