import { expect, it } from "vitest";
import { strace } from "../../src/formats/strace.ts";
import { eventText } from "../support/events-text.ts";
import { readWith } from "../support/samples.ts";

it("takes tasks of unknown origin for threads of the process that was attached to", async () => {
  const text = [
    "12 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000",
    "13 munmap(0x7f0000001000, 4096) = 0",
    "11 munmap(0x7f0000002000, 4096) = 0",
    "",
  ].join("\n");
  const { events } = await readWith(strace, text, undefined, { leader: 11 });
  const tasks = events.filter(({ kind }) => kind === "lifecycle");
  expect(tasks.map(eventText)).toEqual([
    "1 11 * attach",
    "1 11 * thread child=12",
    "2 11 * thread child=13",
  ]);
});
