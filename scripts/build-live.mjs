// @ts-check
/**
 * The program that makes calls on a kernel, for the machines that it can be built for: this one, and those whose Rust target
 * and C compiler are installed. It is linked statically, since it is all that a booted kernel image has; where this machine has
 * no static C library, its own program is linked as usual, and only `mmreplay live` can use it.
 */

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = join(root, "native/prebuilt");

/** @type {readonly { readonly hardware: string; readonly target: string; readonly linker: string }[]} */
const machines = [
  { hardware: "x86_64", target: "x86_64-unknown-linux-gnu", linker: "x86_64-linux-gnu-gcc" },
  { hardware: "aarch64", target: "aarch64-unknown-linux-gnu", linker: "aarch64-linux-gnu-gcc" },
  { hardware: "riscv64", target: "riscv64gc-unknown-linux-gnu", linker: "riscv64-linux-gnu-gcc" },
];

const isThere = (/** @type {string} */ program) => !spawnSync(program, ["--version"]).error;

function rustc(/** @type {readonly string[]} */ args) {
  return spawnSync("rustc", args, { cwd: join(root, "native"), encoding: "utf8" }).stdout.trim();
}

/** Undefined if it is built, else what the compiler says. */
function build(
  /** @type {string} */ target,
  /** @type {string} */ hardware,
  /** @type {Record<string, string>} */ settings,
) {
  const manifest = join(root, "native/Cargo.toml");
  const args = ["build", "--quiet", "--release", "--locked", "--manifest-path", manifest];
  const { status, stderr, error } = spawnSync(
    "cargo",
    [...args, "--package", "mmreplay-live", "--target", target],
    { env: { ...process.env, ...settings }, encoding: "utf8" },
  );
  if (status !== 0) return stderr || error?.message || `cargo ended with ${status}`;
  mkdirSync(folder, { recursive: true });
  const made = join(root, "native/target", target, "release/mmreplay-live");
  copyFileSync(made, join(folder, `mmreplay-live-${hardware}`));
  return undefined;
}

const { RUSTFLAGS = "" } = process.env;
const fixed = { RUSTFLAGS: `${RUSTFLAGS} -C target-feature=+crt-static -C strip=symbols` };

const own = /^host: (.*)$/m.exec(rustc(["-vV"]))?.[1] ?? "";
const ownHardware = own.split("-")[0]?.replace(/^riscv64.*/, "riscv64") ?? "";
const unfixed = build(own, ownHardware, fixed);
if (unfixed !== undefined) {
  console.log(`${own}: not static, so not for mmreplay lab (Fedora: dnf install glibc-static)`);
  console.log(unfixed.trimEnd().split("\n").slice(-5).join("\n"));
  const failed = build(own, ownHardware, {});
  if (failed !== undefined) {
    console.error(failed);
    process.exit(1);
  }
}

for (const { hardware, target, linker } of machines) {
  if (hardware === ownHardware) continue;
  const variable = `CARGO_TARGET_${target.toUpperCase().replaceAll("-", "_")}_LINKER`;
  const missing = [
    existsSync(rustc(["--print", "target-libdir", "--target", target])) ||
      `rustup target add ${target}`,
    isThere(linker) ||
      `install ${linker} (Debian: gcc-${linker.replace(/-gcc$/, "").replace("_", "-")})`,
  ].filter((one) => one !== true);
  const failed =
    missing.length > 0
      ? missing.join(", ")
      : build(target, hardware, { ...fixed, [variable]: linker });
  if (failed !== undefined) console.log(`${target}: not built: ${failed}`);
}
