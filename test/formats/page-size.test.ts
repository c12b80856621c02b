import { describe, expect, it } from "vitest";
import { pageFacts } from "../../src/formats/page-size.ts";
import { strace } from "../../src/formats/strace.ts";
import type { Event } from "../../src/trace/event.ts";
import { readWith } from "../support/samples.ts";

async function pageSizeOf(...results: readonly number[]): Promise<string | undefined> {
  const lines = results.map(
    (address) =>
      `mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x${address.toString(16)}\n`,
  );
  const { events } = await readWith(strace, lines.join(""));
  return pageFacts(events).inferred[0];
}

const many = (step: number): number[] =>
  Array.from({ length: 30 }, (_, index) => 0xffff_8000_0000 + index * step);

describe("the page size of a recording", () => {
  it("is 4096 for certain where one address is a multiple of nothing larger", async () => {
    expect(await pageSizeOf(0x7f00_0001_0000, 0x7f00_0000_1000)).toBe(
      "page size 4096: the address on line 2 is not a multiple of 16384",
    );
  });

  it("is concluded from dozens of addresses", async () => {
    expect(await pageSizeOf(...many(65_536))).toBe(
      "page size 65536: all 30 addresses are multiples of it",
    );
    expect(await pageSizeOf(...many(16_384))).toBe(
      "page size 16384: all 30 addresses are multiples of it",
    );
  });

  it("is assumed where a few addresses tell nothing", async () => {
    expect(await pageSizeOf(0x7f00_0001_0000)).toBe("page size 4096: assumed");
  });

  it("is what the dynamic linker printed between the calls under LD_SHOW_AUXV", async () => {
    const call =
      "mmap(NULL, 65536, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0xffff8d8e0000\n";
    const facts = async (size: string): Promise<unknown> =>
      (await readWith(strace, `${call}AT_PAGESZ:            ${size}\n${call}`)).result.facts;
    expect(await facts("65536")).toMatchObject({
      pageSize: 65_536,
      inferred: ["page size 65536: AT_PAGESZ on line 2"],
    });
    for (const none of ["65537", "0", "2048", "4096 x"])
      expect(await facts(none)).not.toHaveProperty("pageSize");
  });

  it("is what smaps says", () => {
    const area = (start: number, kernelPageSize: number, line: number) => ({
      line,
      start,
      end: start + 2 ** 21,
      perms: "rw-p",
      offset: 0,
      device: "00:00",
      inode: 0,
      path: "",
      kernelPageSize,
    });
    const areas = [area(2 ** 30, 2 ** 21, 1), area(2 ** 31, 65_536, 24)];
    const snapshot: Event = {
      kind: "snapshot",
      line: 1,
      pid: null,
      source: "smaps",
      areas,
      exact: true,
    };
    expect(pageFacts([snapshot])).toEqual({
      pageSize: 65_536,
      inferred: ["page size 65536: KernelPageSize of the area on line 24 of smaps"],
    });
  });
});
