/** Lines of strace around one that is tested, and what they give. */

import { expect } from "vitest";
import { strace } from "../../src/formats/strace.ts";
import { eventText } from "./events-text.ts";
import { readWith } from "./samples.ts";

export const map = "mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000";
export const good = "munmap(0x7f0000001000, 4096) = 0";

/** The events of these lines, without the notice that the recording starts in the middle. */
export async function read(text: string): Promise<string[]> {
  const { events } = await readWith(strace, text);
  return events
    .filter((event) => !(event.kind === "lifecycle" && event.lifecycle === "attach"))
    .map(eventText)
    .filter((line) => !line.endsWith("parse/attached"));
}

/** What the line gives between a call before and a call after it, which must survive. */
export async function between(...lines: string[]): Promise<string[]> {
  const texts = await read([map, ...lines, good, ""].join("\n"));
  expect(texts[0]).toMatch(/^1 - mmap/);
  expect(texts.at(-1)).toMatch(/munmap\(0x7f0000001000, 4096\) = 0x0$/);
  return texts.slice(1, -1);
}
