/** What a table is, and how it is set in columns: the skeleton of every report. */

export interface Column {
  readonly title: string;
  /** Numbers stand right. */
  readonly align: "left" | "right";
}

export interface Table {
  readonly columns: readonly Column[];
  /** Gone through twice. */
  readonly rows: Iterable<readonly string[]>;
}

export const left = (title: string): Column => ({ title, align: "left" });
export const right = (title: string): Column => ({ title, align: "right" });

/** Characters of each column. */
function widths({ columns, rows }: Table): number[] {
  const most = columns.map(({ title }) => title.length);
  for (const row of rows)
    for (const [i, size] of most.entries()) most[i] = Math.max(size, (row[i] ?? "").length);
  return most;
}

/** Aligned lines, two spaces between columns and before the first; a rule under the titles. */
export function* textTable(table: Table): Generator<string> {
  const sizes = widths(table);
  const line = (cells: readonly string[]): string =>
    `  ${table.columns
      .map(({ align }, i) => {
        const cell = cells[i] ?? "";
        return align === "left" ? cell.padEnd(sizes[i] ?? 0) : cell.padStart(sizes[i] ?? 0);
      })
      .join("  ")}`.trimEnd();
  const titles = table.columns.map(({ title }) => title);
  yield line(titles);
  yield `  ${"-".repeat(sizes.reduce((sum, size) => sum + size + 2, -2))}`;
  for (const row of table.rows) yield line(row);
}

/** Pipes and dashes. */
export function* markdownTable({ columns, rows }: Table): Generator<string> {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  yield line(columns.map(({ title }) => title));
  yield `| ${columns.map(({ align }) => (align === "left" ? "---" : "---:")).join(" | ")} |`;
  for (const row of rows) yield line(row);
}

/** Cut a table that is too wide into several: the first `fixed` columns repeat, the others share them out. */
export function splitTable(table: Table, fixed: number, width: number): Table[] {
  const sizes = widths(table).map((size) => size + 2);
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  const parts: number[][] = [];
  for (let i = fixed; i < table.columns.length; i++) {
    const last = parts.at(-1);
    const used = sum(sizes.slice(0, fixed)) + sum((last ?? []).map((column) => sizes[column] ?? 0));
    if (last !== undefined && used + (sizes[i] ?? 0) <= width) last.push(i);
    else parts.push([i]);
  }
  const always = Array.from({ length: fixed }, (_, i) => i);
  return parts.map((part) => {
    const kept = [...always, ...part];
    return {
      columns: table.columns.filter((_, i) => kept.includes(i)),
      // A row that says something in another part only.
      rows: [...table.rows]
        .filter((row) => part.some((column) => row[column] !== ""))
        .map((row) => row.filter((_, i) => kept.includes(i))),
    };
  });
}
