/** Branches of tricks in many address spaces: settled in a few placements, as they would be one after the other. */

import { describe, expect, it } from "vitest";
import { archs } from "../../src/arch/index.ts";
import { Diagnostics } from "../../src/errors.ts";
import { type Branch, copiesOf, decidedAt, firstOthers } from "../../src/place/branches.ts";
import { intentOf } from "../../src/place/intent.ts";
import { place } from "../../src/place/place.ts";
import { plan } from "../../src/place/plan.ts";
import type { Placements } from "../../src/place/types.ts";
import { policies } from "../../src/policies/index.ts";
import type { Idioms } from "../../src/resolve/idioms/idioms.ts";
import { recognise } from "../../src/resolve/idioms/recognise.ts";
import type { Outcome } from "../../src/resolve/idioms/replacements.ts";
import { rewrite } from "../../src/resolve/idioms/rewrite.ts";
import type { Program } from "../../src/resolve/program.ts";
import { resolve } from "../../src/resolve/resolve.ts";
import type { Event } from "../../src/trace/event.ts";
import { hinted, M, map, N, P, unmap } from "../resolve/idiom-cases.ts";
import { lifecycle, traceOf } from "../support/events.ts";

/** A reservation that is cut to 64 MiB, and requests for as much whose answers happened to fit. */
const learnedBy = (pid: number, times: number): readonly Event[] => [
  lifecycle("exec", pid, { path: "/a" }),
  map(0x70000000, P, { addr: 0x70000000, flags: 0x32, pid }),
  map(0x50800000, 128 * M, { ...N, pid }),
  unmap(0x50800000, 56 * M, pid),
  unmap(0x58000000, 8 * M, pid),
  ...Array.from({ length: times }, (_, i) => [
    map(0x100000000 + i * 256 * M + 64 * M, 81 * M, { pid }),
    map(0x100000000 + i * 256 * M, 64 * M, { ...N, ...hinted(0x70000000), pid }),
  ]).flat(),
];

interface Asked {
  readonly program: Program;
  readonly idioms: Idioms;
  answers(program: Program): Placements;
  times: number;
}

function askedOf(events: readonly Event[]): Asked {
  const trace = traceOf(events);
  const options = { fileOf: () => ({ kind: "regular" as const }), failedRemapUnmaps: false };
  const resolved = resolve(trace, options, new Diagnostics());
  const spaces = resolved.spaces.map((one) => ({ ...one, mmapBase: 0x7ffff7fff }));
  const program = { ...resolved, spaces };
  const [policy, arch] = [policies.get("linux-6.1"), archs.get("x86-64")];
  const asked: Asked = {
    program,
    idioms: recognise(program, trace.events),
    times: 0,
    answers: (one) => {
      asked.times += 1;
      return place(one, plan(one, policy, arch, trace.facts, { forced: false })).placements;
    },
  };
  return asked;
}

/** What `intentOf` promises: one branch after the other, each with a placement of its own. */
function oneByOne({ program, idioms, answers }: Asked): Program {
  const outcomes = new Map<number, Outcome>();
  let left = [...idioms]
    .flatMap((idiom, index): Branch[] => {
      const at = decidedAt(idiom);
      return at === undefined ? [] : [{ idiom, index, at }];
    })
    .sort((a, b) => a.at - b.at);
  for (;;) {
    const asked = rewrite(program, idioms, "redo", { outcomes });
    const answered = { asked, placements: answers(asked), scale: 1 };
    const [first] = firstOthers(left, copiesOf(program), answered).others;
    if (first === undefined) return asked;
    outcomes.set(...first);
    left = left.filter(
      ({ index, at }) => index !== first[0] && at > (idioms.at(first[0])?.op ?? 0),
    );
  }
}

const listOf = ({ ops }: Program) => [...ops];

describe("branches that go otherwise than recorded", () => {
  it("cost a round for each of one space, however many spaces there are", () => {
    const asked = askedOf(Array.from({ length: 40 }, (_, i) => learnedBy(i + 1, 3)).flat());
    expect([...asked.idioms].filter((one) => one.class === "learned")).toHaveLength(120);
    const { program, unsettled } = intentOf(asked.program, asked.idioms, "redo")(asked.answers);
    expect(unsettled).toBe(0);
    expect(asked.times).toBeLessThanOrEqual(4);
    expect(listOf(program)).toEqual(listOf(oneByOne(asked)));
    expect(listOf(program).length).toBeGreaterThan(asked.program.ops.length + 80);
  });

  it("wait for those of the space that theirs was copied from", () => {
    const [early, late] = [learnedBy(1, 2), learnedBy(2, 2).slice(5)];
    const asked = askedOf([...early, lifecycle("fork", 1, { child: 2 }), ...late]);
    const { program, unsettled } = intentOf(asked.program, asked.idioms, "redo")(asked.answers);
    expect(unsettled).toBe(0);
    expect(copiesOf(asked.program).size).toBe(1);
    expect(listOf(program)).toEqual(listOf(oneByOne(asked)));
  });
});
