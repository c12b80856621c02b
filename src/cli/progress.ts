/** How far a long file has been read: shown on a terminal, and nowhere else. */

/** Smaller files are read before anybody could look. */
const worthwhile = 64 * 1024 * 1024;
const interval = 250;

/** The chunks, with the share of `total` bytes shown while they pass. */
export async function* withProgress(
  chunks: Iterable<Uint8Array>,
  name: string,
  total: number,
): AsyncGenerator<Uint8Array> {
  if (!process.stderr.isTTY || total < worthwhile) {
    yield* chunks;
    return;
  }
  let bytes = 0;
  let shown = Date.now();
  for (const chunk of chunks) {
    yield chunk;
    bytes += chunk.length;
    if (Date.now() - shown < interval) continue;
    shown = Date.now();
    process.stderr.write(`\r${name}: ${Math.floor((100 * bytes) / total)}% read`);
  }
  process.stderr.write("\r\x1b[K");
}
