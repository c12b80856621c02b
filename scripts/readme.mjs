// @ts-check
// Writes the output shown in README.md again (node scripts/readme.mjs), or checks that it is what the command prints (--check).

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const path = `${root}README.md`;
const before = readFileSync(path, "utf8");

const after = before.replace(
  /<!-- report: mmreplay ([^\n]*) -->\n```\n[\s\S]*?```\n<!-- end -->/g,
  (_, command) => {
    const args = ["dist/cli/main.js", ...command.split(" ")];
    const output = execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    return `<!-- report: mmreplay ${command} -->\n\`\`\`\n${output.trimEnd()}\n\`\`\`\n<!-- end -->`;
  },
);

if (process.argv.includes("--check")) {
  if (after !== before) {
    console.error(
      "README.md shows other output than the command prints; run: node scripts/readme.mjs",
    );
    process.exit(1);
  }
} else writeFileSync(path, after);
