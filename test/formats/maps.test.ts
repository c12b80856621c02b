import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import { maps, parseArea, readMaps } from "../../src/formats/maps.ts";
import { inputOf, readWith, sample } from "../support/samples.ts";

const read = (text: string): ReturnType<typeof readMaps> =>
  readMaps(inputOf(text), new Diagnostics());

describe("a line of maps", () => {
  it("keeps blanks and brackets of a name and escapes as printed", () => {
    const line = "7f00-7f01 rw-s 00001000 00:01 7550 ";
    for (const path of [
      "/memfd:mem x (deleted)",
      "[anon:a b]",
      "/a\\012b, )>",
      "/dev/zero (deleted)",
    ]) {
      expect(parseArea(`${line}                     ${path}`, 3)).toEqual({
        line: 3,
        start: 0x7f00,
        end: 0x7f01,
        perms: "rw-s",
        offset: 0x1000,
        device: "00:01",
        inode: 7550,
        path,
      });
    }
  });

  it("has no name if it is anonymous, with or without a blank at its end", () => {
    expect(parseArea("7f00-7f01 ---p 00000000 00:00 0 ", 1)?.path).toBe("");
    expect(parseArea("7f00-7f01 ---p 00000000 00:00 0", 1)?.path).toBe("");
  });

  it("may lie above 2^53", () => {
    const line = "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0   [vsyscall]";
    expect(parseArea(line, 1)?.start).toBe(0xffff_ffff_ff60_0000n);
  });

  it("is no line of pmap or numa_maps", () => {
    expect(parseArea("00005585426ff000       4 r---- hold", 1)).toBeUndefined();
    expect(parseArea("5585426ff000 default file=/srv/demo/bin/hold mapped=1", 1)).toBeUndefined();
  });
});

