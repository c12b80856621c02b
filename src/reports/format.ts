/** How numbers are written, in every report. */

import type { MetricValue } from "../metrics/types.ts";

/** `524,288` */
export function count(value: number): string {
  const [whole = "", fraction] = String(value).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

const byteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** `2 GiB`, `1.5 MiB`: at most one digit after the point. */
export function bytes(value: number): string {
  let rest = value;
  let unit = 0;
  while (rest >= 1024 && unit < byteUnits.length - 1) {
    rest /= 1024;
    unit += 1;
  }
  return `${count(Math.round(rest * 10) / 10)} ${byteUnits[unit]}`;
}

/** `99.8%`; 100% only if it is all, 0% only if it is nothing. */
export function share(value: number): string {
  const percent = Math.round(value * 1000) / 10;
  if (percent === 100 && value < 1) return "99.9%";
  if (percent === 0 && value > 0) return "0.1%";
  return `${percent.toFixed(percent === 100 || percent === 0 ? 0 : 1)}%`;
}

/** Three digits that matter: `512`, `1.02`, `26.2`. */
function factor(value: number): string {
  if (value >= 100) return count(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** A value beside the baseline's: `512x fewer`, `1.02x more`, `same`. */
export function ratio(value: number, baseline: number): string {
  if (value === baseline) return "same";
  if (baseline === 0 || value === 0) return value === 0 ? "none left" : "none before";
  const more = value > baseline;
  const times = factor(more ? value / baseline : baseline / value);
  return times === "1" ? `<1% ${more ? "more" : "fewer"}` : `${times}x ${more ? "more" : "fewer"}`;
}

/** What a value has more than another one, in percent: `+900%`, `-12.5%`; nothing where there was none. */
export function percent(value: number, before: number): string {
  if (before === 0) return "";
  const change = (100 * (value - before)) / Math.abs(before);
  const size = Math.abs(change);
  const sign = change < 0 ? "-" : "+";
  return size < 0.01 ? `${sign}<0.01%` : `${sign}${factor(size)}%`;
}

/** A value in its unit, `n/a` where the recording cannot give it. */
export function metric({ value, unit }: Pick<MetricValue, "value" | "unit">): string {
  if (value === null) return "n/a";
  if (unit === "bytes") return bytes(value);
  if (unit === "share") return share(value);
  return count(value);
}

/** `+1,024` or `-12`; bytes and shares in their units. */
export function difference(change: number, unit: string): string {
  const size = metric({ value: Math.abs(change), unit });
  return `${change < 0 ? "-" : "+"}${size}`;
}

/** `1 process`, `3 processes`. */
export function plural(value: number, one: string, many: string = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
