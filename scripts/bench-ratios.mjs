// @ts-check
/** Which ratios of a benchmark fell behind those of an earlier run by more than the noise of a shared machine? */

/** A ratio may be this share smaller than it was. */
const slack = 0.25;

/** @typedef {Readonly<Record<string, number>>} Ratios */

/**
 * Every ratio of two peers that ran side by side; larger is faster. Absolute times are not among them.
 *
 * @param {any} results
 * @returns {Ratios}
 */
export function ratiosOf({ readers, traces, bench, searches }) {
  /** @type {(readonly [string, number])[]} */
  const ratios = [];
  for (const { name, median } of readers) {
    ratios.push([`${name}, grep`, median.grep], [`${name}, regex`, median.regex]);
  }
  if (traces !== undefined) {
    ratios.push(["columns of .mmtrace, protobufjs", traces.protobufjs.median]);
    ratios.push(["decoding .mmtrace, strace text", traces.load.median]);
    ratios.push(["opening .mmtrace, strace text", traces.open.median]);
  }
  for (const { vmas, kernel } of bench.replays) {
    if (kernel.missing !== undefined) continue;
    ratios.push([`placement alone, ${vmas} VMAs, Linux ${kernel.release}`, kernel.aloneRatio]);
    ratios.push([
      `placement and VMA set, ${vmas} VMAs, Linux ${kernel.release}`,
      kernel.wholeRatio,
    ]);
  }
  for (const { kind, op, stream, vmas, peer, ratio, target } of searches) {
    if (kind === "race" && target !== null)
      ratios.push([`${op}, ${vmas} mappings, ${stream}, ${peer}`, ratio]);
  }
  return Object.fromEntries(ratios.map(([name, ratio]) => [name, Number(ratio.toPrecision(3))]));
}

/**
 * The ratios that are worse by more than the slack, each in words. What only one of the runs has is not compared.
 *
 * @param {Ratios} before @param {Ratios} now
 */
export function fallen(before, now) {
  return Object.entries(before).flatMap(([name, ratio]) => {
    const [is, least] = [now[name], ratio * (1 - slack)];
    return is !== undefined && is < least ? [`${name}: ${is}x, it was ${ratio}x`] : [];
  });
}
