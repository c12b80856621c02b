import { describe, expect, it } from "vitest";
import { isTar, readTar } from "../../../src/formats/bundle/tar.ts";
import { allBytes } from "../../../src/formats/text/chunks.ts";
import { inputOf } from "../../support/samples.ts";

/** A header of ustar; `sum` takes a checksum that is not right. */
function header(name: string, size: number, type = "0", sum?: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, "latin1");
  block.write("0000644\0", 100);
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  block.write("        ", 148);
  block.write(type, 156);
  block.write("ustar\0" + "00", 257);
  const right = block.reduce((total, byte) => total + byte, 0);
  block.write(`${(sum ?? right).toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function member(name: string, text: string, type?: string): Buffer {
  const padded = Buffer.alloc(Math.ceil(text.length / 512) * 512);
  padded.write(text);
  return Buffer.concat([header(name, text.length, type), padded]);
}

const end = Buffer.alloc(1024);

async function filesOf(bytes: Uint8Array): Promise<readonly (readonly [string, string])[]> {
  const files: (readonly [string, string])[] = [];
  for await (const { name, chunks } of readTar(inputOf(bytes, "t.tar", 700)))
    files.push([name, Buffer.from(await allBytes(chunks)).toString()]);
  return files;
}

describe("a tar archive", () => {
  it("gives its plain files in order, whatever their length", async () => {
    const long = "x".repeat(1500);
    const bytes = Buffer.concat([
      member("out.1", "a\n"),
      member("out.22", long),
      member("dir/", "", "5"),
      end,
    ]);
    expect(await filesOf(bytes)).toEqual([
      ["out.1", "a\n"],
      ["out.22", long],
    ]);
  });

  it("may have names of more than 100 characters", async () => {
    const name = `${"d/".repeat(80)}out.7`;
    const bytes = Buffer.concat([
      member("../@LongLink", `${name}\0`, "L"),
      member("d/d", "x"),
      end,
    ]);
    expect(await filesOf(bytes)).toEqual([[name, "x"]]);
  });

  it("is known by the checksum of its first header", () => {
    expect(isTar(Buffer.concat([member("out.1", "a"), end]))).toBe(true);
    expect(isTar(header("out.1", 0, "0", 1))).toBe(false);
    expect(isTar(Buffer.from("4711 mmap(NULL, 4096)".repeat(40)))).toBe(false);
    expect(isTar(Buffer.alloc(1024))).toBe(false);
  });

  it("is refused where it is cut or a header is none", async () => {
    const cut = member("out.1", "x".repeat(1500)).subarray(0, 1024);
    const forged = Buffer.concat([member("out.1", "x"), header("out.2", 0, "0", 1)]);
    for (const bad of [cut, forged]) {
      await expect(filesOf(bad)).rejects.toMatchObject({ code: "input/damaged" });
    }
  });
});