describe("maps", () => {
  it("reads every line of a real file, 64 and 32 bits wide", async () => {
    for (const [name, first] of [
      ["maps-hold.txt", 0x5585_426f_f000],
      ["maps-hold-i386.txt", 0x804_8000],
    ] as const) {
      const { events, result, diagnostics } = await readWith(maps, sample(name));
      const snapshot = events[0];
      if (snapshot?.kind !== "snapshot") throw new Error("no snapshot");
      expect(snapshot.areas).toHaveLength(result.lines);
      expect(snapshot.areas[0]?.start).toBe(first);
      expect(diagnostics.warnings.size).toBe(0);
    }
  });

  it("adds flags and page size of smaps to the same areas", async () => {
    const plain = await read(sample("maps-hold.txt").toString());
    const detailed = await read(sample("smaps-hold.txt").toString());
    const places = (blocks: typeof plain): readonly object[] =>
      (blocks[0]?.areas ?? []).map(({ start, end, perms, path }) => ({ start, end, perms, path }));
    expect(places(detailed)).toEqual(places(plain));
    const stack = detailed[0]?.areas.find(({ path }) => path === "[stack]");
    expect(stack?.vmFlags).toEqual(["rd", "wr", "mr", "mw", "me", "gd", "ac"]);
    expect(stack?.kernelPageSize).toBe(4096);
  });

  it("reads a block for each heading with its process and times", async () => {
    const blocks = await read(
      "### pid=7 comm=a b threads=2 epoch=100.5..100.75 monotonic=9.25\n" +
        "1000-2000 rw-p 00000000 00:00 0 \n" +
        "### pid=8 comm=x=y threads=1 epoch=101..102 monotonic=10\n",
    );
    expect(blocks).toEqual([
      {
        line: 1,
        pid: 7,
        comm: "a b",
        epoch: [100.5, 100.75],
        monotonic: 9.25,
        areas: [expect.objectContaining({ line: 2, start: 0x1000 })],
      },
      { line: 3, pid: 8, comm: "x=y", epoch: [101, 102], monotonic: 10, areas: [] },
    ]);
  });

  it("sorts areas and counts them, but refuses overlaps and areas that end before they start", async () => {
    const diagnostics = new Diagnostics();
    const [a, b] = ["1000-2000 rw-p 00000000 00:00 0 \n", "3000-4000 rw-p 00000000 00:00 0 \n"];
    const blocks = await readMaps(inputOf(b + a), diagnostics);
    expect(blocks[0]?.areas.map(({ line }) => line)).toEqual([2, 1]);
    expect(diagnostics.count("parse/maps-order")).toBeGreaterThan(0);
    await expect(read(`${a}1800-3000 rw-p 00000000 00:00 0 \n`)).rejects.toMatchObject({
      code: "parse/bad-maps",
      at: { file: "test", line: 1 },
    });
    await expect(read("2000-1000 rw-p 00000000 00:00 0 \n")).rejects.toMatchObject({
      code: "parse/bad-maps",
    });
  });

  it("counts lines that are neither area nor detail", async () => {
    const diagnostics = new Diagnostics();
    await readMaps(inputOf("1000-2000 rw-p 00000000 00:00 0 \n<html>\n"), diagnostics);
    expect(diagnostics.warnings.get("parse/unknown-line")?.lines).toEqual([2]);
  });

  it("is found in a report, a mail or a terminal", async () => {
    const lines = [
      "1000-2000 r-xp 00000000 fe:00 7                                          /bin/a b",
      "2000-3000 rw-p 00000000 00:00 0 ",
      "3000-5000 rw-s 00001000 00:01 9                                          /memfd:x (deleted)",
      "7000-8000 rw-p 00000000 00:00 0                                          [stack]",
    ];
    const read = async (...text: readonly string[]): Promise<object> => {
      expect(maps.sniff(Buffer.from(text.join("\n")))).toBe(true);
      const blocks = await readMaps(inputOf(`${text.join("\n")}\n`), new Diagnostics());
      return blocks.map(({ pid, areas }) => [
        pid,
        areas.map(({ start, path }) => `${start.toString(16)} ${path}`),
      ]);
    };
    const areas = ["1000 /bin/a b", "2000 ", "3000 /memfd:x (deleted)", "7000 [stack]"];
    const alone = [[undefined, areas]];
    const report = ["======= Memory map: ========", ...lines, "Aborted (core dumped)"];
    expect(await read("*** Error in `./a': double free ***", ...report)).toEqual(alone);
    for (const margin of ["> ", "    ", "\t", ">> | "])
      expect(await read(...lines.map((line) => margin + line))).toEqual(alone);
    // A mail breaks lines at the blanks before the name.
    expect(await read(...lines.flatMap((line) => line.split(/ {5,}/)))).toEqual(alone);
    // Two processes, one after the other.
    const cat = (pid: number): readonly string[] => [`# cat /proc/${pid}/maps`, ...lines];
    expect(await read(...cat(10), "", ...cat(11))).toEqual([
      [10, areas],
      [11, areas],
    ]);
    expect(await read(...lines, "the other one:", ...lines)).toEqual([...alone, ...alone]);
  });

  it("is no sum of areas", async () => {
    const text = "1000-8000 ---p 00000000 00:00 0                     [rollup]\nRss:  1328 kB\n";
    await expect(readMaps(inputOf(text), new Diagnostics())).rejects.toMatchObject({
      code: "parse/smaps-rollup",
      at: { line: 1 },
    });
  });

  it("knows its texts and no others", () => {
    expect(maps.sniff(sample("maps-hold.txt"))).toBe(true);
    expect(maps.sniff(sample("smaps-hold.txt"))).toBe(true);
    expect(maps.sniff(Buffer.from("### pid=7 comm=x\n1000-2000 rw-p 00000000 00:00 0 \n"))).toBe(
      true,
    );
    expect(maps.sniff(sample("perf-7.2-script-zoo.txt"))).toBe(false);
    expect(maps.sniff(Buffer.alloc(0))).toBe(false);
  });
});
