import { describe, expect, it } from "vitest";
import { maps } from "../../src/formats/maps.ts";
import { pmap } from "../../src/formats/pmap.ts";
import type { Format } from "../../src/formats/types.ts";
import type { MapsArea } from "../../src/trace/event.ts";
import { readWith, sample } from "../support/samples.ts";

async function areasOf(format: Format, content: string | Buffer): Promise<readonly MapsArea[]> {
  const { events } = await readWith(format, content);
  return events.flatMap((event) => (event.kind === "snapshot" ? event.areas : []));
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

describe("the table of pmap", () => {
  it("with -XX tells what smaps of the same process tell, and the last part of each path", async () => {
    const areas = await areasOf(pmap, sample("pmap-XX-hold.txt"));
    const wanted = await areasOf(maps, sample("smaps-hold.txt"));
    const bare = (list: readonly MapsArea[]): object[] =>
      list.map(({ line: _, path: __, ...rest }) => rest);
    expect(bare(areas)).toEqual(bare(wanted));
    expect(areas.map(({ path }) => path)).toEqual(wanted.map(({ path }) => lastPart(path)));
    expect(areas.map(({ line }) => line)).toEqual(areas.map((_, index) => index + 3));
  });

  it("with -x tells where areas are, and what it leaves out", async () => {
    const { events, diagnostics } = await readWith(pmap, sample("pmap-x-hold.txt"));
    const wanted = await areasOf(maps, sample("maps-hold.txt"));
    const [snapshot] = events;
    expect(events.length).toBe(1);
    if (snapshot?.kind !== "snapshot") throw new Error("no snapshot");
    expect(snapshot).toMatchObject({ pid: 18882, exact: false });
    expect(snapshot.areas.map(({ start, end, perms }) => ({ start, end, perms }))).toEqual(
      wanted.map(({ start, end, perms }) => ({ start, end, perms })),
    );
    const paths = snapshot.areas.map(({ path }) => path);
    expect(paths[0]).toBe("hold");
    expect(paths[5]).toBe("");
    expect(paths[21]).toBe("memfd:x y (deleted)");
    expect(paths[36]).toBe("[stack]");
    expect(diagnostics.warnings.get("parse/lossy")?.lines).toEqual([2]);
  });

  it("with -X has VmFlags and names with blanks", async () => {
    const text =
      "7:   prog\n         Address Perm   Offset Device   Inode  Size KernelPageSize          VmFlags Mapping\n    7f0000000000 rw-s 00001000  fe:00 1204316  2048           2048 rd wr sh mr mw me ms data file.bin\n";
    expect(await areasOf(pmap, text)).toEqual([
      {
        line: 3,
        start: 0x7f0000000000,
        end: 0x7f0000200000,
        perms: "rw-s",
        offset: 4096,
        device: "fe:00",
        inode: 1204316,
        path: "data file.bin",
        vmFlags: ["rd", "wr", "sh", "mr", "mw", "me", "ms"],
        kernelPageSize: 2_097_152,
      },
    ]);
  });

  it("without areas is refused", async () => {
    const text =
      "7:   prog\nAddress           Kbytes     RSS   Dirty Mode  Mapping\ntotal kB 0 0 0\n";
    await expect(readWith(pmap, text)).rejects.toMatchObject({ code: "parse/pmap" });
  });
});
