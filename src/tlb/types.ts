/** What a CPU's data TLBs are: entries, ways and page sizes by level, as published. */

/** One array of entries. */
export interface TlbArray {
  readonly entries: number;
  /** As many as entries: fully associative. */
  readonly ways: number;
  /** Bytes that an entry can map; a larger page takes entries of the largest size below its own. */
  readonly sizes: readonly number[];
}

export interface Cpu {
  readonly id: string;
  readonly title: string;
  /** How the ids of its architectures begin. */
  readonly archs: readonly string[];
  /** Where the figures were published. */
  readonly source: string;
  /** What is not published, and is assumed here. */
  readonly assumed: string;
  /** For data; by page size. */
  readonly first: readonly TlbArray[];
  readonly second: readonly TlbArray[];
  /** Base pages that share an entry if they are contiguous and aligned, virtually and physically. */
  readonly coalesced: number;
}

const kib = 2 ** 10;
const mib = 2 ** 20;

export const size: Readonly<Record<"k4" | "k16" | "k64" | "m2" | "m32" | "m512" | "g1", number>> = {
  k4: 4 * kib,
  k16: 16 * kib,
  k64: 64 * kib,
  m2: 2 * mib,
  m32: 32 * mib,
  m512: 512 * mib,
  g1: 1024 * mib,
};
