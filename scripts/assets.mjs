// @ts-check
/** Which files of src the compiler does not write to dist: generated JavaScript, its declarations, and data; copies them. */

import { cpSync } from "node:fs";
import { extname, join } from "node:path";

const root = join(import.meta.dirname, "..");

/** Folders have no extension and are walked. */
function isCopied(/** @type {string} */ path) {
  return extname(path) !== ".ts" || path.endsWith(".d.ts");
}

cpSync(join(root, "src"), join(root, "dist"), { recursive: true, filter: isCopied });
