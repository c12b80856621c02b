/** Which report formats there are. */

import { type Registry, registry } from "../registry.ts";
import { json } from "./json.ts";
import { lkml } from "./lkml.ts";
import { markdown } from "./markdown.ts";
import { text } from "./text.ts";
import type { ReportFormat } from "./types.ts";

export const reports: Registry<ReportFormat> = registry("report", [text, lkml, markdown, json]);
