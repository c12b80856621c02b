/** What is recorded, and what a recorder needs to say about itself. */

/** A program to start, or a process that runs already. */
export type Target = (
  | { readonly kind: "start"; readonly command: readonly [string, ...string[]] }
  | { readonly kind: "attach"; readonly pid: number }
) & {
  /** Page faults too, which perf alone can see. */
  readonly faults?: boolean;
  /** A 32-bit program on x86-64: its calls reach no tracepoint of their own. */
  readonly compat?: boolean;
};

export type RecorderName = "strace" | "perf";

/** A recorder of this machine. */
export interface Recorder {
  readonly name: RecorderName;
  /** As it prints it: `6.1`. */
  readonly version: string;
  /** The command line that records the target into `raw`. */
  command(target: Target, raw: string): readonly string[];
  /** The command line that prints `raw` as text, where the recorder does not write text itself. */
  text(raw: string): readonly string[] | undefined;
}
