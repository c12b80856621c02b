import { describe, expect, it } from "vitest";
import { makeShelf } from "../../src/cli/shelf.ts";
import { Live } from "../../src/resolve/live.ts";
import type { SpaceSurvey } from "../../src/resolve/survey.ts";
import { Surveys } from "../../src/resolve/surveys.ts";

function surveyOf(space: number): SpaceSurvey {
  const placed = new Live<null>();
  placed.put({ start: space, end: space + 2, made: null, offset: 0, prot: 0 });
  const told = { space, parent: null, pid: space + 1, command: `/bin/${space}` };
  return { ...told, exec: true, execSearches: [space], unhintedEnd: 7, placed, called: true };
}

describe("surveys of spaces", () => {
  it("come back in the order of their spaces, whenever these ended", () => {
    const surveys = new Surveys(makeShelf());
    const spaces = Array.from({ length: 2000 }, (_, index) => index);
    for (const space of spaces) surveys.put(surveyOf(space));
    // Every fifth one lives, the others end far from the order in which they began.
    for (const space of spaces.map((index) => (index * 997) % 2000)) {
      const survey = surveys.get(space);
      if (survey !== undefined && space % 5 !== 0) surveys.ended(survey);
      expect(surveys.get(space) === undefined).toBe(space % 5 !== 0);
    }
    for (const space of spaces) {
      const { placed, ...told } = surveys.begin(space) ?? {};
      const { placed: pieces, ...expected } = surveyOf(space);
      expect(told).toEqual(expected);
      expect(placed?.pieces).toEqual(pieces?.pieces);
      surveys.delete(space);
      expect(surveys.get(space)).toBeUndefined();
    }
    expect(surveys.begin(2000)).toBeUndefined();
  });

  it("stay in memory without a shelf", () => {
    const surveys = new Surveys();
    const survey = surveyOf(1);
    surveys.put(survey);
    surveys.ended(survey);
    expect(surveys.begin(1)).toBe(survey);
  });
});
