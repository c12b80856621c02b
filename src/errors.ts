/** What can go wrong, where, and what to do about it. */

export interface At {
  readonly file?: string;
  readonly line?: number;
  /** 1-based column of the offending token. */
  readonly column?: number;
  /** Characters of the token. */
  readonly width?: number;
  /** The offending line. */
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
  /** Memory calls that are left out: how many, by call and then by the code that says why. */
  readonly skipped: Map<string, Map<string, number>> = new Map();

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

  /** Count a memory call that is left out, with a warning that says why. */
  skip(call: string, code: string, message: string, line?: number): void {
    this.warn(code, message, line);
    const codes = this.skipped.get(call) ?? new Map<string, number>();
    this.skipped.set(call, codes.set(code, (codes.get(code) ?? 0) + 1));
  }

  /** Count what another one has counted. */
  add(other: Diagnostics): void {
    for (const { code, count, lines, message } of other.warnings.values()) {
      const known = this.warnings.get(code) ?? { code, count: 0, lines: [], message };
      known.count += count;
      known.lines.push(...lines.slice(0, firstLines - known.lines.length));
      this.warnings.set(code, known);
    }
    for (const [call, codes] of other.skipped) {
      const known = this.skipped.get(call) ?? new Map<string, number>();
      for (const [code, count] of codes) known.set(code, (known.get(code) ?? 0) + count);
      this.skipped.set(call, known);
    }
  }

  /** How often a code was counted. */
  count(code: string): number {
    return this.warnings.get(code)?.count ?? 0;
  }
}
