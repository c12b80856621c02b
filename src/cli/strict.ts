/** What --strict does: the first warning about a recording becomes the error that ends the command. */

import { type Diagnostics, MmreplayError } from "../errors.ts";
import type { Located } from "./io.ts";
import { placed, withText } from "./quoted-line.ts";

/** Warnings, and the name under which people see what they are about. */
export interface Named {
  readonly name: string;
  readonly diagnostics: Diagnostics;
}

/** Throws the first warning, if there is one, with the line that it names. */
export async function refuseWarnings(
  { name, diagnostics }: Named,
  located: Located,
): Promise<void> {
  for (const { code, message, lines, count } of diagnostics.warnings.values()) {
    const [line] = lines;
    const often = count === 1 ? "" : ` (${count} times)`;
    const [only, another] = located.sources;
    const at = { file: only?.name ?? name, ...(line !== undefined && { line }) };
    const hint = "leave out --strict to go on; it is counted then";
    const error = new MmreplayError(code, `${message}${often}`, { at, hint });
    if (another !== undefined)
      throw new MmreplayError(code, error.message, { at: { ...at, file: name }, hint });
    throw placed(await withText(error, located.sources), located);
  }
}
