import { describe, expect, it } from "vitest";
import { between } from "../support/strace-text.ts";

describe("a call that sets a range apart", () => {
  it("is mbind with its policy, of which the default is none", async () => {
    const lines = await between(
      "mbind(0x7f0000001000, 40960, MPOL_BIND|MPOL_F_STATIC_NODES, [0x00000000000001, 0x3], 128, 0) = 0",
      "mbind(0x7f0000001000, 40960, MPOL_DEFAULT, NULL, 0, 0) = 0",
    );
    expect(lines).toEqual([
      '2 - mbind(0x7f0000001000, 40960, "MPOL_BIND|MPOL_F_STATIC_NODES [0x00000000000001, 0x3]") = 0x0',
      "3 - mbind(0x7f0000001000, 40960, null) = 0x0",
    ]);
  });

  it("is a registration of userfaultfd or its end, cut in two or not", async () => {
    const descriptor = "3<anon_inode:[userfaultfd]>";
    const lines = await between(
      `ioctl(${descriptor}, UFFDIO_REGISTER, {range={start=0x7f0000001000, len=0x2000}, mode=UFFDIO_REGISTER_MODE_WP <unfinished ...>`,
      "<... ioctl resumed>, ioctls=1<<_UFFDIO_WAKE}) = 0",
      `ioctl(${descriptor}, UFFDIO_UNREGISTER, {start=0x7f0000001000, len=0x2000}) = 0`,
      `ioctl(${descriptor}, UFFDIO_COPY, {dst=0x7f0000001000, src=0x1000, len=0x1000, mode=0, copy=0x1000}) = 0`,
    );
    expect(lines).toEqual([
      '2.3 - ioctl: userfaultfd(0x7f0000001000, 8192, "3 UFFDIO_REGISTER_MODE_WP") = 0x0',
      "4 - ioctl: userfaultfd(0x7f0000001000, 8192, null) = 0x0",
    ]);
  });
});
