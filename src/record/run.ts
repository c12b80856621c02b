/** How a recorder runs: with the terminal and the files of the program, until the program has ended. */

import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { Duplex } from "node:stream";
import { MmreplayError } from "../errors.ts";
import { hasTerminal, isAlive } from "./proc.ts";

/** How a process ended: one of the two is null. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A recorder at work. */
export interface Running {
  readonly pid: number;
  readonly exit: Promise<Exit>;
  hasEnded(): boolean;
  /** Tells a perf that waits for it to begin, and waits until it has; nothing for others. */
  enable(): Promise<void>;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

async function exitOf(child: ChildProcess): Promise<Exit> {
  await once(child, "exit");
  return { code: child.exitCode, signal: child.signalCode };
}

async function enable(child: ChildProcess): Promise<void> {
  const [, , , commands, answers] = child.stdio;
  if (!(commands instanceof Duplex) || !(answers instanceof Duplex)) return;
  commands.write("enable\n");
  await Promise.race([once(answers, "data"), once(child, "exit")]);
}

/** Milliseconds until a signal that nobody could receive yet is tried again. */
const again = 20;

/**
 * Start a recorder. Signals go to the process that `receiver` names, given the recorder's pid; for a started program that
 * is the program, so that it can end as it likes and the recorder after it. The terminal itself sends Ctrl-C to both.
 */
export function start(
  command: readonly string[],
  receiver: (recorder: number) => number | undefined,
): Running {
  const [program = "", ...args] = command;
  const controlled = args.some((arg) => arg.startsWith("--control="));
  const stdio: StdioOptions = ["inherit", "inherit", "inherit"];
  const child = spawn(program, args, {
    stdio: controlled ? [...stdio, "pipe", "pipe"] : stdio,
  });
  const pid = child.pid;
  if (pid === undefined)
    throw new MmreplayError("record/no-recorder", `${program} cannot be started`, {
      hint: `run it by hand to see why: ${command.join(" ")}`,
    });

  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const forward = (signal: NodeJS.Signals): void => {
    if (hasEnded() || (signal === "SIGINT" && hasTerminal())) return;
    const to = receiver(pid);
    if (to === undefined) setTimeout(forward, again, signal);
    else if (isAlive(to)) process.kill(to, signal);
  };
  for (const signal of signals) process.on(signal, forward);
  const exit = exitOf(child).finally(() => {
    for (const signal of signals) process.off(signal, forward);
  });
  return { pid, exit, hasEnded, enable: () => enable(child) };
}

/** Run a command with its output in a file; throws `record/no-text` with what it says if it fails. */
export async function runInto(command: readonly string[], file: string): Promise<void> {
  const [program = "", ...args] = command;
  const output = openSync(file, "w");
  const child = spawn(program, args, { stdio: ["ignore", output, "pipe"] });
  closeSync(output);
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await once(child, "close");
  if (child.exitCode === 0) return;
  const last = said.trim().split("\n").at(-1) ?? "";
  throw new MmreplayError("record/no-text", `${program} ${args[0]} failed: ${last}`, {
    hint: `run it by hand to see all that it says: ${command.join(" ")}`,
  });
}
