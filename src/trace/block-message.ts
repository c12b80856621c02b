/** How the columns of bytes of a block stand in its message, in this version of the format and in the first one. */

import type { BlockData, ColumnData } from "./block.ts";
import { hasLow } from "./coding.ts";
import { numbersInto } from "./decode-columns.ts";
import { encodeNumbers } from "./encode-columns.ts";
import type { FileKind, OpenFile } from "./file.ts";
import { columnsOfFiles, filesOf, idOf, tableOf } from "./file-table.ts";
import type { mmreplay } from "./generated/trace.js";
import { ByteReader, joined, Malformed } from "./varint.ts";

type EventsMessage = mmreplay.trace.Events;
type IEvents = mmreplay.trace.IEvents;

const nothing = new Uint8Array(0);

/** The message of a block, and the low bits of its columns, which stand in a block of their own. */
export function eventsMessage(block: BlockData): {
  readonly message: IEvents;
  readonly low: Uint8Array;
} {
  const { count, strings, files, timeUnit, printedUnit } = block;
  const table = files.length === 0 ? undefined : tableOf(files);
  const columns = [...block.columns.values()];
  for (const [id, values] of table?.columns ?? []) {
    columns.push({ id, ...encodeNumbers(values, 0), wide: nothing });
  }
  const wide = columns.filter((column) => column.wide.length > 0);
  const message: IEvents = {
    count,
    strings: [...strings],
    timeUnit,
    printedUnit,
    fileCount: table?.count ?? 0,
    nameCount: table?.names ?? 0,
    letters: table?.letters ?? "",
    ids: columns.map(({ id }) => id),
    codings: columns.map(({ coding }) => coding),
    lengths: columns.map(({ data }) => data.length),
    data: joined(columns.map(({ data }) => data)),
    wideIds: wide.map(({ id }) => id),
    wides: wide.map((column) => column.wide),
    lowLengths: columns.filter(hasLow).map(({ low }) => low.length),
  };
  return { message, low: joined(columns.map(({ low }) => low)) };
}

type Columns = BlockData["columns"];

/** Columns of version 1. */
function oldColumns({ columns }: EventsMessage): Columns {
  const byId = new Map<number, ColumnData>();
  for (const { id, coding, count, data, wide } of columns) {
    byId.set(id ?? 0, {
      id: id ?? 0,
      coding: coding ?? 0,
      count: count ?? 0,
      data: data ?? nothing,
      low: nothing,
      wide: wide ?? nothing,
    });
  }
  return byId;
}

/** Files of version 1. */
function oldFiles({ files }: EventsMessage): readonly OpenFile[] {
  return files.map(({ id, kind, path, filesystem, huge, hugePage, device }) => ({
    id: idOf(id ?? 0),
    kind: (kind ?? "unknown") as FileKind,
    ...(path == null ? {} : { path }),
    ...(filesystem == null ? {} : { filesystem }),
    ...(huge == null ? {} : { huge: huge as NonNullable<OpenFile["huge"]> }),
    ...(hugePage == null ? {} : { hugePage }),
    ...(device == null ? {} : { device }),
  }));
}

/** More than all kinds of events can have. */
const mostColumns = 1024;

/** The columns of a message with their parts of the bytes. */
function columnsOf(message: EventsMessage, lowBytes: Uint8Array): Columns {
  const { ids, codings, lengths, data, wideIds, wides, lowLengths } = message;
  if (Math.max(ids.length, wideIds.length) > mostColumns) throw new Malformed("too many columns");
  const isWhole = codings.length === ids.length && lengths.length === ids.length;
  if (!isWhole || wides.length !== wideIds.length)
    throw new Malformed("columns without their bytes");
  const [bytes, low] = [new ByteReader(data), new ByteReader(lowBytes)];
  let withLow = 0;
  const columns = new Map<number, ColumnData>();
  for (const [index, id] of ids.entries()) {
    const coding = codings[index] ?? 0;
    const wide = wideIds.indexOf(id);
    columns.set(id, {
      id,
      coding,
      data: bytes.bytes(lengths[index] ?? 0),
      low: hasLow({ coding }) ? low.bytes(lowLengths[withLow++] ?? 0) : nothing,
      wide: wide < 0 ? nothing : (wides[wide] ?? nothing),
    });
  }
  if (!bytes.ended || !low.ended || withLow !== lowLengths.length)
    throw new Malformed("bytes of no column");
  return columns;
}

/** A damaged count must not fill the memory. */
const mostFiles = 2 ** 22;

/** The files of a message, of which the columns tell. */
function filesIn(message: EventsMessage, byId: Columns): readonly OpenFile[] {
  const { fileCount: count, nameCount: names, letters } = message;
  if (count === 0) return [];
  if (Math.max(count, names) > mostFiles) throw new Malformed("too many files");
  const lengths = columnsOfFiles(count, names);
  const room = new Float64Array([...lengths.values()].reduce((all, length) => all + length, 0));
  const numbers = new Map<number, Float64Array>();
  let at = 0;
  for (const [id, length] of lengths) {
    const column = byId.get(id);
    if (column === undefined) throw new Malformed(`column ${id} is missing`);
    const values = room.subarray(at, at + length);
    numbersInto(column, values);
    numbers.set(id, values);
    at += length;
  }
  return filesOf({ count, names, letters, columns: numbers });
}

/** The block of a message, with the low bits that stand before it. */
export function blockOf(message: EventsMessage, low: Uint8Array): BlockData {
  const { count, strings, timeUnit, printedUnit } = message;
  const old = oldColumns(message);
  const columns = old.size > 0 ? old : columnsOf(message, low);
  const files = old.size > 0 ? oldFiles(message) : filesIn(message, columns);
  return { count, strings, files, timeUnit, printedUnit, columns };
}
