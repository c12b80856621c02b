/** How a file is packed, by its first bytes, and what that added to its name. */

export interface Packing {
  readonly id: "gzip" | "xz" | "zstd" | "bzip2";
  /** The first bytes. */
  readonly magic: readonly number[];
}

export const packings: readonly Packing[] = [
  { id: "gzip", magic: [0x1f, 0x8b] },
  { id: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { id: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { id: "bzip2", magic: [0x42, 0x5a, 0x68] },
];

/** True if these bytes begin with the others. */
export const begins = (head: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, index) => head[index] === byte);

/** The name of a file without what packing added to it. */
export function plainName(name: string): string {
  return name.replace(/\.(?:gz|xz|zst|zstd|bz2)$/, "");
}
