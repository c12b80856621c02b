/** `mmreplay trace info TRACE...`: what a trace holds, and the facts that it was recorded with. */

import type { CommandModule } from "yargs";
import type { Trace } from "../../../trace/trace.ts";
import { write } from "../../io.ts";
import { loadAll } from "../../load.ts";

interface Arguments {
  readonly trace: readonly string[];
  readonly quiet: boolean;
}

function counts(trace: Trace): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const event of trace.events) {
    const name = event.kind === "call" ? event.call : event.kind;
    found.set(name, (found.get(name) ?? 0) + 1);
  }
  return found;
}

function describe(trace: Trace): string {
  const { inferred, devices, ...facts } = trace.facts;
  const lines = [trace.name, `  events: ${trace.events.length}`];
  const byCount = [...counts(trace)].sort((a, b) => b[1] - a[1]);
  lines.push(`    ${byCount.map(([name, count]) => `${name} ${count}`).join(", ")}`);
  for (const [name, value] of Object.entries(facts))
    lines.push(`  ${name}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`);
  for (const { address, bars } of devices ?? [])
    if (bars.length > 0)
      lines.push(
        `  device ${address}: ${bars.map(({ index, size }) => `BAR ${index} ${size} bytes`).join(", ")}`,
      );
  for (const conclusion of inferred) lines.push(`  inferred: ${conclusion}`);
  return lines.join("\n");
}

export const info: CommandModule<object, Arguments> = {
  command: "info <trace..>",
  describe: "print what a trace or recording holds",
  builder: {
    trace: { type: "string", array: true, demandOption: true, describe: "traces or recordings" },
  },
  handler: async ({ trace, quiet }) => {
    const traces = await loadAll(trace, quiet);
    write(traces.map(describe).join("\n\n"), undefined);
  },
};
