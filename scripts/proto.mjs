// @ts-check
/** Which code belongs to src/trace/trace.proto: writes src/trace/generated, or with --check tells whether it is current. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const proto = "src/trace/trace.proto";
const folder = "src/trace/generated";
const bin = "node_modules/.bin";

/** Make both files in a folder. */
function generate(/** @type {string} */ into) {
  const js = join(into, "trace.js");
  const types = join(into, "trace.d.ts");
  const module = ["-t", "static-module", "-w", "es6"];
  const lean = [
    "--no-create",
    "--no-verify",
    "--no-convert",
    "--no-delimited",
    "--no-service",
    "--no-typeurl",
  ];
  execFileSync(join(bin, "pbjs"), [...module, ...lean, "-o", js, proto]);
  execFileSync(join(bin, "pbts"), ["-o", types, js]);
  // Node resolves no package subpath without its extension.
  const code = readFileSync(js, "utf8").replace('"protobufjs/minimal"', '"protobufjs/minimal.js"');
  writeFileSync(js, code);
}

const check = process.argv.includes("--check");
const scratch = mkdtempSync(join(tmpdir(), "mmreplay-proto-"));
try {
  generate(check ? scratch : folder);
  const stale = ["trace.js", "trace.d.ts"].filter(
    (name) =>
      check &&
      readFileSync(join(scratch, name), "utf8") !== readFileSync(join(folder, name), "utf8"),
  );
  if (stale.length > 0) {
    console.error(
      `${stale.join(", ")} in ${folder} do not match ${proto}; run: node scripts/proto.mjs`,
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true });
}
