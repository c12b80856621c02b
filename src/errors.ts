/** What can go wrong, where, and what to do about it. */

export interface At {
  readonly file?: string;
  readonly line?: number;
  /** 1-based column of the offending token. */
  readonly column?: number;
  /** The offending line, cut to a printable length. */
  readonly text?: string;
}

/** The one error that users see: `code` is stable (`parse/bad-length`), `hint` is an imperative that can be pasted. */
export class MmreplayError extends Error {
  readonly code: string;
  readonly at: At;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { at?: At; hint?: string } = {}) {
    super(message);
    this.name = "MmreplayError";
    this.code = code;
    this.at = options.at ?? {};
    this.hint = options.hint;
  }
}

/** One kind of warning: how often, the first lines, and the first message. */
export interface Warning {
  readonly code: string;
  count: number;
  readonly lines: number[];
  readonly message: string;
}

const firstLines = 5;

/** Collects warnings, counted by code; nothing is skipped without one. */
export class Diagnostics {
  readonly warnings: Map<string, Warning> = new Map();

  /** Count a warning; `line` is 1-based. */
  warn(code: string, message: string, line?: number): void {
    let warning = this.warnings.get(code);
    if (warning === undefined) {
      warning = { code, count: 0, lines: [], message };
      this.warnings.set(code, warning);
    }
    warning.count += 1;
    if (line !== undefined && warning.lines.length < firstLines) warning.lines.push(line);
  }

  /** How often a code was counted. */
  count(code: string): number {
    return this.warnings.get(code)?.count ?? 0;
  }
}
