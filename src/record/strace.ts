/** Which strace command line records everything that a replay needs. */

import type { Recorder, Target } from "./types.ts";

/** Calls that make descriptors or limits which mappings depend on; `?` before those that some architectures lack. */
const calls =
  "%memory,%process,openat,?open,close,dup,?dup2,dup3,memfd_create,?memfd_secret,?bpf,shmget,shmctl,prctl,personality,prlimit64";

/** Microseconds for which strace holds a program after its exec: its maps are read before its first call (watch.ts). */
const execPause = 2000;

/** The first version with every option below. */
const modern = 5.06;

/** `5.10` is newer than `5.6`: major + minor / 100. */
function ordinal(version: string): number {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major + minor / 100;
}

function options(version: string, target: Target): readonly string[] {
  if (ordinal(version) < modern)
    return ["-f", "-ttt", "-T", "-y", "-e", "trace=memory,process,desc,ipc"];
  return [
    "-f",
    "-yy",
    // Stops the program at these calls only; strace can begin that at exec, not in a running process.
    ...(target.kind === "start" ? ["--seccomp-bpf"] : []),
    "--absolute-timestamps=format:unix,precision:ns",
    "--syscall-times=ns",
    "-e",
    `trace=${calls}`,
    "-e",
    "signal=all",
    "-e",
    `inject=execve,?execveat:delay_exit=${execPause}`,
  ];
}

/** The strace that calls itself by this version. */
export function strace(version: string): Recorder {
  return {
    name: "strace",
    version,
    command: (target, raw) => [
      "strace",
      "-q",
      ...options(version, target),
      "-o",
      raw,
      ...(target.kind === "start" ? ["--", ...target.command] : ["-p", String(target.pid)]),
    ],
    text: () => undefined,
  };
}
