/** Do both sides of the border number columns and kinds alike? */

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { finishKind, found, op, opKind, out, rowKind, search } from "../../src/place/wire.ts";

const rust = readFileSync(new URL("../../native/binding/src/wire.rs", import.meta.url), "utf8");

/** The `pub const` of each `pub mod`, names in camelCase. */
function constants(): Record<string, Record<string, number>> {
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
  expect({ op, search, out, found, opKind, rowKind, finishKind }).toEqual(constants());
});
