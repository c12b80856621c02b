/** Bad inputs 51 to 58: maps that cannot be, and files that do not belong together. */

import { after, area, type Case, log, map, maps, one, repeat, several, text } from "./case.ts";

export const folderCases: readonly Case[] = [
  several(
    "51 areas that overlap",
    "E",
    { "a.strace": log(), "a.maps": maps(area("1000-3000"), area("2000-4000")) },
    "parse/bad-maps",
  ),
  several(
    "51 an area that ends before it starts",
    "E",
    { "a.strace": log(), "a.maps": maps(area("3000-1000")) },
    "parse/bad-maps",
  ),
  several(
    "52 areas out of order",
    "W",
    {
      "a.strace": log(),
      "a.maps": maps(area("7f0000005000-7f0000006000"), area("7f0000001000-7f0000002000")),
    },
    "parse/maps-order",
  ),
  several(
    "53 a web page instead of maps",
    "E",
    {
      "a.strace": log(),
      "a.maps": "<html><body>maps</body></html>\n",
    },
    "parse/html",
  ),
  one("53 a web page", "E", "<!DOCTYPE html><html></html>\n", "parse/html"),
  several(
    "54 maps of another process",
    "E",
    {
      "a.strace": text(...repeat("10 mprotect(0x7f0000001000, 4096, PROT_READ) = 0", 5), map),
      "a.maps": maps(area("5555000-5556000")),
    },
    "import/foreign-maps",
  ),
  several(
    "55 maps of a 32-bit process",
    "E",
    {
      "a.strace": text(map),
      "a.maps": maps(
        area("08048000-08049000"),
        "fffdd000-ffffe000 rw-p 00000000 00:00 0          [stack]",
      ),
    },
    "import/maps-bitness",
  ),
  several("56 one file twice", "E", { "a.strace": log(), "b.strace": log() }, "import/given-twice"),
  several(
    "57 a set without one of its files",
    "W",
    {
      "out.10": text(
        "1795351507.500000 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000",
        "1795351507.600000 clone(child_stack=NULL, flags=CLONE_VM|CLONE_THREAD) = 11",
        "1795351507.700000 clone(child_stack=NULL, flags=CLONE_VM|CLONE_THREAD) = 12",
      ),
      "out.11": text("1795351507.800000 munmap(0x7f0000001000, 4096) = 0"),
    },
    "parse/missing-member",
  ),
  several(
    "58 a set without times",
    "E",
    { "out.10": text(map.slice(3)), "out.11": text(after.slice(3)) },
    "parse/set-without-times",
  ),
];
