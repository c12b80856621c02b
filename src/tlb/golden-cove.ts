/** What data TLBs an Intel Golden Cove core has, for loads. */

import { type Cpu, size } from "./types.ts";

const { k4, m2, g1 } = size;

export const goldenCove: Cpu = {
  id: "golden-cove",
  title: "Intel Golden Cove",
  archs: ["x86-64", "i386"],
  source:
    "Intel, 64 and IA-32 Architectures Optimization Reference Manual, no. 248966, Golden Cove (96 entries in 6 ways for " +
    "4 KiB, 32 in 4 ways for 2 MiB, 8 for 1 GiB; 2,048 entries in the second level), as quoted and measured in " +
    "https://jia.je/hardware/2025/01/10/intel-golden-cove/",
  assumed:
    "the second level has 16 ways and holds 4 KiB and 2 MiB pages, and 1 GiB pages as they are; all of it is there for " +
    "data (1,600 entries were measured); least recently used entries go first; stores take the load entries",
  first: [
    { entries: 96, ways: 6, sizes: [k4] },
    { entries: 32, ways: 4, sizes: [m2] },
    { entries: 8, ways: 8, sizes: [g1] },
  ],
  second: [{ entries: 2048, ways: 16, sizes: [k4, m2, g1] }],
  coalesced: 1,
};
