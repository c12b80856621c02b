import { expect, it } from "vitest";
import { kinship, Tasks } from "../../src/trace/tasks.ts";

it("ends the space of a process whose thread executes a program, with all its tasks", () => {
  const tasks = new Tasks(kinship([]));
  tasks.change({ lifecycle: "exec", pid: 1 });
  const space = tasks.known(1);
  tasks.change({ lifecycle: "thread", pid: 1, child: 3 });
  expect(tasks.known(3)).toBe(space);
  expect(tasks.change({ lifecycle: "exec", pid: 1, other: 3 })).toMatchObject({ ended: space });
  expect(tasks.known(3)).toBeUndefined();
  expect(tasks.known(1)).not.toBe(space);
});
