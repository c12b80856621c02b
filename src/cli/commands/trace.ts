/** `mmreplay trace info|anonymize|filter|merge`: which tools for traces there are. */

import { type Group, group } from "../group.ts";
import { anonymizeCommand } from "./trace/anonymize.ts";
import { filterCommand } from "./trace/filter.ts";
import { info } from "./trace/info.ts";
import { mergeCommand } from "./trace/merge.ts";

export const traceCommand: Group = group("trace", "look into traces, and make new ones of them", [
  info,
  anonymizeCommand,
  filterCommand,
  mergeCommand,
]);
