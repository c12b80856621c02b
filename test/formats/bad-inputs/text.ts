/** Bad inputs 1 to 19: what came over the text as a whole, and over single lines. */

import { gzipSync } from "node:zlib";
import { anon, type Case, latin, log, one, several } from "./case.ts";

export const textCases: readonly Case[] = [
  one("1 an empty file", "E", "", "parse/empty"),
  one("2 blank lines only", "E", "\n\n  \n", "parse/empty"),
  one("3 no memory call", "E", '10 read(3, "x", 1) = 1\n'.repeat(20), "parse/no-memory-calls"),
  one("4 CR LF", "I", log().replaceAll("\n", "\r\n")),
  one("5 CR only", "I", log().replaceAll("\n", "\r")),
  one("6 UTF-16", "E", Buffer.from(`\ufeff${log()}`, "utf16le"), "parse/encoding"),
  one("7 a UTF-8 mark", "I", `\ufeff${log()}`),
  several("8 gzip", "I", { "a.strace.gz": gzipSync(log()) }),
  one("9 perf.data", "E", latin(`PERFILE2${"\0".repeat(100)}`), "parse/perf-data"),
  one("9 trace.dat", "E", latin(`\x17\x08\x44tracing${"\0".repeat(100)}`), "parse/trace-dat"),
  one("10 NUL in a line", "W", latin(log("10 write(1, \0, 1) = 1")), "parse/bad-bytes"),
  one(
    "11 the last line cut inside its arguments",
    "W",
    `${log()}10 mmap(NULL, 40`,
    "parse/cut-line",
    [],
  ),
  one(
    "12 the last line cut inside its result",
    "W",
    `${log()}${anon("0x7f00")}`,
    "parse/cut-line",
    [],
  ),
  one(
    "13 10 MiB in a line that is no memory call",
    "I",
    log(`10 write(1, "${"x".repeat(11 * 1024 * 1024)}", 1) = 1`),
  ),
  one("14 10 MiB without a line end", "E", "x".repeat(11 * 1024 * 1024)),
  one(
    "15 lines wrapped by a mail program",
    "I",
    log(anon("0x7f0000003000").replace("PROT_READ, ", "PROT_READ,\n")),
    undefined,
    ["3.4 10 mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000003000"],
  ),
  one(
    "15 lines wrapped twice, the second time before the result",
    "I",
    log(anon("0x7f0000003000").replace("PROT_READ, ", "PROT_READ,\n").replace(" = ", "\n= ")),
    undefined,
    ["3.5 10 mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000003000"],
  ),
  one("16 quoted-printable", "E", log().replaceAll("= ", "=3D "), "parse/quoted-printable"),
  one("17 a mark before every line", "W", log().replaceAll(/^(?=.)/gm, "> "), "parse/quoted-lines"),
  one(
    "17 a semicolon before every line",
    "W",
    log().replaceAll(/^(?=.)/gm, "; "),
    "parse/quoted-lines",
  ),
  one("18 what people left out", "W", log("[...]", "# here it grows"), "parse/foreign-line"),
  one("19 one result left out", "W", log(anon("...")), "parse/no-result", [
    "3 10 mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = missing",
  ]),
  one(
    "19 a result that is not there at all",
    "W",
    log(anon("").replace(/ = $/, "")),
    "parse/no-result",
  ),
  one("19 all results left out", "E", log().replaceAll(/= .*$/gm, "= ..."), "parse/no-results"),
];
