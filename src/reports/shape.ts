/** How data that may be anything is told to have the members that are used of it. */

export type Test = (value: unknown) => boolean;

export const isText: Test = (value) => typeof value === "string";

/** A number as JSON can hold it. */
export const isNumber: Test = (value) => Number.isFinite(value);

export const isListOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);

/** An object with at least these members. */
export const isObjectOf =
  (tests: Readonly<Record<string, Test>>): Test =>
  (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.entries(tests).every(([name, test]) => test((value as Record<string, unknown>)[name]));

/** An object whose members, whatever their names, are all like this. */
export const isMapOf =
  (test: Test): Test =>
  (value) =>
    typeof value === "object" && value !== null && Object.values(value).every(test);

export const isMissingOr =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);

export const isNullOr =
  (test: Test): Test =>
  (value) =>
    value === null || test(value);

/** What a document says that it is; null where it does not say so. */
export const schemaOf = (document: unknown): unknown =>
  typeof document === "object" && document !== null && "schema" in document
    ? document.schema
    : null;
