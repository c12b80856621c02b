// @ts-check
/** What do the figures of a benchmark say? The performance section of README.md, as text. */

const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(0)} %`;
const times = (/** @type {number} */ ratio) => `${ratio.toFixed(1)}x`;
const verdict = (/** @type {boolean} */ yes) => (yes ? "reached" : "not reached");
const head = [
  "| what | median (of a treap: slowest stream) | fastest | target | |",
  "| --- | --- | --- | --- | --- |",
];

/** @param {any} one */
const readerRows = ({ name, median, fastest, target, reached }) => [
  `| ${name}, speed of \`grep -c mmap\` | ${percent(median.grep)} | ${percent(fastest.grep)} | ${percent(target.grep)} | ${verdict(reached.grep)} |`,
  `| ${name}, against readline and regex | ${times(median.regex)} | ${times(fastest.regex)} | ${times(target.regex)} | ${verdict(reached.regex)} |`,
];

/** @param {any} all */
const traceRows = ({
  protobufjs,
  load,
  open,
  rawBytesPerEvent,
  fileBytesPerEvent,
  textPerFile,
  target,
}) => [
  `| columns of .mmtrace, against the same numbers by protobufjs | ${times(protobufjs.median)} | ${times(protobufjs.fastest)} | ${times(protobufjs.target)} | ${verdict(protobufjs.median >= protobufjs.target)} |`,
  `| opening .mmtrace, against opening its strace text (median of recordings) | ${times(open.median)} | ${times(open.fastest)} | ${times(open.target)} | ${verdict(open.median >= open.target)} |`,
  `| decoding .mmtrace in memory, against reading the strace text alone | ${times(load.median)} | ${times(load.fastest)} | ${times(load.target)} | ${verdict(load.median >= load.target)} |`,
  `| .mmtrace, bytes per event before compression (median of recordings) | ${rawBytesPerEvent.toFixed(1)} | | ${target.rawBytesPerEvent} | ${verdict(rawBytesPerEvent <= target.rawBytesPerEvent)} |`,
  `| .mmtrace, bytes per event in the file | ${fileBytesPerEvent.toFixed(1)} | | ${target.fileBytesPerEvent} | ${verdict(fileBytesPerEvent <= target.fileBytesPerEvent)} |`,
  `| strace text, size of its .mmtrace | ${times(textPerFile)} | | ${times(target.textPerFile)} | ${verdict(textPerFile >= target.textPerFile)} |`,
];

/** Million ops/s of placement alone that a quiet core is to reach. */
const speeds = new Map([
  [1000, 8],
  [10_000, 5],
  [65_000, 2.5],
]);

/** Times as fast as the kernel: placement alone, and with the VMA set. */
const kernels = (/** @type {number} */ vmas) =>
  vmas > 10_000 ? { alone: 9, whole: 3 } : { alone: 13, whole: 5 };

/** @param {any} one */
function replayRows({ vmas, operations, standings, kernel }) {
  const speed = (/** @type {number} */ time) => operations / time / 1000;
  const rows = standings.map((/** @type {any} */ { name, median, fastest }) => {
    const target = name === "placement alone" ? speeds.get(vmas) : undefined;
    const end = target === undefined ? "| |" : `${target} | ${verdict(speed(median) >= target)} |`;
    return `| ${name}, ${vmas} VMAs, million ops/s | ${speed(median).toFixed(2)} | ${speed(fastest).toFixed(2)} | ${end}`;
  });
  if (kernel.missing !== undefined)
    return [...rows, `| ${vmas} VMAs beside the kernel | | | | ${kernel.missing} |`];
  const { alone, whole } = kernels(vmas);
  const against = `against Linux ${kernel.release.split("-")[0]}, ${vmas} VMAs`;
  return [
    ...rows,
    `| placement alone ${against} | ${times(kernel.aloneRatio)} | | ${times(alone)} | ${verdict(kernel.aloneRatio >= alone)} |`,
    `| placement and VMA set ${against} | ${times(kernel.wholeRatio)} | | ${times(whole)} | ${verdict(kernel.wholeRatio >= whole)} |`,
  ];
}

/** @param {any} one */
const borderRow = ({ batch, cost }) =>
  `| crossing into Rust, ${batch} ops at once, ns per op | ${cost.toFixed(1)} | | ${batch < 256 ? "" : "3"} | ${batch < 256 ? "" : verdict(cost <= 3)} |`;

/** One row for the streams of an operation and size: a target is reached if the slowest stream reaches it. @param {readonly any[]} streams */
function searchRow(streams) {
  const [{ op, vmas, target }] = streams;
  const sorted = streams.toSorted((a, b) => a.ratio - b.ratio);
  const [least] = sorted;
  const most = sorted.at(-1);
  const named = (/** @type {any} */ { ratio, stream }) => `${times(ratio)} (${stream})`;
  const what = op === "pair" ? "store and erase" : op;
  return `| ${what}, ${vmas} mappings, against a treap | ${named(least)} | ${named(most)} | ${times(target)} | ${verdict(least.ratio >= target)} |`;
}

/** @param {any} results */
export function sectionOf({ machine, readers, traces, bench, searches }) {
  const warnings = [...readers, ...(traces === undefined ? [] : [traces]), ...bench.replays]
    .flatMap(({ warnings }) => warnings)
    .map((/** @type {string} */ text) => `- warning: ${text}`);
  const busy =
    machine.load > machine.cores * 0.5
      ? ` The machine was busy (load ${machine.load.toFixed(1)}): take no absolute figure from this run.`
      : "";
  const raced = searches.filter(
    (/** @type {any} */ { kind, peer, target }) =>
      kind === "race" && peer === "treap" && target !== null,
  );
  const groupOf = (/** @type {any} */ { op, vmas }) => `${op} ${vmas}`;
  const groups = [...new Set(raced.map(groupOf))];
  return [
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}.${busy}`,
    "",
    ...head,
    ...readers.flatMap(readerRows),
    ...(traces === undefined ? [] : traceRows(traces)),
    ...bench.replays.flatMap(replayRows),
    ...bench.border.map(borderRow),
    ...groups.map((group) =>
      searchRow(raced.filter((/** @type {any} */ one) => groupOf(one) === group)),
    ),
    ...(warnings.length > 0 ? ["", ...warnings] : []),
    ...(searches.length > 0 ? ["", "![Growth with the number of mappings](docs/growth.svg)"] : []),
  ].join("\n");
}
