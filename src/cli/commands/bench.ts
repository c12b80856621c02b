/** `mmreplay bench`: how many operations per second a replay does on this machine, now, beside its kernel. */

import type { CommandModule } from "yargs";
import { textTable } from "../../reports/table.ts";
import { borders, type Replays, replaysOf } from "../bench-replays.ts";
import { benchDocument, benchTable } from "../bench-table.ts";
import { write } from "../io.ts";
import { formatOption } from "../options.ts";

interface Arguments {
  readonly format: string;
}

const sizes = [1000, 10_000, 65_000];

/** What the timer could not resolve, and what was compared before a time was believed. */
function remarksOn({ vmas, kernel, warnings }: Replays): readonly string[] {
  const equal =
    "missing" in kernel ? [] : [`${vmas} VMAs: ${kernel.compared} addresses equal to the kernel's`];
  return [...equal, ...warnings.map((warning) => `warning: ${vmas} VMAs: ${warning}`)];
}

async function run({ format }: Arguments): Promise<void> {
  const replays: Replays[] = [];
  for (const vmas of sizes) replays.push(await replaysOf(vmas));
  const border = await borders();
  const lines = [...textTable(benchTable(replays, border)), "", ...replays.flatMap(remarksOn)];
  write(
    format === "json" ? JSON.stringify(benchDocument(replays, border), null, 2) : lines.join("\n"),
    undefined,
  );
}

export const bench: CommandModule<object, Arguments> = {
  command: "bench",
  describe: "time replays on this machine, with few and with many VMAs, beside its kernel",
  builder: { format: formatOption },
  handler: run,
};
