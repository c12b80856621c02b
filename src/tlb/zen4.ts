/** What data TLBs an AMD Zen 4 core has. */

import { type Cpu, size } from "./types.ts";

const { k4, k16, m2, g1 } = size;

export const zen4: Cpu = {
  id: "zen4",
  title: "AMD Zen 4",
  archs: ["x86-64", "i386"],
  source:
    "AMD, Software Optimization Guide for the Zen 4 Microarchitecture, no. 57647 (72 entries for all sizes, fully " +
    "associative; 3,072 entries in 24 ways); the same figures in Chips and Cheese, AMD's Strix Point, 10 August 2024. " +
    "Larger pages in the second level: the guides of the Zen line (1 GiB pages become 2 MiB entries)",
  assumed:
    "least recently used entries go first; sets are chosen by the low bits of the page, not by the hash of a skewed " +
    "array; four pages of 16 KiB share an entry",
  first: [{ entries: 72, ways: 72, sizes: [k4, k16, m2, g1] }],
  second: [{ entries: 3072, ways: 24, sizes: [k4, k16, m2] }],
  coalesced: 4,
};
