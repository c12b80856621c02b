/** Where a document breaks a JSON Schema, for the words that our schemas use. */

interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function check(schema: Schema, value: unknown, path: string, root: Schema): string[] {
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.replace("#/$defs/", "")];
    return target === undefined ? [`${path}: no ${schema.$ref}`] : check(target, value, path, root);
  }
  const types = schema.type === undefined ? undefined : [schema.type].flat();
  if (types !== undefined && !types.includes(typeOf(value))) return [`${path}: ${typeOf(value)}`];
  if (schema.const !== undefined && schema.const !== value) return [`${path}: not the constant`];
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${path}: not one of`];
  if (Array.isArray(value))
    return value.flatMap((one, i) => check(schema.items ?? {}, one, `${path}[${i}]`, root));
  if (typeof value !== "object" || value === null) return [];
  const missing = (schema.required ?? []).filter((name) => !(name in value));
  return [
    ...missing.map((name) => `${path}: without ${name}`),
    ...Object.entries(value).flatMap(([name, one]) => member(schema, name, one, path, root)),
  ];
}

function member(
  schema: Schema,
  name: string,
  value: unknown,
  path: string,
  root: Schema,
): string[] {
  const known = schema.properties?.[name] ?? schema.additionalProperties ?? {};
  if (known === false) return [`${path}: unknown ${name}`];
  return known === true ? [] : check(known, value, `${path}.${name}`, root);
}

/** One line per break; empty if the document fits. */
export function schemaErrors(schema: unknown, document: unknown): string[] {
  return check(schema as Schema, document, "$", schema as Schema);
}
