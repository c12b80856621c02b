/** An order of the calls of one space in which every search finds what it found: looked for step by step, as they come. */

import { Deque } from "./deque.ts";
import type { Machine } from "./effect.ts";
import type { Item } from "./item.ts";
import { Known } from "./known.ts";
import type { Told } from "./overview.ts";
import type { Changes } from "./pieces.ts";

/** So many events ahead of the first one left may be under way with it. */
const reach = 96;
/** Choices that may still be taken back. */
const depth = 128;
/** Steps that may be spent on one contradiction, and on a whole space. */
const patience = 4000;
/** After so many of them the search begins again, with care. */
const haste = 250;
const allPatience = 400_000;
/** Items that are held: more than can be ahead and taken back together. */
const held = 512;

/** One choice: which item, what it changed, and what else could be chosen. */
interface Choice {
  readonly item: number;
  readonly changes: Changes;
  readonly others: readonly number[];
}

const noItems: readonly number[] = [];

/** Takes items by their place, and gives them in an order without contradiction as far as one is found. */
export class LinearSearch {
  readonly #settled: (item: Item) => void;
  readonly #known: Known;
  /** By place modulo `held`; those that were given are gone. */
  readonly #items: (Item | undefined)[] = [];
  readonly #done = new Uint8Array(held);
  /** Items that came. */
  #count = 0;
  /** Items that were given. */
  #given = 0;
  #isWhole = false;
  readonly #choices = new Deque<Choice>();
  /** So many of the last ones were made without a look at what else could be chosen; no items before this one are. */
  #plain = 0;
  #looked = 0;
  /** The last line on which any item began. */
  #latest = 0;
  /** Of the choices that came to a contradiction, the first that left no earlier item than the others. */
  #farthest = noItems;
  #frontier = -1;
  #first = 0;
  #steps = 0;
  #total = 0;
  /** What leaves all others possible is chosen first, which takes longer. */
  #isCareful = false;
  /** Which items were taken where nothing more could follow, in whatever order they were. */
  readonly #dead = new Set<string>();

  constructor(machine: Machine, settled: (item: Item) => void, overview?: Told) {
    this.#known = new Known(machine, overview);
    this.#settled = settled;
  }

  push(item: Item): void {
    this.#items[item.place % held] = item;
    this.#done[item.place % held] = 0;
    this.#count += 1;
    // It may come before one that stands before it.
    if (item.exit < this.#latest) this.#looked = this.#count;
    this.#latest = Math.max(this.#latest, item.entry);
    this.#run();
  }

  /** Nothing more comes. */
  end(): void {
    this.#isWhole = true;
    this.#run();
    this.#settle(this.#choices.length);
  }

  /** Go on as long as all that may be under way with the first one left has come. */
  #run(): void {
    while (this.#given + this.#choices.length < this.#count) {
      this.#advance();
      if (!this.#isWhole && this.#first + reach > this.#count) return;
      if (this.#isPlain()) this.#goOn();
      else {
        this.#look();
        this.#step();
      }
    }
  }

  /** True if the first item left is a choice: what else could be chosen is looked for where that one leads to nothing. */
  #isPlain(): boolean {
    if (this.#isCareful || this.#dead.size > 0 || this.#first < this.#looked) return false;
    const { neutral, effect } = this.#at(this.#first);
    return neutral || !this.#known.contradicts(effect);
  }

  #goOn(): void {
    this.#choose(this.#first, noItems);
    this.#plain += 1;
    // With a look neutral items that are ahead come first: as many choices as ever may then be taken back.
    if (this.#choices.length > depth + reach) this.#settle(1);
  }

  /** Take back the choices that were made without a look: all up to the first item left are made with one. */
  #look(): void {
    this.#looked = Math.max(this.#looked, this.#first + 1);
    for (let left = Math.min(this.#plain, this.#choices.length); left > 0; left--) this.#undo();
    this.#plain = 0;
  }

  #step(): void {
    const fitting = this.#fitting(this.#ready());
    if (fitting.length > 0)
      this.#chooseFrom(this.#isCareful ? this.#harmlessFirst(fitting) : fitting);
    else {
      this.#dead.add(this.#taken());
      if (this.#first > this.#frontier) {
        this.#frontier = this.#first;
        const path = this.#choices.map(({ item }) => item);
        // What was put before the one that is left, in vain, stays behind it.
        this.#farthest = path.slice(0, path.findLastIndex((item) => item < this.#first) + 1);
      }
      this.#steps += 1;
      this.#total += 1;
      const patient = this.#steps < patience && this.#total < allPatience;
      if (this.#steps === haste) this.#again();
      else if (!(patient && this.#back())) {
        this.#giveIn();
        this.#rest();
      }
    }
    if (this.#choices.length > depth) {
      this.#settle(this.#choices.length - depth);
      this.#rest();
    }
  }

  /** What stood in the way is passed. */
  #rest(): void {
    this.#steps = 0;
    this.#isCareful = false;
  }

  /** Take all choices back, and choose with care. */
  #again(): void {
    this.#isCareful = true;
    this.#undoAll();
  }

  /** Those first whose choice contradicts the fewest of the others: what frees a gap comes after who would have taken it. */
  #harmlessFirst(fitting: readonly number[]): readonly number[] {
    if (fitting.length < 2) return fitting;
    const harm = new Map<number, number>();
    for (const item of fitting) {
      const changes = this.#known.apply(this.#at(item).effect);
      const isHarmed = (other: number): boolean =>
        other !== item && this.#known.contradicts(this.#at(other).effect);
      harm.set(item, fitting.filter(isHarmed).length);
      this.#known.undo(changes);
    }
    return fitting.toSorted((one, other) => (harm.get(one) ?? 0) - (harm.get(other) ?? 0));
  }

  #at(place: number): Item {
    const item = this.#items[place % held];
    if (item?.place !== place) throw new Error(`no item ${place}`);
    return item;
  }

