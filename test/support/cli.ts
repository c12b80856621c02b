/** Runs the built command line as a user would. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));
const main = `${root}dist/cli/main.js`;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Run `mmreplay ARGS`, in the checkout unless told where; `input` becomes standard input, `env` replaces variables. */
export function mmreplay(
  args: readonly string[],
  input?: string | Uint8Array,
  env: Readonly<Record<string, string>> = {},
  cwd: string = root,
): Finished {
  if (!existsSync(main)) throw new Error("dist is missing; run scripts/build");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    ...(input !== undefined && { input }),
  });
  return { code: status, stdout, stderr };
}
