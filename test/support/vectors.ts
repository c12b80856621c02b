/** Where does a request go in a drawn address space? The real search, asked with the rows of a policy; addresses as hex text. */

import { lower } from "../../src/arch/entry.ts";
import { archs } from "../../src/arch/index.ts";
import type { Arch, Layout, LayoutOptions, Row } from "../../src/arch/types.ts";
import { openSpaces, type Spaces } from "../../src/native/load.ts";
import { RowTable } from "../../src/place/rows.ts";
import { found, op, opKind, out } from "../../src/place/wire.ts";
import { parsePolicy } from "../../src/policies/index.ts";
import type { Policy, Request, Target } from "../../src/policies/types.ts";
import { addressOf, hex } from "../../src/units.ts";

/** Pages that a GROWSDOWN area keeps free below. */
const guardGap = 256;

/** An area: `start-end`, with a `v` behind it where it grows down. */
export type Drawn = string;

export interface MachineOptions {
  readonly arch?: string;
  readonly layout?: Partial<LayoutOptions>;
  readonly target?: Partial<Target>;
}

/** A call: lengths and offsets in bytes, as hex text. */
export type Asked = Partial<
  Omit<Request, "pages" | "pgoff" | "hint" | "pfn" | "barPages" | "huge">
> & {
  readonly len: string;
  readonly off?: string;
  readonly hint?: string;
  readonly pa?: string;
  readonly bar?: string;
  readonly hugePage?: string;
};

export interface Answer {
  /** The address, or `ENOMEM`. */
  readonly address: string;
  /** The searches that ran: `len` or, where it found something, `len -> address`. */
  readonly searches: readonly string[];
  readonly rows: readonly Row[];
}

/** One kernel on one machine, and one address space on it. */
export class Machine {
  readonly arch: Arch;
  readonly layout: Layout;
  readonly policy: Policy;
  readonly #target: Target;
  readonly #spaces: Spaces = openSpaces();
  #objects = 0;

  constructor(policy: string, areas: readonly Drawn[], options: MachineOptions = {}) {
    this.policy = parsePolicy(policy);
    this.arch = archs.get(options.arch ?? "x86-64");
    this.layout = this.arch.layout({ random: 0, aslr: false, ...options.layout });
    this.#target = {
      arch: this.arch,
      topDown: this.layout.topDown,
      shmemEnabled: "never",
      shmemSizes: new Map(),
      ...options.target,
    };
    for (const area of areas) this.map(area);
  }

  page(address: string): number {
    return Number.parseInt(address, 16) / this.arch.pageBytes;
  }

  address(page: number): string {
    return hex(addressOf(page, this.arch.pageBytes)).slice(2);
  }

  /** Map an area where it is drawn, as MAP_FIXED does. */
  map(area: Drawn): void {
    const [start = "", end = ""] = area.replace("v", "").split("-");
    const [from, to] = [this.page(start), this.page(end)];
    this.#objects += 1;
    const guard = area.endsWith("v") ? guardGap : 0;
    const ops = { kind: opKind.fix, object: this.#objects, offset: from, pages: to - from, guard };
    this.#run(ops, []);
  }

  /** What the policy answers; nothing is mapped. */
  ask(asked: Asked): Answer {
    const { hint, request } = this.#request(asked);
    const attempts = this.policy.searches(request, this.#target);
    const entry = { ...request, file: request.kind !== "anon" };
    const rows = lower(attempts, entry, this.layout, this.policy.profile, this.arch);
    return this.probe(hint, request.pages, rows);
  }

  /** What a list of rows answers for an op of `pages` at `position`. */
  probe(position: number, pages: number, rows: readonly Row[]): Answer {
    return this.#run({ kind: opKind.probe, object: 0, offset: position, pages, guard: 0 }, rows);
  }

  #request(asked: Asked): { hint: number; request: Request } {
    const { len, off, hint = "0", pa, bar, hugePage, ...rest } = asked;
    const at = this.#hint(hint);
    const request: Request = {
      kind: "anon",
      pages: Math.ceil(this.page(len)),
      pgoff: this.page(off ?? "0"),
      low32: false,
      above4g: false,
      startGap: 0,
      remap: false,
      ...rest,
      hint: at > 0,
      ...(pa !== undefined && { pfn: this.page(pa) }),
      ...(bar !== undefined && { barPages: this.page(bar) }),
      ...(hugePage !== undefined && { huge: this.page(hugePage) }),
    };
    return { hint: at, request };
  }

  /** round_hint_to_min() of mm/mmap.c. */
  #hint(hint: string): number {
    const page = Math.floor(this.page(hint));
    return page === 0 ? 0 : Math.max(page, this.layout.minPage);
  }

  #run(
    asked: { kind: number; object: number; offset: number; pages: number; guard: number },
    rows: readonly Row[],
  ): Answer {
    const table = new RowTable();
    const { first, count } = table.add(rows);
    const ops = new Float64Array(op.stride);
    ops[op.kind] = asked.kind;
    ops[op.object] = asked.object;
    ops[op.offset] = asked.offset;
    ops[op.pages] = asked.pages;
    ops[op.guard] = asked.guard;
    ops[op.x] = first;
    ops[op.y] = count;
    const answer = new Float64Array(out.stride);
    const seen = new Float64Array(rows.length * found.stride);
    const searches = this.#spaces.run(ops, table.table, answer, seen);
    const page = answer[out.page] ?? -1;
    return {
      address: page < 0 ? "ENOMEM" : this.address(page),
      searches: Array.from({ length: searches }, (_, i) => this.#search(seen, i, rows)),
      rows,
    };
  }

  #search(seen: Float64Array, index: number, rows: readonly Row[]): string {
    const row = rows[seen[index * found.stride + found.row] ?? -1];
    const page = seen[index * found.stride + found.page] ?? -1;
    const length = this.address(row?.pages ?? 0);
    return page < 0 ? length : `${length} -> ${this.address(page)}`;
  }
}

