/** Memory of large columns is given back at once: the collector sees small objects that hold them, and takes its time. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let gc: (() => void) | undefined;

/** Takes as long as what is alive is large: for moments at which hundreds of megabytes have just been let go. */
export function collect(): void {
  if (gc === undefined) {
    setFlagsFromString("--expose-gc");
    gc = runInNewContext("gc") as () => void;
  }
  gc();
  // Buffers that were found dead are freed beside the program, and all of them before the next collection.
  gc();
}
