/** An architecture that maps more, or less, with its leaf sizes than Linux does: `arm64-4k:contpte=on,contpmd=pfnmap`. */

import { MmreplayError } from "../errors.ts";
import type { Arch, Level, LevelUse } from "./types.ts";

const uses: readonly LevelUse[] = ["folio", "pfnmap", "hugetlb"];

const kinds: Readonly<Record<string, Level["kind"]>> = {
  contpte: "cont-pte",
  pmd: "pmd",
  contpmd: "cont-pmd",
  pud: "pud",
};

function refuse(message: string, hint: string): never {
  throw new MmreplayError("usage/arch-setting", message, { hint });
}

/** `on`: for everything, in every version; `off`: for nothing; else the uses, joined by plus signs. */
function sinceOf(value: string): Level["since"] {
  if (value === "off") return {};
  const asked = value === "on" ? uses : value.split("+");
  const known = uses.filter((use) => asked.includes(use));
  if (known.length !== new Set(asked).size)
    refuse(`"${value}" is no use of a leaf size`, `use on, off, or ${uses.join("+")}`);
  return Object.fromEntries(known.map((use) => [use, "0"]));
}

/** The architecture with settings written `size=uses,size=uses`; throws `usage/arch-setting`. */
export function variantOf(arch: Arch, settings: string): Arch {
  let { levels } = arch;
  const own = levels.map(({ kind }) => kind);
  const names = Object.keys(kinds).filter((name) => own.some((kind) => kind === kinds[name]));
  for (const part of settings.split(",")) {
    const [name = "", value, ...rest] = part.split("=");
    if (value === undefined || rest.length > 0)
      refuse(`cannot read "${part}"`, `write ${arch.id}:${names[0]}=on`);
    if (!names.includes(name))
      refuse(`${arch.id} has no leaf size "${name}"`, `it has ${names.join(", ")}`);
    const since = sinceOf(value);
    levels = levels.map((level) => (level.kind === kinds[name] ? { ...level, since } : level));
  }
  return { ...arch, id: `${arch.id}:${settings}`, levels };
}