/** One line of a table of vectors: `id | set | request | searches | address, 6.1: address | series`. */
export interface Vector {
  readonly id: string;
  readonly set: string;
  readonly asked: Asked;
  /** Empty where the line lists none. */
  readonly searches: readonly string[];
  /** By series. */
  readonly address: ReadonlyMap<string, string>;
  /** True where the address is not the one of most series: then the searches are not listed. */
  readonly deviates: (series: string) => boolean;
}

const kinds: Readonly<Record<string, Partial<Asked>>> = {
  anon: { kind: "anon" },
  shared: { kind: "shared-anon" },
  tmpfs: { kind: "shmem", mountHuge: "always" },
  sysfs: { kind: "device" },
  zero: { kind: "zero" },
  ext4: { kind: "regular", filesystem: "ext4" },
  overlay: { kind: "regular", filesystem: "overlay" },
  huge2m: { kind: "hugetlb", hugePage: "200000" },
  huge1g: { kind: "hugetlb", hugePage: "40000000" },
  bar: { kind: "vfio" },
};

const flags: Readonly<Record<string, Partial<Asked>>> = {
  "32bit": { low32: true },
  above4g: { above4g: true },
  mremap: { remap: true },
};

/** A request in words: `ext4 400000 off 1000`, `anon 1000 hint 5 32bit`. */
export function asked(words: string): Asked {
  const [kind = "", len = "", ...rest] = words.trim().split(/\s+/);
  const base = kinds[kind];
  if (base === undefined) throw new Error(`no kind of request is called ${kind}`);
  let request: Asked = { ...base, len };
  for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
    const flag = flags[next];
    request = { ...request, ...(flag ?? { [next]: rest.shift() }) };
  }
  return request;
}

/** Read a table of vectors. */
export function vectors(table: string): readonly Vector[] {
  const lines = table.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [id = "", set = "", request = "", searches = "", addresses = "", series = ""] = line
      .split("|")
      .map((cell) => cell.trim());
    const [usual = "", ...others] = addresses.split(", ");
    const other = new Map(others.map((text) => text.split(": ") as [string, string]));
    return {
      id,
      set,
      asked: asked(request),
      searches: searches === "" ? [] : searches.split("; "),
      address: new Map(series.split(" ").map((one) => [one, other.get(one) ?? usual])),
      deviates: (one) => other.has(one),
    };
  });
}
