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

  it("of any other kind tells where areas are, and -d offsets and devices too", async () => {
    const rows = (...lines: readonly string[]): string => [...lines, ""].join("\n");
    const area = (start: number, pages: number, perms: string, path: string): object => ({
      start,
      end: start + pages * 4096,
      perms,
      path,
      offset: 0,
      device: "",
      inode: 0,
    });
    const wanted = [
      area(0x558b22d64000, 1, "r-xp", "mapper"),
      area(0x7f2222891000, 2, "rw-s", "[ shmid=0x30025 ]"),
      area(0x7f2222ae0000, 2, "rw-p", ""),
    ];
    const plain = rows(
      "27780:   ../mapper",
      "0000558b22d64000      4K r-x-- mapper",
      "00007f2222891000      8K rw-s-   [ shmid=0x30025 ]",
      "00007f2222ae0000      8K rw---   [ anon ]",
      " total            10740K",
    );
    const quiet = rows(
      "27780:   ../mapper",
      "0000558b22d64000       4       4       4 r-x-- mapper",
      "00007f2222891000       8       0       0 rw-s-   [ shmid=0x30025 ]",
      "00007f2222ae0000       8       8       8 rw---   [ anon ]",
    );
    for (const text of [plain, quiet]) {
      expect(pmap.sniff(Buffer.from(text))).toBe(true);
      expect(await areasOf(pmap, text)).toEqual(
        wanted.map((one, at) => ({ ...one, line: at + 2 })),
      );
    }
    const device = rows(
      "27780:   ../mapper",
      "Address           Kbytes Mode  Offset           Device    Mapping",
      "0000558b22d64000       4 r-x-- 0000000000001000 0fe:00000 mapper",
      "mapped: 10740K    writeable/private: 8596K    shared: 28K",
    );
    expect(pmap.sniff(Buffer.from(device))).toBe(true);
    const { events, diagnostics } = await readWith(pmap, device);
    expect(events).toMatchObject([
      { kind: "snapshot", areas: [{ ...wanted[0], line: 3, offset: 4096, device: "fe:00" }] },
    ]);
    expect([...diagnostics.warnings.keys()]).toEqual(["parse/lossy"]);
  });

  it("is found behind the command that printed it", async () => {
    const text =
      "$ pmap 1776\n1776:   bash\n000055f9060ec000   1056K r-x-- bash\n00007faf0fa67000   9040K r--s- passwd\n";
    expect(pmap.sniff(Buffer.from(text))).toBe(true);
    expect(await areasOf(pmap, text)).toMatchObject([
      { start: 0x55f9060ec000, perms: "r-xp" },
      { start: 0x7faf0fa67000, perms: "r--s" },
    ]);
  });

  it("without areas is refused", async () => {
    const text =
      "7:   prog\nAddress           Kbytes     RSS   Dirty Mode  Mapping\ntotal kB 0 0 0\n";
    await expect(readWith(pmap, text)).rejects.toMatchObject({ code: "parse/pmap" });
  });
});
