/** What every policy makes of the same VFIO trace on arm64: three page sizes, contiguous entries for PFNs on and off. */

import { expect, it } from "vitest";
import { policies } from "../../src/policies/index.ts";
import { replayer } from "../support/replayed.ts";
import { shippedTrace } from "../support/traces.ts";
import { table } from "./table.ts";

const settings = ["", ":contpte=on", ":contpmd=on", ":contpte=on,contpmd=on"];
const pages = ["arm64-4k", "arm64-16k", "arm64-64k"];
const archs = pages.flatMap((page) => settings.map((setting) => `${page}${setting}`));

/** Policies with the settings that name contiguous sizes, where they have them by choice. */
const asked = [
  ...policies.ids,
  "core-align:orders=cont-pmd+pmd+cont-pte",
  "core-align:orders=cont-pmd+pmd+cont-pte,ladder=each",
  "mapping-order-v1:sizes=contiguous",
  "mapping-order-v2:sizes=contiguous",
];

const replayed = replayer(shippedTrace("vfio-bar-2g-7.3"));

/** Entries of the BAR mappings whose place the kernel chose in the recording: five lengths and offsets. */
function entries(policy: string, arch: string): number {
  const { mappings } = replayed(policy, "keep", arch);
  const own = mappings.filter(({ line }) => [30, 34, 38, 43, 62].includes(line));
  expect(own).toHaveLength(5);
  return own.reduce((sum, one) => sum + one.entries, 0);
}

it("prints entries by policy, page size and contiguous entries", { timeout: 60_000 }, async () => {
  const heads = archs.map((arch) => arch.replace("arm64-", ""));
  const rows = asked.map((policy) => [
    policy,
    ...archs.map((arch) => String(entries(policy, arch))),
  ]);
  const title = [
    "vfio-bar-2g-7.3 on arm64: entries of the five BAR mappings that the kernel places",
    "(2 GiB; 1 GiB at 4 KiB; 512 MiB at 1 MiB; 2 GiB less 1,028 KiB at 1 MiB + 4 KiB; 2 GiB less a page)",
  ].join("\n");
  const text = table(title, ["policy", ...heads], rows);
  process.stdout.write(`\n${text}`);
  await expect(text).toMatchFileSnapshot("../golden/proposals/arm64-vfio.txt");
});

it("maps a BAR on 4K pages with 64K and 32M entries only where told, and where the place allows", () => {
  const whole = (policy: string, arch: string) =>
    replayed(policy, "keep", arch).mappings.find(({ line }) => line === 30)?.bySize;
  expect(whole("start-pfn", "arm64-4k")).toEqual({ "2M": 1024 });
  expect(whole("start-pfn", "arm64-4k:contpmd=on")).toEqual({ "32M": 64 });
  expect(whole("vfio-thp", "arm64-4k:contpte=on,contpmd=on")).toEqual({ "2M": 1024 });
  expect(whole("linux-7.3", "arm64-4k:contpte=on,contpmd=on")).toEqual({ "4K": 524_288 });
  expect(whole("start-pfn", "arm64-16k:contpmd=on")).toEqual({ "1G": 2 });
  expect(whole("start-pfn", "arm64-64k")).toEqual({ "512M": 4 });
});
