/** Which PCI device stands behind a VFIO descriptor that nothing but mappings tells about. */

import type { Bar, PciDevice } from "../../trace/trace.ts";

/** Region index and range in it, of one mapping; bytes. */
export interface Window {
  readonly region: number;
  readonly offset: number;
  readonly length: number;
}

/** VFIO_PCI_INDEX_TO_OFFSET: the index lies above 40 bits. */
const regionBytes = 2 ** 40;

export function windowOf(offset: number, length: number): Window {
  const region = Math.floor(offset / regionBytes);
  return { region, offset: offset - region * regionBytes, length };
}

function barOf(device: PciDevice, window: Window): Bar | undefined {
  return device.bars.find(
    ({ index, size }) => index === window.region && window.offset + window.length <= size,
  );
}

/** How many mappings end where their BAR ends; -1 if one does not fit at all. */
function score(device: PciDevice, windows: readonly Window[]): number {
  let exact = 0;
  for (const window of windows) {
    const bar = barOf(device, window);
    if (bar === undefined) return -1;
    if (window.offset + window.length === bar.size) exact += 1;
  }
  return exact;
}

const address = /[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]/g;

/** The devices that a text names, in its order; all if it names none. */
export function namedDevices(words: string, devices: readonly PciDevice[]): readonly PciDevice[] {
  const named = [...new Set(words.match(address) ?? [])].flatMap((wanted) =>
    devices.filter((device) => device.address === wanted),
  );
  return named.length === 0 ? devices : named;
}

/**
 * One device per descriptor: the mappings must fit its BARs, and reach the end of as many as possible. Devices of equal
 * shape are taken in their order, each once.
 */
export function assignDevices(
  descriptors: readonly (readonly Window[])[],
  devices: readonly PciDevice[],
): readonly (PciDevice | undefined)[] {
  const taken = new Set<PciDevice>();
  return descriptors.map((windows) => {
    const scored = devices
      .map((device) => ({ device, points: score(device, windows) }))
      .filter(({ points }) => points >= 0);
    const best = Math.max(...scored.map(({ points }) => points));
    const equal = scored.filter(({ points }) => points === best).map(({ device }) => device);
    const choice = equal.find((device) => !taken.has(device)) ?? equal[0];
    if (choice !== undefined) taken.add(choice);
    return choice;
  });
}
