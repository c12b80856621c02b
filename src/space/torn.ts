/** Maps that were read while calls went on: each line shows the state of its own moment, and the moments ascend. */

import { opNumber } from "../resolve/op-table.ts";
import type { Program } from "../resolve/program.ts";
import type { AddressSpace } from "./address-space.ts";
import type { SnapshotComparison } from "./applied.ts";
import { spacesOf } from "./borders.ts";
import { keysOfMaps, keysOfModel, type MapsKey } from "./compare-maps.ts";
import type { Watch } from "./watch.ts";

/** So many ops of the space, before and after its place, may fall into the reading. */
const reach = 160;

interface Reading {
  readonly space: number;
  /** First and last op in whose states its lines are looked for. */
  readonly from: number;
  readonly to: number;
  readonly lines: readonly MapsKey[];
  /** By line: numbers of the states that had it. */
  readonly shown: readonly number[][];
  states: number;
}

/** The first and last op of a space within reach of one; that it is entered is none, which depends on what others do. */
function within({ ops }: Program, entered: Int32Array, at: number): readonly [number, number] {
  const { kind } = ops.table;
  const space = entered[at];
  const limit = (step: number): number => {
    let index = at;
    for (let left = reach; left > 0; ) {
      const next = index + step;
      if (next < 0 || next >= entered.length) break;
      index = next;
      if (entered[index] === space && kind[index] !== opNumber.enter) left -= 1;
    }
    return index;
  };
  return [limit(-1), limit(1)];
}

/** The most lines that one reading can have taken from states in their order. */
function inOrder({ shown, states }: Reading): number {
  const best = new Array<number>(states).fill(0);
  for (const numbers of shown) {
    const taken = new Map(numbers.map((state) => [state, (best[state] ?? 0) + 1]));
    let most = 0;
    for (let state = 0; state < states; state++) {
      most = Math.max(most, best[state] ?? 0, taken.get(state) ?? 0);
      best[state] = most;
    }
  }
  return best.at(-1) ?? 0;
}

/** Looks for the lines of some snapshots in all states about them. */
export class TornReadings implements Watch {
  readonly #readings = new Map<number, Reading>();

  constructor(program: Program, torn: readonly SnapshotComparison[]) {
    const entered = spacesOf(program.ops);
    for (const { op: index, space } of torn) {
      const op = program.ops.at(index);
      if (op?.kind !== "snapshot") continue;
      const [from, to] = within(program, entered, index);
      const lines = keysOfMaps(op.areas);
      this.#readings.set(index, {
        space,
        from,
        to,
        lines,
        shown: lines.map(() => []),
        states: 0,
      });
    }
    this.#pageBytes = program.pageBytes;
  }

  readonly #pageBytes: number;

  /** By snapshot op: the op from which on its lines may be of later states. */
  get begins(): ReadonlyMap<number, number> {
    return new Map([...this.#readings].map(([index, { from }]) => [index, from]));
  }

  stepped(index: number, current: AddressSpace): void {
    for (const reading of this.#readings.values()) {
      if (current.id !== reading.space || index < reading.from || index > reading.to) continue;
      const keys = keysOfModel(current, this.#pageBytes);
      reading.lines.forEach(({ key }, line) => {
        if (keys.has(key)) reading.shown[line]?.push(reading.states);
      });
      reading.states += 1;
    }
  }

  /** The comparison with what each line may have shown, where that explains more. */
  better(snapshot: SnapshotComparison): SnapshotComparison {
    const reading = this.#readings.get(snapshot.op);
    if (reading === undefined) return snapshot;
    const exact = inOrder(reading);
    if (exact <= snapshot.exact) return snapshot;
    const differences = reading.lines
      .filter((_, line) => reading.shown[line]?.length === 0)
      .map(({ start, text }) => ({ start, kernel: text, model: null }));
    return { ...snapshot, exact, extra: 0, differences };
  }
}
