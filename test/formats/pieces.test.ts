/** What is known of ranges, held against a list of every address. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Change, Pieces } from "../../src/formats/order/pieces.ts";

const size = 24;
const addresses = Array.from({ length: size }, (_, address) => address);

const range = fc
  .tuple(fc.nat(size - 1), fc.integer({ min: 1, max: 6 }))
  .map(([start, length]) => ({ start, end: Math.min(start + length, size) }));

const step = fc.record({ range, free: fc.boolean(), undone: fc.boolean() });

/** Of each address whether it is free; undefined where nothing is known. */
const shown = (pieces: Pieces): readonly (boolean | undefined)[] =>
  addresses.map((address) => {
    const piece = pieces.at(pieces.after(address));
    return piece !== undefined && piece.start <= address ? piece.free : undefined;
  });

describe("what is known of ranges", () => {
  it.each([true, false])("is what was told last of each address (%s)", (joinsTaken) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), range, (steps, asked) => {
        const pieces = new Pieces(joinsTaken);
        const changes: Change[] = [];
        const states: (readonly (boolean | undefined)[])[] = [shown(pieces)];
        for (const { range: told, free, undone } of steps) {
          const state = states.at(-1) ?? [];
          if (undone && changes.length > 0) {
            pieces.undo(changes.splice(-1));
            states.pop();
          } else {
            changes.push(pieces.set(told, free));
            states.push(state.map((one, at) => (at >= told.start && at < told.end ? free : one)));
          }
          expect(shown(pieces)).toEqual(states.at(-1));
        }
        const state = states.at(-1) ?? [];
        const runs = state.filter((one, at) => one !== undefined && one !== state[at - 1]);
        const own = addresses.slice(0, pieces.count).map((at) => pieces.at(at)?.free);
        if (joinsTaken) expect(own).toEqual(runs);
        else expect(own.filter((free) => free)).toEqual(runs.filter((free) => free));
        const part = state.slice(asked.start, asked.end);
        expect(pieces.isFree(asked)).toBe(part.every((one) => one === true));
        expect(pieces.overlaps(asked, false)).toBe(part.includes(false));
        const unknown = pieces
          .unknown(asked)
          .flatMap(({ start, end }) => addresses.slice(start, end));
        expect(unknown).toEqual(
          addresses.slice(asked.start, asked.end).filter((at) => state[at] === undefined),
        );
      }),
      { seed: 20_261_128, numRuns: 500 },
    );
  });
});
