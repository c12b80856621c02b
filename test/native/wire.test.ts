/** Do both sides of the border number columns and kinds alike? */

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { finishKind, found, op, opKind, out, rowKind, search } from "../../src/place/wire.ts";
import { column, columnKind, columnWant } from "../../src/trace/column-reader.ts";

const rustOf = (file: string): string =>
  readFileSync(new URL(`../../native/binding/src/${file}`, import.meta.url), "utf8");

/** The `pub const` of each `pub mod`, names in camelCase. */
function constantsOf(rust: string): Record<string, Record<string, number>> {
  const camel = (name: string) =>
    name.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const modules = [...rust.matchAll(/pub mod (\w+) \{([^}]*)\}/g)];
  return Object.fromEntries(
    modules.map(([, module = "", body = ""]) => [
      camel(module),
      Object.fromEntries(
        [...body.matchAll(/pub const (\w+): \w+ = (\d+);/g)].map(([, name = "", value]) => [
          camel(name),
          Number(value),
        ]),
      ),
    ]),
  );
}

it("numbers columns and kinds as the Rust side does", () => {
  expect({ op, search, out, found, opKind, rowKind, finishKind }).toEqual(
    constantsOf(rustOf("wire.rs")),
  );
  expect({ column, columnWant, columnKind }).toEqual(constantsOf(rustOf("columns.rs")));
});
