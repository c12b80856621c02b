/** What a guest says on its console: what native/live sends when it is done, and the lines before. */

/** Stands alone on a line before the first file. */
const mark = "\nmmreplay-lab\n";
const newline = 10;

/** Longest `PATH BYTES`. */
const longestHead = 4096;

/** The files that a guest sent, by path; undefined if they are not all there. */
export function filesOn(console: Uint8Array): ReadonlyMap<string, Uint8Array> | undefined {
  const found = Buffer.from(console.buffer, console.byteOffset, console.length).indexOf(mark);
  if (found < 0) return undefined;
  const files = new Map<string, Uint8Array>();
  for (let at = found + mark.length; ; ) {
    const end = console.indexOf(newline, at);
    if (end < 0 || end - at > longestHead) return undefined;
    const head = new TextDecoder().decode(console.subarray(at, end));
    const [, path, bytes] = /^(\S+) (\d+)$/.exec(head) ?? [];
    if (path === undefined) return undefined;
    const [start, stop] = [end + 1, end + 1 + Number(bytes)];
    if (console[stop] !== newline) return undefined;
    if (path === "end") return files;
    files.set(path, console.subarray(start, stop));
    at = stop + 1;
  }
}

/** Bytes from the end of a console in which its last lines are looked for. */
const tail = 16_384;

/** The last lines of a console, without what a terminal would act on and without what was sent. */
export function lastLines(console: Uint8Array, count: number): readonly string[] {
  const text = new TextDecoder().decode(console.subarray(-tail));
  const before = text.split(mark)[0] ?? "";
  return (
    before
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences of the firmware
      .replace(/\x1b(?:\[[\d;?]*[ -/]*[@-~]|c)/g, "")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal would act on
      .replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, "")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "")
      .slice(-count)
  );
}
