/** The report as data, for scripts and for `mmreplay compare`. */

import type { ReportFormat } from "./types.ts";

export const json: ReportFormat = {
  id: "json",
  title: "mmreplay.report/1",
  extension: "json",
  render: (report) => `${JSON.stringify(report, null, 2)}\n`,
};
