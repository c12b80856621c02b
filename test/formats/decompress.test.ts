import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { allBytes, headOf } from "../../src/formats/text/chunks.ts";
import { decompress } from "../../src/formats/text/decompress.ts";
import { inputOf } from "../support/samples.ts";

const text = "4711 brk(NULL) = 0x1000\n".repeat(50);

/** The same text as `xz`, `zstd` and `bzip2` pack it. */
const packed = {
  xz: "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4ASvACVdABoNwn5ZRv8MhsMkMq+hONEpwntCkvFY49VSA6+sDys0Ool5xQAAAAAAdJzwB/eSqVEAAUGwCQAAAIpKnmqxxGf7AgAAAAAEWVo=",
  zstd: "KLUv/QRYBQEAwDQ3MTEgYnJrKE5VTEwpID0gMHgxMDAwCgEAVLL/HAPo92X/",
  bzip2:
    "QlpoOTFBWSZTWVnec14AAV3fgAAQQGBkggAFAgAQCBBAIABgKVUNojGmoUwAE02RfUWEW6LKLlFgi+IuEXpFpF0i/IukWEXCLKLtFlFsi0i0i7RfxdyRThQkFnec14A=",
};

async function unpack(bytes: Uint8Array, chunk?: number): Promise<string> {
  const { name, chunks } = inputOf(bytes, "rec.txt", chunk);
  return Buffer.from(await allBytes(decompress(chunks, name))).toString();
}

const samples: readonly (readonly [string, Uint8Array])[] = [
  ["plain text", Buffer.from(text)],
  ["gzip", gzipSync(text)],
  ["two gzip members", Buffer.concat([gzipSync(text.slice(0, 99)), gzipSync(text.slice(99))])],
  ["xz", Buffer.from(packed.xz, "base64")],
  ["zstd", Buffer.from(packed.zstd, "base64")],
];

describe("decompress", () => {
  it("unpacks by the first bytes, however they come", async () => {
    for (const [name, bytes] of samples) {
      for (const chunk of [1, 7, 100_000]) {
        expect(await unpack(bytes, chunk), `${name} in chunks of ${chunk}`).toBe(text);
      }
    }
  });

  it("passes short and empty files unchanged", async () => {
    for (const short of ["", "x", "\x1f"]) expect(await unpack(Buffer.from(short))).toBe(short);
  });

  it("reports data that is cut off", async () => {
    for (const [name, bytes] of samples.slice(1)) {
      const cut = bytes.subarray(0, bytes.length - 9);
      await expect(unpack(cut), name).rejects.toMatchObject({ code: "input/damaged" });
    }
  });

  it("names the program for bzip2 in an archive", async () => {
    await expect(unpack(Buffer.from(packed.bzip2, "base64"))).rejects.toMatchObject({
      code: "input/bzip2",
      hint: "unpack it first: bunzip2 -k rec.txt",
    });
  });

  it("leaves the next archive readable after a look at the head of one", async () => {
    const bytes = Buffer.from(packed.xz, "base64");
    const look = async (): Promise<string> => {
      const head = await headOf(decompress(inputOf(bytes).chunks, "rec.txt"), 4);
      return Buffer.from(head.subarray(0, 4)).toString();
    };
    expect([await look(), await look(), await look()]).toEqual(["4711", "4711", "4711"]);
    expect(await unpack(bytes)).toBe(text);
  });
});
