import { createReadStream, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { strace } from "../../src/formats/strace.ts";
import { allBytes } from "../../src/formats/text/chunks.ts";
import { decompress } from "../../src/formats/text/decompress.ts";
import type { Event } from "../../src/trace/event.ts";
import type { OpenFile } from "../../src/trace/file.ts";
import { readWith } from "../support/samples.ts";
import { shared } from "../support/shared.ts";

const recordings = join(shared ?? "", "recordings");
const names = (shared === undefined ? [] : readdirSync(recordings)).filter((name) =>
  existsSync(join(recordings, name, "strace.txt.xz")),
);
const missing = shared === undefined ? " (no recordings beside the checkout)" : "";

/** The text as it would be without -y: what stands in angle brackets behind a descriptor is left out. */
const withoutPaths = (text: string): string =>
  text.replace(
    /(?<=[[(, =]|AT_FDCWD)(\d+|(?<=AT_FDCWD))<(?:[^<>\n]|<[^<>\n]*>|->)*>(?:\(deleted\))?(?=[,)\] \n])/g,
    "$1",
  );

/** The file of each mapping, by line. */
function filesOf(events: readonly Event[]): ReadonlyMap<number, OpenFile> {
  const files = new Map<number, OpenFile>();
  for (const event of events) {
    if (event.kind === "call" && event.call === "mmap" && event.file !== undefined)
      files.set(event.line, event.file);
  }
  return files;
}

/** A library is opened by a link to it, a directory may be one. */
const plain = (path = ""): string =>
  (/\/([^/]*?)(?:\.so[-.\w]*)?$/.exec(path)?.[1] ?? path).replace(/-[\d.]+$/, "");

describe("descriptors", () => {
  it.skipIf(names.length === 0).each(names.length === 0 ? ["recordings"] : names)(
    `without their paths stand for the files that strace prints: %s${missing}`,
    async (name) => {
      const file = join(recordings, name, "strace.txt.xz");
      const bytes = await allBytes(decompress(createReadStream(file), file));
      const text = Buffer.from(bytes).toString("latin1");
      const printed = filesOf((await readWith(strace, text)).events);
      const followed = filesOf((await readWith(strace, withoutPaths(text))).events);
      for (const [line, { path }] of followed) {
        if (path === undefined) continue;
        expect([line, plain(path)]).toEqual([line, plain(printed.get(line)?.path)]);
      }
    },
  );
});
