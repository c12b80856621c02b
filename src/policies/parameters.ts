/** How the settings of a policy are declared, read and reported. */

import { MmreplayError } from "../errors.ts";
import type { Parameter, Policy } from "./types.ts";

export type Parameters = Readonly<Record<string, Parameter>>;

/** The values of a set of parameters, by name. */
export type Values<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

type About<P extends Parameters> = Pick<
  Policy,
  "id" | "summary" | "kernel" | "source" | "profile"
> & { readonly parameters: P };

/** One word out of several; the first is the fallback. */
export function oneOf<const T extends string>(summary: string, words: readonly T[]): Parameter<T> {
  return {
    summary,
    fallback: words[0] ?? "",
    expects: words.join(", "),
    read: (text) => words.find((word) => word === text),
  };
}

/** Some words out of several, joined by plus signs. */
export function someOf<const T extends string>(
  summary: string,
  words: readonly T[],
  fallback: string,
): Parameter<readonly T[]> {
  return {
    summary,
    fallback,
    expects: `${words.join(", ")}, joined by +`,
    read: (text) => {
      const parts = text.split("+");
      const known = words.filter((word) => parts.includes(word));
      return parts.every((part) => known.some((word) => word === part)) ? known : undefined;
    },
  };
}

/** A whole number with an optional unit behind it. */
export function count(
  summary: string,
  fallback: string,
  { unit = "", least = 0, most }: { unit?: string; least?: number; most: number },
): Parameter<number> {
  return {
    summary,
    fallback,
    expects: `${least}${unit} to ${most}${unit}`,
    read: (text) => {
      const number = text.endsWith(unit) ? text.slice(0, text.length - unit.length) : "";
      const value = /^[0-9]+$/.test(number) ? Number(number) : Number.NaN;
      return value >= least && value <= most ? value : undefined;
    },
  };
}

function refuse(id: string, message: string, hint: string): never {
  throw new MmreplayError("usage/policy-parameter", `${message} of policy ${id}`, { hint });
}

function readAll<P extends Parameters>(
  { id, parameters }: About<P>,
  settings: Readonly<Record<string, string>>,
): Values<P> {
  const names = Object.keys(parameters);
  const stranger = Object.keys(settings).find((name) => !names.includes(name));
  if (stranger !== undefined)
    refuse(id, `unknown parameter "${stranger}"`, `choose one of ${names.join(", ")}`);
  const values: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    const text = settings[name] ?? parameter.fallback;
    const value = parameter.read(text);
    if (value === undefined)
      refuse(id, `"${text}" is no value for parameter "${name}"`, `use ${parameter.expects}`);
    values[name] = value;
  }
  return values as Values<P>;
}

/** A policy with settings: the fallbacks' one, which makes the others. */
export function parameterised<P extends Parameters>(
  about: About<P>,
  make: (values: Values<P>) => Policy["searches"],
  reserve?: (values: Values<P>) => Required<Policy>["reserves"],
): Policy {
  const build = (settings: Readonly<Record<string, string>>): Policy => {
    const values = readAll(about, settings);
    const given = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    return {
      ...about,
      id: given.length === 0 ? about.id : `${about.id}:${given.join(",")}`,
      searches: make(values),
      ...(reserve !== undefined && { reserves: reserve(values) }),
      configure: build,
    };
  };
  return build({});
}
