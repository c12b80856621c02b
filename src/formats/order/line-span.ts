/** On which lines of the recording an event began and ended. */

import type { Event } from "../../trace/event.ts";

export const began = (event: Event): number =>
  (event as { readonly entryLine?: number }).entryLine ?? event.line;

/** The first line and the last. Where a recorder prints its CPUs one after the other, a call may return above. */
export function spanOf(event: Event): { readonly entry: number; readonly exit: number } {
  const { line } = event;
  const entry = began(event);
  return { entry: Math.min(entry, line), exit: Math.max(entry, line) };
}