  #isDone(place: number): boolean {
    return this.#done[place % held] === 1;
  }

  #advance(): void {
    while (this.#first < this.#count && this.#isDone(this.#first)) this.#first += 1;
  }

  /** Items that nothing which is left must precede. */
  #ready(): number[] {
    this.#advance();
    const until = Math.min(this.#first + reach, this.#count);
    let earliest = Number.POSITIVE_INFINITY;
    for (let i = this.#first; i < until; i++)
      if (!this.#isDone(i)) earliest = Math.min(earliest, this.#at(i).exit);
    const ready: number[] = [];
    for (let i = this.#first; i < until; i++)
      if (!this.#isDone(i) && this.#at(i).entry <= earliest) ready.push(i);
    return ready;
  }

  #fitting(ready: readonly number[]): number[] {
    const neutral = ready.find((i) => this.#at(i).neutral);
    if (neutral !== undefined) return [neutral];
    return ready.filter((i) => !this.#known.contradicts(this.#at(i).effect) && !this.#isDead(i));
  }

  /** True if what follows an item has been looked for in vain. */
  #isDead(item: number): boolean {
    if (this.#dead.size === 0) return false;
    this.#done[item % held] = 1;
    const taken = this.#taken();
    this.#done[item % held] = 0;
    return this.#dead.has(taken);
  }

  /** Which items are taken. */
  #taken(): string {
    let first = this.#first;
    while (first < this.#count && this.#isDone(first)) first += 1;
    let text = `${first}`;
    for (let i = first + 1; i < this.#count; i++) text += this.#isDone(i) ? "+" : " ";
    return text.trimEnd();
  }

  #chooseFrom([item, ...others]: readonly number[]): void {
    if (item !== undefined) this.#choose(item, others);
  }

  #choose(item: number, others: readonly number[]): void {
    this.#done[item % held] = 1;
    this.#choices.push({ item, changes: this.#known.apply(this.#at(item).effect), others });
  }

  /** Take the last choice back. */
  #undo(): Choice | undefined {
    const last = this.#choices.pop();
    if (last === undefined) return undefined;
    this.#known.undo(last.changes);
    this.#done[last.item % held] = 0;
    this.#first = Math.min(this.#first, last.item);
    return last;
  }

  #undoAll(): void {
    while (this.#undo() !== undefined);
  }

  /** Take choices back until there is another one; false if none is left to take back. */
  #back(): boolean {
    for (let last = this.#undo(); last !== undefined; last = this.#undo()) {
      const others = last.others.filter((item) => !this.#isDead(item));
      if (others.length > 0) {
        this.#chooseFrom(others);
        return true;
      }
      this.#dead.add(this.#taken());
    }
    return false;
  }

  /** The oldest choices stand. */
  #settle(count: number): void {
    for (let left = count; left > 0; left--) {
      const item = this.#choices.shift()?.item ?? 0;
      const given = this.#at(item);
      this.#given += 1;
      this.#items[item % held] = undefined;
      this.#settled(given);
    }
    if (this.#dead.size > 0) this.#dead.clear();
    this.#farthest = noItems;
    this.#frontier = -1;
  }

  /**
   * No order is without contradiction: the farthest that was found stands, and what comes next goes as it is. Calls are
   * missing that have changed something, so that what was known before proves nothing any more.
   */
  #giveIn(): void {
    const path = this.#farthest;
    this.#undoAll();
    for (const item of path) this.#choose(item, noItems);
    this.#settle(this.#choices.length);
    this.#known.forget();
    this.#chooseFrom(this.#ready().slice(0, 1));
    this.#settle(this.#choices.length);
  }
}
