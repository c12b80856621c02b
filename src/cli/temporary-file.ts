/** Where text is put that is needed as a file for as long as this process lives. */

import { existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * The path of a new, empty file. On Linux it has no name anywhere but among the open files of this process, where programs that
 * it starts find it too: however the process ends, the file is gone with it. Elsewhere it goes at a regular end.
 */
export function temporaryFile(kind: string): string {
  const folder = mkdtempSync(join(tmpdir(), `mmreplay-${kind}-`));
  const drop = (): void => rmSync(folder, { recursive: true, force: true });
  const named = join(folder, kind);
  const open = `/proc/${process.pid}/fd/${openSync(named, "wx", 0o600)}`;
  if (existsSync(open)) {
    drop();
    return open;
  }
  process.on("exit", drop);
  return named;
}
