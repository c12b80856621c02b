/** `mmreplay history add|show|check`: which commands keep results over time. */

import { type Group, group } from "../group.ts";
import { add } from "./history/add.ts";
import { check } from "./history/check.ts";
import { show } from "./history/show.ts";

export const historyCommand: Group = group("history", "keep results over time in one file", [
  add,
  show,
  check,
]);
