import { describe, expect, it } from "vitest";
import { assignDevices, namedDevices, windowOf } from "../../../src/formats/bundle/vfio.ts";

const M = 2 ** 20;
const device = (
  address: string,
  index: number,
  size: number,
): Parameters<typeof namedDevices>[1][0] => ({
  address,
  bars: [
    { index: 0, start: 0, size: 4096 },
    { index, start: 2 ** 32, size },
  ],
});
const big = device("0000:00:08.0", 2, 2048 * M);
const mid = device("0000:00:09.0", 2, 256 * M);
const twin = device("0000:00:0a.0", 2, 256 * M);
const devices = [big, mid, twin];
const region2 = 2 * 2 ** 40;

const window = (offset: number, length: number): ReturnType<typeof windowOf> =>
  windowOf(region2 + offset, length);

describe("the device behind a VFIO descriptor", () => {
  it("has the BAR that the mapping covers to its end", () => {
    expect(assignDevices([[window(0, 256 * M)]], [big, mid])).toEqual([mid]);
    expect(assignDevices([[window(4096, 1024 * M), window(0, 2048 * M)]], devices)).toEqual([big]);
  });

  it("is taken in the order of the command line where BARs are alike, each once", () => {
    const named = namedDevices(
      "-device vfio-pci,host=0000:00:0a.0 -device vfio-pci,host=0000:00:09.0",
      devices,
    );
    expect(named).toEqual([twin, mid]);
    const whole = [window(0, 256 * M)];
    expect(assignDevices([whole, whole], named)).toEqual([twin, mid]);
  });

  it("is unknown where no BAR is large enough", () => {
    expect(assignDevices([[window(0, 4096 * M)]], devices)).toEqual([undefined]);
    expect(assignDevices([[windowOf(0, 8192)]], devices)).toEqual([undefined]);
  });

  it("is any of the machine where nothing names one", () => {
    expect(namedDevices("", devices)).toEqual(devices);
  });
});
