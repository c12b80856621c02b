/** How a program is recorded: a folder with what the recorder wrote, maps, and the settings of the machine. */

import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isTraced, requireProcess, until, whileStopped } from "./attach.ts";
import { isNarrow } from "./elf.ts";
import { machineFiles } from "./machine.ts";
import { commandLineOf, commOf } from "./proc.ts";
import { type Exit, type Running, runInto, start } from "./run.ts";
import { findRecorder, refused, requireProgram } from "./tools.ts";
import type { Recorder, RecorderName, Target } from "./types.ts";
import { pictureOf, Watch } from "./watch.ts";

/** What to record, with what, and into which folder. */
export interface Options {
  readonly target: Target;
  readonly recorder: RecorderName;
  /** Exists and is empty. */
  readonly folder: string;
}

/** The name of what is recorded, for file names. */
export function nameOf(target: Target): string {
  if (target.kind === "attach") return commOf(target.pid)?.replaceAll("/", "_") ?? "process";
  const [program] = target.command;
  return program.slice(program.lastIndexOf("/") + 1) || "program";
}

function isEmpty(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

/** Everything that holds before the first recorded call. */
function writeCircumstances({ target, folder }: Options, recorder: Recorder, raw: string): void {
  const attached = target.kind === "attach";
  const files = machineFiles({
    recorder,
    recorderCommand: recorder.command(target, raw),
    program: attached ? commandLineOf(target.pid) : target.command,
    pid: attached ? target.pid : "self",
  });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

/** Let the recorder take hold of a process that is held still, after its maps have been read. */
async function attach(
  pid: number,
  folder: string,
  recorder: RecorderName,
  begin: () => Running,
): Promise<Running> {
  return whileStopped(pid, async () => {
    writeFileSync(join(folder, "attach-maps.txt"), pictureOf(pid, "smaps") ?? "");
    const running = begin();
    if (recorder === "perf") await running.enable();
    else await until(() => isTraced(pid) || running.hasEnded());
    return running;
  });
}

/** The target with what its program says of its width; throws `record/...` if it cannot be recorded. */
function ofItsWidth(target: Target, recorder: RecorderName): Target {
  if (target.kind === "attach") requireProcess(target.pid, recorder);
  const path =
    target.kind === "start" ? requireProgram(target.command[0]) : `/proc/${target.pid}/exe`;
  return isNarrow(path) ? { ...target, compat: true } : target;
}

/** What came of it. */
export interface Recorded {
  readonly exit: Exit;
  /** False if the program was gone before its maps could be read, and the recorder does not show them itself. */
  readonly hasMaps: boolean;
}

/**
 * Record until the program ends, or until the recorder is interrupted. Throws `record/...` if that cannot begin; then the
 * recorder has said why on standard error.
 */
export async function record(options: Options): Promise<Recorded> {
  const { folder } = options;
  const recorder = findRecorder(options.recorder);
  const target = ofItsWidth(options.target, recorder.name);

  const text = join(folder, `${recorder.name}.txt`);
  const raw = recorder.text("") === undefined ? text : join(folder, `${recorder.name}.data`);
  writeCircumstances({ ...options, target }, recorder, raw);

  let watch: Watch | undefined;
  const command = recorder.command(target, raw);
  const receiver = (recorder: number): number | undefined =>
    target.kind === "start" ? watch?.program : recorder;
  const begin = (): Running => start(command, receiver);
  const running =
    target.kind === "start" ? begin() : await attach(target.pid, folder, recorder.name, begin);
  watch = new Watch(running.pid, target.kind === "attach" ? target.pid : undefined);
  const exit = await running.exit;
  const pictures = await watch.end();

  if (isEmpty(raw)) throw refused(recorder.name, target);
  if (pictures !== "") writeFileSync(join(folder, `${recorder.name}-maps.txt`), pictures);
  const print = recorder.text(raw);
  if (print !== undefined) await runInto(print, text);
  return { exit, hasMaps: pictures !== "" || recorder.name === "perf" };
}
