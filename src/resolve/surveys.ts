/** Where the surveys of address spaces are: of those that end early, there is no room for all until calls are resolved. */

import type { Shelf } from "../trace/block.ts";
import { type Row, SortedRows } from "../trace/sorted-rows.ts";
import { Live, type Piece } from "./live.ts";
import type { SpaceSurvey } from "./survey.ts";

/** Surveys that are put away together, and as many lots that are kept of what comes back. */
const lot = 256;
const mostKept = 8;

/** A survey as plain data. */
interface Stored extends Omit<SpaceSurvey, "placed"> {
  readonly placed?: readonly Piece<null>[];
}

function stored({ placed, ...others }: SpaceSurvey): Stored {
  return placed === undefined ? others : { ...others, placed: placed.pieces };
}

function restored({ placed, ...others }: Stored): SpaceSurvey {
  return placed === undefined ? others : { ...others, placed: Live.of(placed) };
}

interface Opened {
  readonly number: number;
  readonly surveys: readonly Stored[];
}

/** Without a shelf all of them stay in memory. */
export class Surveys {
  readonly #shelf: Shelf | undefined;
  readonly #near = new Map<number, SpaceSurvey>();
  #ended: SpaceSurvey[] = [];
  readonly #lots: (() => readonly Stored[])[] = [];
  /** The space of each survey that is not near, and its place among those. */
  readonly #places: SortedRows;
  #rows: Iterator<Row, undefined> | undefined;
  #next: Row | undefined;
  #opened: readonly Opened[] = [];

  constructor(shelf?: Shelf) {
    this.#shelf = shelf;
    this.#places = new SortedRows(shelf);
  }

  get(space: number): SpaceSurvey | undefined {
    return this.#near.get(space);
  }

  put(survey: SpaceSurvey): void {
    this.#near.set(survey.space, survey);
  }

  delete(space: number): void {
    this.#near.delete(space);
  }

  /** Nothing is added to it any more. */
  ended(survey: SpaceSurvey): void {
    if (this.#shelf === undefined) return;
    this.#near.delete(survey.space);
    this.#places.push([survey.space, this.#lots.length * lot + this.#ended.length]);
    this.#ended.push(survey);
    if (this.#ended.length < lot) return;
    this.#lots.push(this.#shelf(this.#ended.map(stored)));
    this.#ended = [];
  }

  /** The survey of a space that begins; to be asked in the order of their numbers, once none ends any more. */
  begin(space: number): SpaceSurvey | undefined {
    const near = this.#near.get(space);
    if (near !== undefined) return near;
    this.#rows ??= this.#places[Symbol.iterator]();
    while ((this.#next?.[0] ?? 0) < space) {
      this.#next = this.#rows.next().value;
      if (this.#next === undefined) return undefined;
    }
    const [found, place = 0] = this.#next ?? [];
    if (found !== space) return undefined;
    const survey = this.#at(place);
    if (survey !== undefined) this.put(survey);
    return survey;
  }

  #at(place: number): SpaceSurvey | undefined {
    const number = Math.floor(place / lot);
    const taken = this.#lots[number];
    if (taken === undefined) return this.#ended[place % lot];
    const known = this.#opened.find((one) => one.number === number);
    const opened = known ?? { number, surveys: taken() };
    const others = this.#opened.filter((one) => one !== opened);
    this.#opened = [opened, ...others].slice(0, mostKept);
    const survey = opened.surveys[place % lot];
    return survey === undefined ? undefined : restored(survey);
  }
}
