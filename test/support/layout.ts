/** How a test draws an address space: one letter per page, one letter per VMA, a dot for a free page. */

import type { Area } from "../../src/resolve/program.ts";
import { AddressSpace, type Shared, sharedState } from "../../src/space/address-space.ts";
import type { NewRange } from "../../src/space/quick.ts";
import { type Touch, type VmaRules, vmaRules } from "../../src/space/rules.ts";
import { freshVma, type Vma, writable } from "../../src/space/vma.ts";

/** The page of a drawing's first letter. */
export const base = 0x1000;

export const latest: Parameters<typeof vmaRules>[0] = {
  series: "7.3",
  mergesAnonOffset: true,
  closeNeverMerges: false,
  hugePfnmap: true,
};

export const rules = (touch: Touch = "never", profile: typeof latest = latest): VmaRules =>
  vmaRules(profile, touch);

export const anonymous: Area = {
  backing: "anon",
  prot: 3,
  shared: false,
  pgoff: 0,
  flags: 0x22,
};

let lastObject = 0;

/** A VMA as a call makes it, at pages of a drawing. */
export function vma(
  start: number,
  end: number,
  area: Partial<Area> = {},
  of: VmaRules = rules(),
): Vma {
  const whole: Area = { ...anonymous, ...area };
  lastObject += 1;
  return freshVma(whole, { object: lastObject, page: base + start, pages: end - start }, of);
}

/** What a call maps of this VMA, where nobody has written to it. */
export function newRange({ traits }: Shared, of: Vma): NewRange {
  const areaNumber = traits.numberOf(of.area);
  return { ...of, traits: traits.ofVma(of, areaNumber), areaNumber };
}

/** Runs of equal letters as [letter, start, end). */
function runs(picture: string): [string, number, number][] {
  const found: [string, number, number][] = [];
  for (const [page, letter] of [...picture].entries()) {
    const last = found.at(-1);
    if (last !== undefined && last[0] === letter) last[2] = page + 1;
    else found.push([letter, page, page + 1]);
  }
  return found.filter(([letter]) => letter !== ".");
}

/** Build a space from a drawing: each letter a private anonymous VMA, writable if it is a capital. */
export function draw(
  picture: string,
  of: VmaRules = rules(),
  shared: Shared = sharedState(),
): AddressSpace {
  const space = new AddressSpace(1, of, shared);
  for (const [letter, start, end] of runs(picture)) {
    const prot = letter === letter.toUpperCase() ? 3 : 1;
    space.insert(vma(start, end, { prot }, of), "none");
  }
  return space;
}

/** ``layout`AA.B....CC` ``: a space in which nothing is written yet. */
export function layout(picture: TemplateStringsArray): AddressSpace {
  return draw(picture.join(""));
}

/** Print a space: VMAs are lettered in order of address, small letters are not writable. */
export function picture(space: AddressSpace, pages: number): string {
  const letters = new Array<string>(pages).fill(".");
  let index = 0;
  for (const one of space) {
    const letter = String.fromCharCode((writable(one.prot) ? 65 : 97) + index);
    index += 1;
    for (let page = one.start; page < one.end; page++) letters[page - base] = letter;
  }
  return letters.join("");
}
