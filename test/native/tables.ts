/** Random op tables that reach every kind of op, row and finish, with ids that are valid. */

import { finishKind, found, op, opKind, out, rowKind, search } from "../../src/place/wire.ts";
import { modulo } from "../../src/units.ts";

export interface Tables {
  readonly ops: Float64Array;
  readonly searches: Float64Array;
  /** Entries that `found` may need. */
  readonly mostFound: number;
}

export interface TableOptions {
  readonly seed: number;
  readonly ops: number;
  /** Pages that positions and windows cover. */
  readonly room: number;
  /** Pages of the largest object. */
  readonly largest: number;
  /** All amounts are multiplied by this, some with one page more or less. */
  readonly unit: number;
}

/** A list of rows: first, count, and how many of them search. */
interface List {
  readonly first: number;
  readonly count: number;
  readonly searches: number;
}

/** Random numbers from a seed (the minimal standard generator of Park and Miller). */
export class Dice {
  #state: number;
  readonly #unit: number;

  constructor(seed: number, unit = 1) {
    this.#state = modulo(seed * 2654435, 2 ** 31 - 2) + 1;
    this.#unit = unit;
    for (let warm = 0; warm < 4; warm += 1) this.below(2);
  }

  /** A whole number in [0, sides). */
  below(sides: number): number {
    this.#state = modulo(this.#state * 48271, 2 ** 31 - 1);
    return Math.floor((this.#state / (2 ** 31 - 1)) * sides);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  /** An amount of pages from a number of units. */
  amount(units: number): number {
    if (this.#unit === 1) return units;
    return units * this.#unit + (this.chance(30) ? this.below(3) - 1 : 0);
  }

  /** A power of two minus one, mostly 0. */
  mask(percent: number): number {
    return this.chance(percent) ? this.pick([1, 3, 7]) * this.#unit + this.#unit - 1 : 0;
  }
}

/** Which tables a seed gives: small and crowded, in single pages or in units of up to 2^31. */
export function tablesOf(seed: number, ops: number): Tables {
  const unit = [1, 1, 1, 8, 2 ** 20, 2 ** 31][seed % 6] ?? 1;
  return randomTables({ seed, ops, room: 20 + (seed % 7) * 15, largest: 2 + (seed % 5) * 3, unit });
}

export function randomTables(options: TableOptions): Tables {
  const dice = new Dice(options.seed, options.unit);
  const rows: number[] = [];
  const lists = Array.from({ length: 12 }, () => randomList(dice, options, rows));
  const maker = new OpMaker(dice, options, rows, lists);
  const cells: number[] = [];
  for (let index = 0; index < options.ops; index += 1) cells.push(...maker.next());
  return {
    ops: Float64Array.from(cells),
    searches: Float64Array.from(rows),
    mostFound: maker.mostFound,
  };
}

/** Room for the answers. */
export function answers(tables: Tables): { out: Float64Array; found: Float64Array } {
  return {
    out: new Float64Array((tables.ops.length / op.stride) * out.stride),
    found: new Float64Array(tables.mostFound * found.stride),
  };
}

/** One to three attempts of hint, down and up, some behind a wall. */
function randomList(dice: Dice, options: TableOptions, rows: number[]): List {
  const first = rows.length / search.stride;
  let searches = 0;
  const attempts = 1 + dice.below(3);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const pages = Math.max(1, dice.amount(1 + dice.below(options.largest)));
    const finish = dice.chance(50) ? finishKind.take : dice.pick([0, 1, 2, 3, 4, finishKind.shift]);
    const mask = finish === finishKind.take ? 0 : dice.mask(90);
    const offset = dice.amount(dice.below(8));
    const wall = dice.chance(20) ? dice.amount(dice.below(options.room)) : 0;
    const kinds = [rowKind.at, rowKind.down, rowKind.up].filter(() => dice.chance(65));
    for (const kind of kinds) {
      const low = dice.chance(60) ? 0 : dice.amount(dice.below(options.room) - 3);
      const rounds = kind === rowKind.at;
      if (!rounds) searches += 1;
      const exact = kind === rowKind.down ? rowKind.exactDown : rowKind.exactUp;
      const searched = !rounds && dice.chance(25) ? exact : kind;
      rows.push(
        searched,
        attempt,
        pages,
        low,
        dice.amount(options.room - dice.below(options.room)),
      );
      rows.push(dice.mask(20), dice.amount(dice.below(8)), dice.chance(15) ? dice.amount(1) : 0);
      rows.push(rounds ? dice.pick([finishKind.take, finishKind.up, finishKind.down]) : finish);
      rows.push(rounds ? dice.mask(50) : mask, offset, dice.chance(50) ? wall : -wall);
    }
  }
  return { first, count: rows.length / search.stride - first, searches };
}

/** Makes one op after the other; knows the ids so far, but not what became of them. */
class OpMaker {
  mostFound = 0;
  readonly #dice: Dice;
  readonly #options: TableOptions;
  readonly #rows: number[];
  readonly #lists: readonly List[];
  /** Id and pages of each object. */
  readonly #objects: [number, number][] = [[0, 0]];
  readonly #spaces: number[] = [0];

  constructor(dice: Dice, options: TableOptions, rows: number[], lists: readonly List[]) {
    this.#dice = dice;
    this.#options = options;
    this.#rows = rows;
    this.#lists = lists;
  }

  next(): number[] {
    const roll = this.#dice.below(100);
    if (roll < 36) return this.#placed(opKind.map);
    if (roll < 42) return this.#placed(opKind.probe);
    if (roll < 52) return this.#grown();
    if (roll < 64) return this.#fixed();
    if (roll < 94) return this.#released();
    return this.#entered();
  }

  #placed(kind: number): number[] {
    const list = this.#lists[this.#dice.below(this.#lists.length)];
    if (list === undefined) return [];
    this.mostFound += list.searches;
    const pages = this.#pages();
    const position = this.#position();
    const object = this.#define(kind === opKind.map ? pages : undefined);
    return [kind, object, ...position, pages, this.#guard(), list.first, list.count];
  }

  /** mremap or brk: an object gets longer, in place only. */
  #grown(): number[] {
    const [anchor, kept] = this.#object();
    const more = this.#pages();
    const claims = this.#dice.chance(70);
    const first = this.#rows.length / search.stride;
    const high = this.#dice.amount(this.#options.room);
    const tested = this.#dice.chance(80) ? more : more + 1;
    this.#rows.push(claims ? rowKind.claim : rowKind.at, 0, Math.max(1, tested), 0, high);
    this.#rows.push(0, 0, 0, 0, 0, 0, 0);
    const pages = claims ? kept + more : more;
    const object = this.#define(pages);
    return [opKind.map, object, anchor, claims ? 0 : kept, pages, this.#guard(), first, 1];
  }

  #fixed(): number[] {
    const pages = this.#pages();
    const position = this.#position();
    const align = [this.#dice.mask(25), this.#dice.amount(this.#dice.below(4))];
    return [opKind.fix, this.#define(pages), ...position, pages, this.#guard(), ...align];
  }

  #released(): number[] {
    const spare = this.#dice.chance(25) ? this.#object() : [0, 0];
    if (this.#dice.chance(70)) {
      const [anchor, pages] = this.#object();
      const cut = this.#dice.chance(40) ? this.#dice.below(pages) : 0;
      return [opKind.release, 0, anchor, cut, pages - cut, 0, ...spare];
    }
    return [opKind.release, 0, ...this.#position(), this.#pages(), 0, ...spare];
  }

  #entered(): number[] {
    const known = this.#dice.pick([0, ...this.#spaces]);
    const space = this.#spaces.length;
    if (this.#dice.chance(60)) return [opKind.enter, known, 0, 0, 0, 0, 0, 0];
    this.#spaces.push(space);
    const kind = this.#dice.chance(70) ? opKind.fork : opKind.enter;
    return [kind, space, 0, 0, 0, 0, 0, 0];
  }

  #define(pages: number | undefined): number {
    if (pages === undefined || this.#dice.chance(5)) return 0;
    const [last] = this.#objects.at(-1) ?? [0, 0];
    const id = last + 1 + (this.#dice.chance(5) ? this.#dice.below(50) : 0);
    this.#objects.push([id, pages]);
    return id;
  }

  /** An object, mostly a recent one. */
  #object(): [number, number] {
    const back = this.#dice.below(this.#dice.chance(70) ? 12 : this.#objects.length);
    return this.#objects[Math.max(0, this.#objects.length - 1 - back)] ?? [0, 0];
  }

  #position(): [number, number] {
    if (this.#dice.chance(50)) return [0, this.#dice.amount(this.#dice.below(this.#options.room))];
    const [anchor, pages] = this.#object();
    const offset = this.#dice.chance(50) ? pages : this.#dice.amount(this.#dice.below(12) - 6);
    return [anchor, offset];
  }

  #pages(): number {
    return Math.max(0, this.#dice.amount(1 + this.#dice.below(this.#options.largest)));
  }

  #guard(): number {
    return this.#dice.chance(15) ? this.#dice.amount(1 + this.#dice.below(4)) : 0;
  }
}
