/** The owner of a file says how large its folios may be, and mm aligns to the largest that lies inside. */

import { dispatch, isThpFilesystem } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import { answered, openParameters } from "./open-questions.ts";
import { count, oneOf, parameterised, type Values } from "./parameters.ts";
import { align, fits, folioSizes, pfnSizes, plain } from "./shapes.ts";
import type { Policy, Request, Target } from "./types.ts";

const order = (whose: string, fallback: string) =>
  count(`largest order of ${whose}`, fallback, { most: 30 });

const parameters = {
  ...openParameters,
  ext4: order("ext4", "9"),
  btrfs: order("btrfs", "6"),
  other: order("the other filesystems with large folios", "9"),
  vfio: oneOf("VFIO declares its BAR, or nothing", ["bar", "none"]),
  cap: oneOf("sizes: levels of the page tables only, or the order itself first", [
    "levels",
    "literal",
  ]),
};

type Settings = Values<typeof parameters>;

/** Pages of the largest folio that the owner declares; undefined where nobody does. */
function declared(request: Request, settings: Settings): number | undefined {
  const { kind, filesystem = "", barPages, pages } = request;
  if (kind === "vfio" && settings.vfio === "bar")
    return 2 ** Math.floor(Math.log2(barPages ?? pages));
  if (kind !== "regular" || !isThpFilesystem(rules73, filesystem)) return undefined;
  if (filesystem === "ext4" || filesystem === "btrfs") return 2 ** settings[filesystem];
  return 2 ** settings.other;
}

function sizesFor(
  request: Request,
  target: Target,
  most: number,
  settings: Settings,
): readonly number[] {
  const levels = request.kind === "vfio" ? pfnSizes(target) : folioSizes(target);
  const smaller = levels.filter((size) => size < most);
  const first = settings.cap === "literal" || levels.includes(most) ? [most] : [];
  return [...first, ...smaller].filter(
    (size) => size > 1 && fits(size, request.pgoff, request.pages),
  );
}

export const maxOrder: Policy = parameterised(
  {
    id: "max-order",
    summary: "files are aligned to the largest folio that their owner declares",
    kernel: "mm/mmap.c __get_unmapped_area, asking the file's owner",
    source:
      "Gunthorpe, Re: [PATCH] vfio: Request THP-aligned mmap for device fds, 17 June 2026, https://lkml.iu.edu/hypermail/linux/kernel/2606.2/03747.html; no code",
    profile: rules73.profile,
    parameters,
  },
  (settings) => (request, target) => {
    const most = declared(request, settings);
    if (most === undefined) return dispatch(request, target, rules73);
    const sizes = sizesFor(request, target, most, settings);
    const aligned = sizes.map((size) => align(size, request.pgoff));
    return answered([...aligned, plain], settings, request, target);
  },
);
