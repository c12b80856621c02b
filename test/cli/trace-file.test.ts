import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeTrace } from "../../src/cli/trace-file.ts";
import { decode, encode, encodeParts } from "../../src/trace/codec.ts";
import { EventLog } from "../../src/trace/log.ts";
import { logOf } from "../../src/trace/log-writer.ts";
import type { Trace } from "../../src/trace/trace.ts";
import { mmreplay, root } from "../support/cli.ts";

let folder = "";
const file = (name: string) => join(folder, name);
const redis = (): Trace =>
  decode(readFileSync(join(root, "traces/redis-ext4.mmtrace")), "redis-ext4.mmtrace");

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mmreplay-file-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** A trace of which the second block is gone, and how many blocks were asked for. */
function broken(): { readonly trace: Trace; readonly asked: () => number } {
  const trace = redis();
  const [slot] = logOf(trace.events).slots;
  if (slot === undefined) throw new Error("no events");
  let asked = 0;
  const lost = (): never => {
    throw new Error("no second block");
  };
  const first = {
    ...slot,
    block: () => {
      asked += 1;
      return slot.block();
    },
  };
  const events = new EventLog([first, { ...slot, block: lost }]);
  return { trace: { ...trace, events }, asked: () => asked };
}

it("is made part by part, each when it is asked for", () => {
  const { trace, asked } = broken();
  const parts = encodeParts(trace);
  parts.next();
  expect(asked()).toBe(0);
  parts.next();
  parts.next();
  expect(asked()).toBe(1);
  expect(() => [...parts]).toThrow("no second block");
});

it("is written as it is encoded", async () => {
  const trace = redis();
  expect(await writeTrace(trace, file("new.mmtrace"))).toBe(encode(trace).length);
  expect(readFileSync(file("new.mmtrace"))).toEqual(Buffer.from(encode(trace)));
});

it("leaves an older file as it was where it cannot be completed, and nothing else", async () => {
  writeFileSync(file("old.mmtrace"), "old", { mode: 0o640 });
  const before = readdirSync(folder);
  await expect(writeTrace(broken().trace, file("old.mmtrace"))).rejects.toThrow("no second block");
  expect(readFileSync(file("old.mmtrace"), "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(before);
  await writeTrace(redis(), file("old.mmtrace"));
  expect(statSync(file("old.mmtrace")).mode % 0o1000).toBe(0o640);
});

it("may have the longest name that there is", async () => {
  const longest = file("n".repeat(255));
  await writeTrace(redis(), longest);
  expect(readFileSync(longest)).toEqual(Buffer.from(encode(redis())));
});

it("leaves an older file as it was where there is no room, and nothing else", () => {
  const [few, old] = [file("few"), "few/old.mmtrace"];
  mkdirSync(few);
  writeFileSync(file(old), "old");
  const args = `import traces/redis-ext4.mmtrace -o ${file(old)}`;
  // A file may have no more than a block, as on a disk that is full after it.
  const limited = `ulimit -f 1; exec '${process.execPath}' '${join(root, "dist/cli/main.js")}' ${args}`;
  const { status, stderr } = spawnSync("bash", ["-c", limited], { cwd: root, encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toMatch(/old\.mmtrace: error\[io\/unwritable\]: cannot be written \(EFBIG/);
  expect(readFileSync(file(old), "utf8")).toBe("old");
  expect(readdirSync(few)).toEqual(["old.mmtrace"]);
});

it("goes to a device, and is refused where there is no folder", () => {
  expect(mmreplay(["import", "traces/redis-ext4.mmtrace", "-o", "/dev/null"]).code).toBe(0);
  expect(statSync("/dev/null").isFile()).toBe(false);
  const missing = file("no/such.mmtrace");
  const { code, stderr } = mmreplay(["import", "traces/redis-ext4.mmtrace", "-o", missing]);
  expect(code).toBe(1);
  expect(stderr).toContain(`${missing}: error[io/unwritable]`);
  expect(stderr).toMatch(/^hint: /m);
});
