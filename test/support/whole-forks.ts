/** Forks placed as simply as can be: with lists of the events of every space, whatever they take. */

import { effectOf } from "../../src/formats/order/effect.ts";
import { copiedAfter } from "../../src/formats/order/fork-choice.ts";
import { Known } from "../../src/formats/order/known.ts";
import { began } from "../../src/formats/order/line-span.ts";
import { Rounding } from "../../src/formats/order/rounding.ts";
import { Spaces } from "../../src/formats/spaces.ts";
import type { Event } from "../../src/trace/event.ts";

const pageSize = 4096;

interface Placed {
  readonly event: Event;
  readonly space: number;
  readonly made: number | undefined;
}

function placesOf(events: readonly Event[]): readonly Placed[] {
  const spaces = new Spaces(events);
  return events.map((event) => {
    const { space, made } = spaces.follow(event);
    return { event, space, made: made?.space };
  });
}

/** Events that stand on the wrong side of a fork, by index, with what they are to be sorted by. */
function keysOf(places: readonly Placed[], fork: number, topDown: boolean): Map<number, number> {
  const keys = new Map<number, number>();
  const machine = { topDown, pageSize };
  const at = places[fork];
  if (at === undefined) return keys;
  const indicesOf = (space: number | undefined): readonly number[] =>
    places.flatMap((place, index) => (place.space === space ? [index] : []));
  const event = (index: number): Event => places[index]?.event ?? at.event;
  const own = indicesOf(at.space);
  const child = indicesOf(at.made);
  const spoke = child[0] === undefined ? Number.POSITIVE_INFINITY : began(event(child[0]));
  const until = Math.min(at.event.line, spoke);
  const before = own.filter((index) => index < fork);
  const first = before.findLastIndex((index) => event(index).line <= began(at.event)) + 1;
  const after = own.filter((index) => index > fork);
  const last = after.findIndex((index) => began(event(index)) >= until);
  const around = [...before.slice(first), ...after.slice(0, last < 0 ? after.length : last)];
  const calls = around.map((index) => {
    const one = event(index);
    const effect = effectOf(one, pageSize);
    const known = new Known(machine, undefined, false);
    for (const earlier of own.filter((other) => other < index))
      known.apply(effectOf(event(earlier), pageSize));
    return { effect, around: known.around(effect), entry: began(one), exit: one.line };
  });
  const stand = before.length - first;
  if (calls.every(({ effect: { frees, takes } }) => frees.length + takes.length === 0)) return keys;
  const seen = child.slice(0, 1024).map((index) => effectOf(event(index), pageSize));
  const chosen = copiedAfter(calls, stand, seen, machine, new Rounding());
  around.forEach((index, i) => {
    const step = (i + 1) / (around.length + 1);
    if ((chosen[i] === true) !== i < stand)
      keys.set(index, chosen[i] === true ? fork - 1 + step : fork + step);
  });
  return keys;
}

/** The events in the order that `placeForks` is to give. */
export function wholeForks(events: readonly Event[], topDown: boolean): readonly Event[] {
  const places = placesOf(events);
  const keys = new Map<number, number>();
  places.forEach(({ event, made }, index) => {
    const isFork =
      event.kind === "lifecycle" && event.lifecycle === "fork" && event.entryLine !== undefined;
    if (!isFork || made === undefined) return;
    for (const [moved, key] of keysOf(places, index, topDown)) keys.set(moved, key);
  });
  return events
    .map((event, index) => ({ event, key: keys.get(index) ?? index, index }))
    .sort((a, b) => a.key - b.key || a.index - b.index)
    .map(({ event }) => event);
}
