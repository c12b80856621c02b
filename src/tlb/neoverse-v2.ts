/** What data TLBs an Arm Neoverse V2 core has. */

import { type Cpu, size } from "./types.ts";

const { k4, k16, k64, m2, m32, m512, g1 } = size;

export const neoverseV2: Cpu = {
  id: "neoverse-v2",
  title: "Arm Neoverse V2",
  archs: ["arm64"],
  source:
    "Arm, Neoverse V2 Core Technical Reference Manual, no. 102375 (48 entries, fully associative, of 4 KiB, 16 KiB, " +
    "64 KiB, 2 MiB or 512 MiB; 2,048 entries in 8 ways, shared with instructions), as quoted and measured in " +
    "https://jia.je/hardware/2024/11/07/arm-neoverse-v2/",
  assumed:
    "the second level holds 32 MiB and 1 GiB too, as that of Cortex-A76 (no. 100798) does; all of it is there for data; " +
    "no pages share an entry unless the kernel marks them contiguous; least recently used entries go first",
  first: [{ entries: 48, ways: 48, sizes: [k4, k16, k64, m2, m512] }],
  second: [{ entries: 2048, ways: 8, sizes: [k4, k16, k64, m2, m32, m512, g1] }],
  coalesced: 1,
};
