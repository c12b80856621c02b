/** Which ops of a program ask alike but for their length: numbers that all policies share. */

import type { Request } from "../policies/types.ts";
import { Numbers } from "../resolve/numbers.ts";
import { extraOf, opKinds } from "../resolve/op-table.ts";
import type { Ops } from "../resolve/ops.ts";
import type { Facts } from "../trace/trace.ts";
import { requestOf } from "./request.ts";

/** Every field of a request: what is equal in all of them is the same request. */
const fields: Readonly<Record<keyof Request, true>> = {
  ...{ kind: true, pages: true, pgoff: true, filesystem: true, mountHuge: true, huge: true },
  ...{ pfn: true, barPages: true, align: true, hint: true, low32: true, above4g: true },
  ...{ startGap: true, remap: true },
};
const names = (Object.keys(fields) as readonly (keyof Request)[]).filter(
  (name) => name !== "pages",
);

export class RequestKinds {
  readonly #ops: Ops;
  readonly #facts: Facts;
  readonly #numbers = new Numbers<string>();
  /** By area and what else decides, for ops without extras: their kind without a hint, and with one. */
  readonly #plain: number[] = [];

  constructor(ops: Ops, facts: Facts) {
    this.#ops = ops;
    this.#facts = facts;
  }

  /** The number of the kind of request of a map or probe op. */
  of(index: number, hint: boolean): number {
    const { area, how, low32, above4g, guard, sourceObject } = this.#ops.table;
    const isPlain = guard[index] === 0 && (sourceObject[index] ?? 0) === 0;
    if (!isPlain || this.#asksMore(index)) return this.#find(index, hint);
    const way = (how[index] ?? 0) * 8 + (low32[index] ?? 0) * 4 + (above4g[index] ?? 0) * 2;
    const at = (area[index] ?? 0) * waysOfArea + way + (hint ? 1 : 0);
    const known = this.#plain[at];
    if (known !== undefined) return known;
    const found = this.#find(index, hint);
    this.#plain[at] = found;
    return found;
  }

  #asksMore(index: number): boolean {
    const extra = extraOf(this.#ops.table, index);
    return extra !== undefined && (extra.kept !== undefined || extra.startGap !== undefined);
  }

  #find(index: number, hint: boolean): number {
    const op = this.#ops.at(index);
    if (op?.kind !== "map" && op?.kind !== "probe")
      throw new Error(`${opKinds[this.#ops.table.kind[index] ?? 0]} places nothing`);
    const request: Request = { ...requestOf(op, this.#facts), hint };
    let text = `${op.how} ${op.kept ?? 0} ${op.guard}`;
    for (const name of names) text += ` ${request[name]}`;
    return this.#numbers.of(text);
  }
}

/** Ways of asking for an area that its place in the list tells apart: five of `how`, two bits, and the hint. */
const waysOfArea = 40;

const known = new WeakMap<Ops, { readonly facts: Facts; readonly kinds: RequestKinds }>();

/** The kinds of a program's requests, found once for all policies. */
export function requestKindsOf(ops: Ops, facts: Facts): RequestKinds {
  const before = known.get(ops);
  if (before?.facts === facts) return before.kinds;
  const kinds = new RequestKinds(ops, facts);
  known.set(ops, { facts, kinds });
  return kinds;
}
