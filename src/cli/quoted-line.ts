/** Which line an error speaks of, and what on it is wrong: read again, as no reader keeps the lines that it has read. */

import { Diagnostics, MmreplayError } from "../errors.ts";
import type { Source } from "../formats/bundle.ts";
import { decompress } from "../formats/text/decompress.ts";
import { LineSplitter } from "../formats/text/lines.ts";
import type { Located } from "./io.ts";

/** Bytes of a line that are worth showing. */
const shown = 4096;

/** The text of a line, 1-based; undefined if it cannot be read. */
async function lineOf(source: Source, wanted: number): Promise<string | undefined> {
  let found: string | undefined;
  const splitter = new LineSplitter(
    source.name,
    (bytes, start, end, number) => {
      if (number === wanted) found = bytes.toString("utf8", start, Math.min(end, start + shown));
    },
    new Diagnostics(),
  );
  try {
    for await (const chunk of decompress(source.open(), source.name)) {
      splitter.push(chunk);
      if (found !== undefined) return found;
    }
    splitter.end();
  } catch (error) {
    if (!(error instanceof MmreplayError)) throw error;
  }
  return found;
}

/** Where the message's token stands in the line, or the call, or what comes first; 1-based, with its width. */
function spotOf(
  text: string,
  message: string,
): { readonly column: number; readonly width: number } {
  const token = /"([^"]+)"/.exec(message)?.[1] ?? "";
  const at = token === "" ? -1 : text.indexOf(token);
  if (at >= 0) return { column: at + 1, width: token.length };
  const call = /[a-z_]\w*(?=\()/.exec(text) ?? /\S/.exec(text);
  return { column: (call?.index ?? 0) + 1, width: call?.[0].length ?? 1 };
}

/** The error with the line that it names, and the place on it. */
export async function withText(
  error: MmreplayError,
  sources: readonly Source[],
): Promise<MmreplayError> {
  const { at, code, message, hint } = error;
  const { file, line } = at;
  const source = sources.find(({ name }) => name === file);
  if (line === undefined || at.text !== undefined || source === undefined) return error;
  const text = await lineOf(source, line);
  if (text === undefined) return error;
  const spot = at.column === undefined ? spotOf(text, message) : {};
  return new MmreplayError(code, message, {
    at: { ...at, text, ...spot },
    ...(hint !== undefined && { hint }),
  });
}

/** As a shell takes it for one word. */
const word = (path: string): string =>
  /^[\w./+:@%-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

/** An error of a file as the command line named it; a pipe in its hint begins with that file too. */
export function placed(error: MmreplayError, { path, shown }: Located): MmreplayError {
  const { at, hint, code, message } = error;
  const file = shown.get(at.file ?? "") ?? at.file ?? path;
  const pasted = hint?.replace(` ${at.file} | `, () => ` ${word(file)} | `);
  return new MmreplayError(code, message, {
    at: { ...at, file },
    ...(pasted !== undefined && { hint: pasted }),
  });
}
