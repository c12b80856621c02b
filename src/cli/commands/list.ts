/** `mmreplay list policies|archs|formats|metrics|reports|tlbs`: what there is. */

import type { CommandModule } from "yargs";
import { archs } from "../../arch/index.ts";
import { formats } from "../../formats/index.ts";
import { metrics } from "../../metrics/index.ts";
import { policies } from "../../policies/index.ts";
import { reports } from "../../reports/index.ts";
import { cpus } from "../../tlb/index.ts";
import { write } from "../io.ts";

const lists: Readonly<Record<string, () => readonly (readonly [string, string])[]>> = {
  policies: () => policies.all.map(({ id, summary }) => [id, summary]),
  archs: () => archs.all.map(({ id, summary }) => [id, summary]),
  formats: () =>
    formats.all.map(({ id, title, provides }) => [id, `${title}: ${provides.join(", ")}`]),
  metrics: () => metrics.all.map(({ id, title, unit }) => [id, `${title} (${unit})`]),
  reports: () => reports.all.map(({ id, title }) => [id, title]),
  tlbs: () => cpus.all.map(({ id, title }) => [id, title]),
};

interface Arguments {
  readonly what: string;
}

export const list: CommandModule<object, Arguments> = {
  command: "list <what>",
  describe: "list policies, archs, formats, metrics, reports or the CPUs of --tlb",
  builder: { what: { choices: Object.keys(lists), demandOption: true, describe: "what to list" } },
  handler: ({ what }) => {
    const rows = lists[what]?.() ?? [];
    const width = Math.max(...rows.map(([id]) => id.length));
    write(rows.map(([id, about]) => `${id.padEnd(width)}  ${about}`).join("\n"), undefined);
  },
};
