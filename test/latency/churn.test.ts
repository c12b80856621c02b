/** Does the workload of the benchmark take exactly the searches and steps that it took before? */

import { expect, it } from "vitest";
import { archs } from "../../src/arch/index.ts";
import { churn } from "../../src/latency/churn.ts";
import { kept, place } from "../../src/place/place.ts";
import { plan } from "../../src/place/plan.ts";
import { policies } from "../../src/policies/index.ts";
import { apply } from "../../src/space/apply.ts";

const facts = { pageSize: 4096, recorder: "none", aslr: false, inferred: [] };

function counted(vmas: number) {
  const program = churn(vmas, 2 * vmas);
  const policy = policies.get("linux-7.3");
  const compiled = plan(program, policy, archs.get("x86-64"), facts, { forced: false });
  const { placements } = place(program, compiled);
  const { vmaPeak } = apply(program, placements, policy.profile, { touch: "never" });
  const sum = (values: Uint32Array) => values.reduce((a, b) => a + b, 0);
  return {
    unplaced: placements.objectPage.filter((page) => page < 0).length,
    vmaPeak,
    searches: sum(placements.searches),
    steps: sum(placements.steps),
    tableBytes: kept(compiled).blocks.reduce((bytes, { ops }) => bytes + ops.byteLength, 0),
  };
}

it.each([100, 1000, 10_000])("takes the same searches, steps and bytes with %i VMAs", (vmas) => {
  expect(counted(vmas)).toMatchSnapshot();
});
