/** What verify says of a recording: counts, what could not be held against the model, and the first divergence explained. */

export interface Count {
  readonly total: number;
  readonly exact: number;
}

export interface Excluded {
  readonly reason: string;
  readonly count: number;
  /** 1-based line in the recording. */
  readonly firstLine: number;
  /** It stands after lost events, so that the state before it is in doubt. */
  readonly doubtful?: true;
}

/** One answer of the kernel that the model does not give. */
export interface Divergence {
  readonly of: "search" | "placement" | "vma";
  /** 1-based line in the recording. */
  readonly line: number;
  /** The call or area, in the recording's words. */
  readonly what: string;
  readonly kernel: string;
  readonly model: string;
  /** VMAs around the two answers, as maps prints them. */
  readonly around: readonly string[];
  /** The searches that the policy emitted. */
  readonly rule: readonly string[];
  /** What stands between the policy and the recording kernel and changes this call: upstream commits, or a proposal. */
  readonly commit?: string;
}

export interface RecordingResult {
  readonly path: string;
  readonly policy: string;
  readonly arch: string;
  readonly mode: "forced" | "free";
  readonly mms: number;
  readonly searches: Count;
  readonly placements: Count;
  readonly vmas: Count;
  readonly excluded: readonly Excluded[];
  /** How many of the excluded stand after lost events. */
  readonly doubtful: number;
  /** How mmap_base was found, by space. */
  readonly layoutFrom: readonly string[];
  readonly notes: readonly string[];
  readonly divergences: number;
  readonly firstDivergence: Divergence | null;
  /** The first few in the order of the recording, as many as were asked for. */
  readonly explained: readonly Divergence[];
}
