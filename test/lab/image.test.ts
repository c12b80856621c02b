import { describe, expect, it } from "vitest";
import { hardwareOf } from "../../src/lab/image.ts";

/** A head with these bytes at their places. */
function head(...parts: readonly (readonly [at: number, text: string])[]): Uint8Array {
  const bytes = Buffer.alloc(1024);
  for (const [at, text] of parts) bytes.write(text, at, "latin1");
  return bytes;
}

const windows = [0, "MZ"] as const;
const x86 = [0x202, "HdrS"] as const;
const wide = [0x236, "\x7f"] as const;

describe("an image", () => {
  it.each([
    ["x86_64", head(windows, x86, wide)],
    ["x86_64", head(x86, wide)],
    ["aarch64", head(windows, [56, "ARMd"])],
    ["riscv64", head(windows, [48, "RISCV"], [56, "RSC\x05"])],
  ])("of %s is known by its header", (hardware, bytes) => {
    expect(hardwareOf(bytes, "Image")).toBe(hardware);
  });

  it.each([
    ["a 32-bit kernel", head(windows, x86, [0x236, "\x3e"])],
    ["an image that unpacks itself under EFI", head(windows, [4, "zimg"], [8, "gzip"])],
    ["an ELF file", head([0, "\x7fELF"])],
    ["packed by gzip", head([0, "\x1f\x8b\x08"])],
    ["packed by zstd", head([0, "(\xb5/\xfd"])],
    ["of no kind that is known", head([0, "0 mmap(NULL, 4096)"])],
    ["of no kind that is known", new Uint8Array(0)],
  ])("that is %s is refused", (what, bytes) => {
    expect(() => hardwareOf(bytes, "vmlinux")).toThrow(what);
  });
});
