// @ts-check
/** How do search and store-and-erase grow with the number of mappings? A picture of what the Rust benchmark prints as JSON. */

const width = 760;
const height = 360;
const panel = { left: 56, top: 40, wide: 300, high: 240, gap: 70 };
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#555555"];

/** @typedef {{ op: string; stream: string; vmas: number; peer: string; ours: number; theirs: number; ratio: number }} Raced */

/** @param {string} text @param {number} x @param {number} y @param {string} [more] */
const label = (text, x, y, more = "") => `<text x="${x}" y="${y}" ${more}>${text}</text>`;

/** @param {number} vmas */
const count = (vmas) =>
  vmas >= 1e6 ? `${vmas / 1e6}M` : vmas >= 1e4 ? `${Math.round(vmas / 1e3)}k` : String(vmas);

/** Nanoseconds that an axis has lines at. */
const lines = [10, 30, 100, 300, 1000, 3000, 10_000];

/**
 * One panel: nanoseconds over mappings, both logarithmic; a full line is the gap index, a dashed one its peer.
 *
 * @param {readonly Raced[]} all @param {string} op @param {string} title @param {number} left
 */
function panelOf(all, op, title, left) {
  const raced = all.filter((one) => one.op === op && one.peer === "treap");
  const sizes = [...new Set(raced.map(({ vmas }) => vmas))].sort((a, b) => a - b);
  const values = raced.flatMap(({ ours, theirs }) => [ours, theirs]);
  const [low, high] = [Math.min(...values, 20), Math.max(...values, 1000)];
  const bottom = panel.top + panel.high;
  const x = (/** @type {number} */ vmas) =>
    left +
    (panel.wide * Math.log(vmas / (sizes[0] ?? 1))) /
      Math.max(Math.log((sizes.at(-1) ?? 1) / (sizes[0] ?? 1)), 1);
  const y = (/** @type {number} */ value) =>
    bottom - (panel.high * Math.log(value / low)) / Math.log(high / low);
  const streams = [...new Set(raced.map(({ stream }) => stream))];
  const curve = (
    /** @type {string} */ stream,
    /** @type {"ours" | "theirs"} */ side,
    /** @type {string} */ style,
  ) => {
    const points = raced
      .filter((one) => one.stream === stream)
      .sort((a, b) => a.vmas - b.vmas)
      .map((one) => `${x(one.vmas).toFixed(1)},${y(one[side]).toFixed(1)}`);
    return `<polyline points="${points.join(" ")}" fill="none" ${style}/>`;
  };
  const grid = lines
    .filter((value) => value >= low && value <= high)
    .flatMap((value) => [
      `<path d="M${left} ${y(value).toFixed(1)}h${panel.wide}" stroke="#ddd"/>`,
      label(`${value}`, left - 6, y(value) + 4, 'text-anchor="end"'),
    ]);
  return [
    label(title, left, panel.top - 14, 'font-weight="bold"'),
    ...grid,
    ...sizes.map((vmas) => label(count(vmas), x(vmas), bottom + 18, 'text-anchor="middle"')),
    ...streams.flatMap((stream, index) => {
      const stroke = `stroke="${colours[index % colours.length]}"`;
      return [
        curve(stream, "ours", `${stroke} stroke-width="2"`),
        curve(stream, "theirs", `${stroke} stroke-width="1" stroke-dasharray="4 3"`),
      ];
    }),
  ];
}

/** @param {readonly Raced[]} all */
export function plotOf(all) {
  const streams = [...new Set(all.map(({ stream }) => stream))];
  const legend = streams.map((stream, index) => {
    const at = panel.left + index * 120;
    const colour = colours[index % colours.length];
    return `<path d="M${at} 326h22" stroke="${colour}" stroke-width="2"/>${label(stream, at + 28, 330)}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    "<title>Nanoseconds of a search, and of a store and erase, over the number of mappings</title>",
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...panelOf(all, "search", "search, ns over mappings", panel.left),
    ...panelOf(
      all,
      "pair",
      "store and erase, ns over mappings",
      panel.left + panel.wide + panel.gap,
    ),
    ...legend,
    label("full: gap index; dashed: treap with subtree maxima", panel.left, 350),
    "</svg>",
    "",
  ].join("\n");
}
