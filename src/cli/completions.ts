/** What a shell offers for the word that is being typed. */

import { archs } from "../arch/index.ts";
import { metrics } from "../metrics/index.ts";
import { policies } from "../policies/index.ts";
import { cpus } from "../tlb/index.ts";

/** Names that go into lists separated by commas, by option. */
const names: Readonly<Record<string, readonly string[]>> = {
  "--policy": policies.ids,
  "--metric": metrics.ids,
  "--metrics": [...metrics.ids, "all"],
  "--tlb": cpus.ids,
  "--arch": archs.ids,
};

type Done = (words: string[]) => void;
type ByDefault = (then: (error: Error | null, words?: string[]) => void) => void;

/** The word so far with each name in the place of what follows its last comma. */
function lists(current: string, ids: readonly string[]): string[] {
  const before = current.slice(0, current.lastIndexOf(",") + 1);
  return ids.map((id) => `${before}${id}`);
}

/** Names where an option takes them; else what the parser knows, but options only where one begins: else shells offer files. */
export function completions(current: string, _: unknown, byDefault: ByDefault, done: Done): void {
  const words = process.argv.slice(process.argv.indexOf("--get-yargs-completions") + 1);
  const ids = names[words.at(-2) ?? ""];
  if (ids !== undefined) {
    done(lists(current, ids));
    return;
  }
  byDefault((_error, found = []) => {
    const known = current.startsWith("-") ? found : found.filter((word) => !word.startsWith("-"));
    done(words.at(-2) === "explain" ? [...known, ...policies.ids] : known);
  });
}
