/** Is a time only told of peers that give the same result? */

import { expect, it } from "vitest";
import { race } from "../../src/latency/race.ts";

const options = { rounds: 3, time: 1 };

it("refuses to time peers whose results differ, and names them", async () => {
  let runs = 0;
  const peers = ["7", "8"].map((sum) => ({
    name: `peer ${sum}`,
    run: () => {
      runs += 1;
      return sum;
    },
  }));
  await expect(race(peers, options)).rejects.toThrow("peer 7 gives 7, peer 8 gives 8");
  expect(runs).toBe(2);
});

it("compares no result with a yardstick's", async () => {
  const peers = [
    { name: "yardstick", run: () => undefined },
    { name: "peer", run: () => "7" },
  ];
  const { standings } = await race(peers, options);
  expect(standings.map(({ name }) => name)).toEqual(["yardstick", "peer"]);
  for (const { median, fastest, runs } of standings) {
    expect(fastest).toBeLessThanOrEqual(median);
    expect(runs).toBeGreaterThanOrEqual(options.rounds);
  }
});
