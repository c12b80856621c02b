/** Which program an execve line starts. */

import { fdName, unquote } from "./escapes.ts";
import { inOrder, splitArgs } from "./split-args.ts";

export interface Executed {
  readonly path?: string;
  readonly args: readonly string[];
}

/** `execve("/bin/true", ["true"], 0x7ffe /* 38 vars *\/) = 0`, or execveat; a raw pointer tells nothing. */
export function executed(text: string): Executed {
  const { args } = splitArgs(text, text.indexOf("(") + 1);
  const isAt = text.startsWith("execveat");
  const names = isAt
    ? ["dirfd", "pathname", "argv", "envp", "flags"]
    : ["pathname", "argv", "envp"];
  const ordered = inOrder(args, names);
  const [path = "", list = ""] = isAt ? ordered.slice(1) : ordered;
  const strings = list.startsWith("[") ? list.match(/"(?:[^"\\]|\\.)*"(?:\.\.\.)?/g) : null;
  const argv = (strings ?? []).map((arg) => unquote(arg) + (arg.endsWith("...") ? "..." : ""));
  if (!path.startsWith('"')) return { args: argv };
  const named = unquote(path);
  const [directory = ""] = isAt ? ordered : [];
  return { path: named.startsWith("/") ? named : within(directory, named), args: argv };
}

/** A path below a descriptor, where the file behind that is printed; an empty one is the file itself (AT_EMPTY_PATH). */
function within(descriptor: string, path: string): string {
  const base = /^[^<]*<(.*)>/s.exec(descriptor)?.[1];
  if (base === undefined) return path;
  return path === "" ? fdName(base) : `${fdName(base).replace(/\/$/, "")}/${path}`;
}

/** A command line for people: blanks in arguments are quoted. */
export function commandOf({ path, args }: Executed): string | undefined {
  if (args.length === 0) return path;
  return args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg}'`)).join(" ");
}
