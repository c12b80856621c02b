/** What a report format is: a pure function from the model to text. */

import type { Report } from "./report.ts";

export interface ReportFormat {
  readonly id: string;
  readonly title: string;
  /** Without a dot. */
  readonly extension: string;
  render(report: Report): string;
}
