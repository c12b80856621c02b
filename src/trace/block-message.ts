/** How the columns of bytes of a block stand in its message, in this version of the format and in the first one. */

import type { BlockData, StoredBlock } from "./block.ts";
import { hasLow } from "./coding.ts";
import {
  ColumnReader,
  columnWant,
  type StoredColumn,
  type StoredColumns,
} from "./column-reader.ts";
import { encodeNumbers } from "./encode-columns.ts";
import type { FileKind, OpenFile } from "./file.ts";
import { columnsOfFiles, filesOf, idOf, tableOf } from "./file-table.ts";
import type { mmreplay } from "./generated/trace.js";
import { joined, Malformed } from "./varint.ts";

type EventsMessage = mmreplay.trace.Events;
type IEvents = mmreplay.trace.IEvents;

const nothing = new Uint8Array(0);

/** The message of a block, and the low bits of its columns, which stand in a block of their own. */
export function eventsMessage(block: BlockData): {
  readonly message: IEvents;
  readonly low: Uint8Array;
} {
  const { count, strings, files, timeUnit, printedUnit, addresses } = block;
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
    wideIds: [...wide.map(({ id }) => id), ...addresses.wide.keys()],
    wides: [...wide.map((column) => column.wide), ...addresses.wide.values()],
    lowLengths: columns.filter(hasLow).map(({ low }) => low.length),
    addresses: addresses.bytes,
  };
  return { message, low: joined(columns.map(({ low }) => low)) };
}

/** Columns of version 1. */
function oldColumns({ columns }: EventsMessage): StoredColumns {
  const byId = new Map<number, StoredColumn>();
  let at = 0;
  for (const { id, coding, count, data, wide } of columns) {
    const length = data?.length ?? 0;
    byId.set(id ?? 0, {
      coding: coding ?? 0,
      count: count ?? 0,
      at,
      length,
      lowAt: 0,
      lowLength: 0,
      wide: wide ?? nothing,
    });
    at += length;
  }
  return { data: joined(columns.map(({ data }) => data ?? nothing)), low: nothing, byId };
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
function columnsOf(message: EventsMessage, low: Uint8Array): StoredColumns {
  const { ids, codings, lengths, data, wideIds, wides, lowLengths } = message;
  if (Math.max(ids.length, wideIds.length) > mostColumns) throw new Malformed("too many columns");
  const isWhole = codings.length === ids.length && lengths.length === ids.length;
  if (!isWhole || wides.length !== wideIds.length)
    throw new Malformed("columns without their bytes");
  let [at, lowAt, withLow] = [0, 0, 0];
  const byId = new Map<number, StoredColumn>();
  for (const [index, id] of ids.entries()) {
    const coding = codings[index] ?? 0;
    const length = lengths[index] ?? 0;
    const lowLength = hasLow({ coding }) ? (lowLengths[withLow++] ?? 0) : 0;
    const wide = wideIds.length === 0 ? nothing : wides[wideIds.indexOf(id)];
    byId.set(id, { coding, at, length, lowAt, lowLength, wide: wide ?? nothing });
    at += length;
    lowAt += lowLength;
  }
  if (at !== data.length || lowAt !== low.length || withLow !== lowLengths.length)
    throw new Malformed("bytes of no column");
  return { data, low, byId };
}

/** A damaged count must not fill the memory. */
const mostFiles = 2 ** 22;

/** The files of a message, of which the columns tell. */
function filesIn(message: EventsMessage, columns: StoredColumns): readonly OpenFile[] {
  const { fileCount: count, nameCount: names, letters } = message;
  if (count === 0) return [];
  if (Math.max(count, names) > mostFiles) throw new Malformed("too many files");
  const reader = new ColumnReader(columns);
  const places = new Map<number, number>();
  for (const [id, length] of columnsOfFiles(count, names))
    places.set(id, reader.ask(id, length, columnWant.wide));
  reader.read();
  const numbers = new Map<number, Float64Array>();
  for (const [id, place] of places) numbers.set(id, reader.doubles(place));
  return filesOf({ count, names, letters, columns: numbers });
}

/** The block of a message, with the low bits that stand before it. */
export function blockOf(message: EventsMessage, low: Uint8Array): StoredBlock {
  const { count, strings, timeUnit, printedUnit } = message;
  const isOld = message.columns.length > 0;
  const columns = isOld ? oldColumns(message) : columnsOf(message, low);
  const files = isOld ? oldFiles(message) : filesIn(message, columns);
  const { wideIds, wides } = message;
  const wide = new Map(wideIds.map((id, index) => [id, wides[index] ?? nothing]));
  const addresses = { bytes: message.addresses, wide };
  return { count, strings, files, timeUnit, printedUnit, columns, addresses };
}
