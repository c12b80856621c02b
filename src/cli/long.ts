/** How the events of a recording are printed that is too long to be held: as they are read, in bounded memory. */

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { Diagnostics, MmreplayError } from "../errors.ts";
import { decompress, headBytes, headOf } from "../formats/decompress.ts";
import { PageEvidence } from "../formats/page-size.ts";
import { strace } from "../formats/strace.ts";
import type { Input } from "../formats/types.ts";
import type { Event } from "../trace/event.ts";
import { eventJson, jsonLine } from "../trace/event-json.ts";
import { Tallying } from "../trace/tally.ts";
import type { Checking } from "./checked.ts";
import { printWarnings, textBytes } from "./io.ts";
import type { Located } from "./load.ts";
import { placed, withText } from "./quoted-line.ts";
import { summaryLines } from "./summary.ts";

/** A shorter recording is held whole: then its calls can be checked against each other. */
const longest = 128 * 1024 * 1024;

/** Lines of JSON on their way out. */
class Outgoing {
  readonly #stream: NodeJS.WritableStream;
  #text = "";

  constructor(output: string | undefined) {
    this.#stream = output === undefined ? process.stdout : createWriteStream(output);
  }

  take(event: Event): void {
    for (const object of eventJson(event)) this.#text += `${jsonLine(object)}\n`;
  }

  /** Hand on what there is, and wait until it is taken. */
  async flush(): Promise<void> {
    const text = this.#text;
    this.#text = "";
    if (text !== "" && !this.#stream.write(text)) await once(this.#stream, "drain");
  }

  async end(): Promise<void> {
    await this.flush();
    if (this.#stream === process.stdout) return;
    this.#stream.end();
    await once(this.#stream, "finish");
  }
}

/** The input, which goes on only when the events of the chunk before are out. */
function paced(located: Located, out: Outgoing): Input | undefined {
  const [source] = located.sources;
  if (source === undefined) return undefined;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const chunk of decompress(source?.open() ?? emptiness(), source?.name ?? "")) {
      yield chunk;
      await out.flush();
    }
  }
  return { name: source.name, chunks: chunks() };
}

async function* emptiness(): AsyncGenerator<Uint8Array> {}

/** Print the events if the recording is a long one of strace, which prints them in their order; false if it is not. */
export async function printLong(
  located: Located,
  output: string | undefined,
  { quiet, strict, oneProcess }: Checking,
): Promise<boolean> {
  const [source] = located.sources;
  if (strict || source === undefined || (await textBytes(located)) < longest) return false;
  const head = await headOf(decompress(source.open(), source.name), headBytes);
  if (!strace.sniff(head)) return false;
  const diagnostics = new Diagnostics();
  const out = new Outgoing(output);
  const input = paced(located, out);
  if (input === undefined) return false;
  const tallying = new Tallying();
  const pages = new PageEvidence();
  const sink = (event: Event): void => {
    tallying.take(event);
    pages.take(event);
    out.take(event);
  };
  const { lines, facts } = await strace
    .read(input, sink, diagnostics, { oneProcess })
    .catch(async (error: unknown) => {
      if (!(error instanceof MmreplayError)) throw error;
      throw placed(await withText(error, located.sources), located);
    });
  await out.end();
  const why =
    "too long to be held: whether the calls fit together was not checked, and calls that overlapped are ordered by those near by";
  diagnostics.warn("import/unchecked", why);
  printWarnings(diagnostics, located.path, quiet);
  if (quiet) return true;
  const { pageSize, inferred } = pages.facts();
  const told = { pageSize, inferred: [...inferred, ...(facts.inferred ?? [])] };
  const tally = tallying.tally(diagnostics.skipped);
  process.stderr.write(summaryLines({ tally, lines, facts: told, diagnostics }, located.path));
  return true;
}
