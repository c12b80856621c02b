/** `mmreplay bench`: how many operations per second a replay does on this machine, now, beside its kernel. */

import type { CommandModule } from "yargs";
import { type Border, borders, type Replays, replaysOf } from "../bench-replays.ts";
import { write } from "../io.ts";
import { formatOption } from "../options.ts";

interface Arguments {
  readonly format: string;
}

const sizes = [1000, 10_000, 65_000];

const million = (operations: number, milliseconds: number): string =>
  (operations / milliseconds / 1000).toFixed(2).padStart(7);

function kernelText({ kernel, operations, vmas }: Replays): string {
  const lead = `${String(vmas).padStart(6)} VMAs`;
  if ("missing" in kernel) return `${lead}  not beside the kernel: ${kernel.missing}`;
  const { median, fastest, aloneRatio, wholeRatio, compared } = kernel;
  const speed = `${million(operations, median)} million ops/s, at best ${million(operations, fastest)}`;
  const ratios = `${aloneRatio.toFixed(1)}x as fast is placement alone, ${wholeRatio.toFixed(1)}x with the VMA set`;
  return `${lead}  ${"the running kernel".padEnd(22)} ${speed} (${compared} addresses equal): ${ratios}`;
}

function replayText(replays: Replays): readonly string[] {
  const { vmas, operations, standings, warnings } = replays;
  return [
    ...standings.map(({ name, median, fastest, runs }) => {
      const speed = million(operations, median);
      const best = million(operations, fastest);
      return `${String(vmas).padStart(6)} VMAs  ${name.padEnd(22)} ${speed} million ops/s, at best ${best} (${runs} runs)`;
    }),
    kernelText(replays),
    ...warnings.map((warning) => `warning: ${vmas} VMAs: ${warning}`),
  ];
}

const borderText = ({ batch, each, cost }: Border): string =>
  `${String(batch).padStart(6)} ops at once: ${each.toFixed(1)} ns each, ${cost.toFixed(1)} ns for crossing`;

async function run({ format }: Arguments): Promise<void> {
  const replays: Replays[] = [];
  for (const vmas of sizes) replays.push(await replaysOf(vmas));
  const border = await borders();
  const document = { schema: "mmreplay.bench/1", replays, border };
  const lines = [...replays.flatMap(replayText), ...border.map(borderText)];
  write(format === "json" ? JSON.stringify(document, null, 2) : lines.join("\n"), undefined);
}

export const bench: CommandModule<object, Arguments> = {
  command: "bench",
  describe: "time replays on this machine, with few and with many VMAs, beside its kernel",
  builder: { format: formatOption },
  handler: run,
};
