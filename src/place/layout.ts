/** Which limits a recorded space has under an architecture: the formula's, moved to the recorded mmap_base. */

import type { Arch, Layout, LayoutOptions } from "../arch/types.ts";
import type { SpaceFacts } from "../resolve/program.ts";
import type { Facts } from "../trace/trace.ts";

function optionsOf(
  facts: Facts,
  { topDown, below3GiB }: SpaceFacts,
  random: number,
): LayoutOptions {
  return {
    random,
    ...(below3GiB && { below3GiB }),
    aslr: facts.aslr ?? true,
    legacy: !topDown,
    ...(facts.stackLimit !== undefined && { stackLimit: facts.stackLimit }),
    ...(facts.mmapMinAddr !== undefined && { mmapMinAddr: facts.mmapMinAddr }),
    ...(facts.stackGuardGap !== undefined && { stackGuardGap: facts.stackGuardGap }),
    ...(facts.taskSizeBits !== undefined && { taskSizeBits: facts.taskSizeBits }),
  };
}

/** The architecture as a space sees it: 32-bit tasks have limits of their own. */
export function archOf({ compat }: Pick<SpaceFacts, "compat">, arch: Arch): Arch {
  return compat === true ? (arch.compatArch ?? arch) : arch;
}

/** The layout of one space; recorded limits win over the formula. */
export function layoutOf(space: SpaceFacts, facts: Facts, machine: Arch): Layout {
  const arch = archOf(space, machine);
  const legacy = !space.topDown;
  const fixed = arch.layout(optionsOf(facts, space, 0));
  if (space.mmapBase === undefined) return fixed;
  const random = legacy ? 0 : Math.max(fixed.mmapBase - space.mmapBase, 0);
  const layout = arch.layout(optionsOf(facts, space, random));
  return {
    ...layout,
    mmapBase: space.mmapBase,
    ...(space.bottomUpBase !== undefined &&
      arch.entry === "x86" && { bottomUpBase: space.bottomUpBase }),
    topDown: space.topDown,
  };
}

/** What decides, beside a request, which rows a search has. */
export interface Limits {
  /** As the space sees it. */
  readonly arch: Arch;
  readonly layout: Layout;
}

/** By space id. */
type BySpace = ReadonlyMap<number, Limits>;

const found = new WeakMap<
  readonly SpaceFacts[],
  { readonly facts: Facts; readonly arch: Arch; readonly limits: BySpace }
>();

/** Found once for all policies. Spaces with the same limits share them: a forked process has those of its parent. */
export function limitsOf(spaces: readonly SpaceFacts[], facts: Facts, arch: Arch): BySpace {
  const before = found.get(spaces);
  if (before?.facts === facts && before.arch === arch) return before.limits;
  const limits = findLimits(spaces, facts, arch);
  found.set(spaces, { facts, arch, limits });
  return limits;
}

function findLimits(spaces: readonly SpaceFacts[], facts: Facts, arch: Arch): BySpace {
  const known = new Map<string, Limits>();
  return new Map(
    spaces.map((space) => {
      const { compat, below3GiB, mmapBase, bottomUpBase, topDown } = space;
      const key = `${compat} ${below3GiB} ${mmapBase} ${bottomUpBase} ${topDown}`;
      const limits = known.get(key) ?? {
        arch: archOf(space, arch),
        layout: layoutOf(space, facts, arch),
      };
      known.set(key, limits);
      return [space.space, limits];
    }),
  );
}
