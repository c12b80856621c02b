/** How a value of unknown shape is read without surprises. */

export type Json = Readonly<Record<string, unknown>>;

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
