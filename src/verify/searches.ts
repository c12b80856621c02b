/** Whether the searches that the model ran are those that the tracepoint recorded, field by field. */

import type { Layout, Row } from "../arch/types.ts";
import type { Search } from "../trace/event.ts";
import { addressOf, hex, pageOf, pagesFor } from "../units.ts";

/** One search of the model; pages. */
export interface ModelSearch {
  readonly row: Row;
  /** -1: no fit. */
  readonly page: number;
  /** Pages mapped when it ran. */
  readonly mapped: number;
}

/** The fields of a search as the event prints them, so that both sides can be compared and shown alike. */
export function printedModel(search: ModelSearch, pageBytes: number): string {
  const bytes = (page: number) => hex(addressOf(page, pageBytes));
  const { row, page } = search;
  const answer = page < 0 ? "err=-12" : `addr=${bytes(page)}`;
  return (
    `${answer} total_vm=${hex(search.mapped)} flags=${row.kind === "down" ? "0x1" : "0x0"} ` +
    `len=${bytes(row.pages)} lo=${bytes(row.printedLow)} hi=${bytes(row.highLimit)} ` +
    `mask=${bytes(row.alignMask)} ofs=${bytes(row.printedOffset)}`
  );
}

/** The recorded event in the same words. `low` stands in for a low limit that the kernel prints and the model cannot know. */
export function printedKernel(
  search: Search,
  pageBytes: number,
  totalVm: number | undefined,
): string {
  const round = (bytes: Search["low"]) => hex(addressOf(pageOf(bytes, pageBytes), pageBytes));
  const answer = search.result === null ? "err=-12" : `addr=${hex(search.result)}`;
  const length = hex(addressOf(pagesFor(search.length, pageBytes), pageBytes));
  return (
    `${answer} total_vm=${totalVm === undefined ? "?" : hex(totalVm)} flags=${search.topDown ? "0x1" : "0x0"} ` +
    `len=${length} lo=${round(search.low)} hi=${round(search.high)} ` +
    `mask=${round(search.alignMask)} ofs=${round(search.alignOffset)}`
  );
}

/** True if every field agrees; total_vm only where it was printed. */
export function sameSearch(kernel: Search, model: ModelSearch, pageBytes: number): boolean {
  const recorded = kernel.totalVm ?? model.mapped;
  return printedKernel(kernel, pageBytes, recorded) === printedModel(model, pageBytes);
}

/** The rows that a call would run, for the explanation of a divergence. */
export function printedRule(row: Row, layout: Layout, pageBytes: number): string {
  const bytes = (page: number) => hex(addressOf(page, pageBytes));
  const finish =
    row.finish === "take"
      ? ""
      : `, then ${row.finish} ${bytes(row.finishMask + 1)}+${bytes(row.finishOffset)}`;
  const window =
    row.kind === "claim" ? "" : ` in [${bytes(row.lowLimit)}, ${bytes(row.highLimit)})`;
  const mask =
    row.alignMask === 0 ? "" : ` mask ${bytes(row.alignMask)} ofs ${bytes(row.alignOffset)}`;
  const base = row.highLimit === layout.mmapBase ? " (mmap_base)" : "";
  return `${row.kind} ${bytes(row.pages)}${window}${base}${mask}${finish}`;
}
