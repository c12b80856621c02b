/** How files become an initramfs: the archive that the kernel unpacks into its first root (initramfs buffer format, newc). */

/** A file, a folder, or a device file with its numbers. */
export interface Entry {
  readonly path: string;
  readonly mode: number;
  readonly bytes?: Uint8Array;
  readonly device?: readonly [major: number, minor: number];
}

const padded = (length: number): number => Math.ceil(length / 4) * 4;
const trailer: Entry = { path: "TRAILER!!!", mode: 0 };

function header({ mode, device, bytes }: Entry, inode: number, nameBytes: number): string {
  const [major, minor] = device ?? [0, 0];
  const [uid, gid, links, time, diskMajor, diskMinor, check] = [0, 0, 1, 0, 0, 0, 0];
  const size = bytes?.length ?? 0;
  const owner = [uid, gid, links, time, size, diskMajor, diskMinor];
  const fields = [inode, mode, ...owner, major, minor, nameBytes, check];
  return `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`;
}

/** The archive; folders come before what is in them, paths have no leading slash. */
export function archive(entries: readonly Entry[]): Uint8Array {
  const encoder = new TextEncoder();
  const parts = [...entries, trailer].flatMap((entry, index) => {
    const name = encoder.encode(`${entry.path}\0`);
    const head = encoder.encode(header(entry, index + 1, name.length));
    const named = new Uint8Array(padded(head.length + name.length));
    named.set(head);
    named.set(name, head.length);
    return [named, entry.bytes ?? new Uint8Array(0)];
  });
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + padded(length), 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += padded(part.length);
  }
  return whole;
}
