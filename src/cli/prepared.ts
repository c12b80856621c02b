/** What a trace becomes before any policy is asked: its program, its tricks, and what a report says of it. */

import { Diagnostics } from "../errors.ts";
import { onArch, policyFor, resolveTrace, type Subject } from "../pipeline.ts";
import { touchOf } from "../replay.ts";
import type { TraceSetup } from "../reports/report.ts";
import { Calls } from "../resolve/idioms/calls.ts";
import { recognise } from "../resolve/idioms/recognise.ts";
import { summarise } from "../resolve/idioms/summary.ts";
import type { Program } from "../resolve/program.ts";
import { hasKind } from "../trace/log.ts";
import type { Trace } from "../trace/trace.ts";
import { locate } from "./io.ts";
import { refuseWarnings } from "./strict.ts";
import type { Prepared, Task } from "./task.ts";

/** How warnings about a trace are told. */
export type Say = (diagnostics: Diagnostics, name: string) => void;

/** Which address spaces are placed as those of 32-bit tasks. */
function concluded({ spaces }: Program): readonly string[] {
  const compat = spaces.filter((space) => space.compat === true).length;
  const of = `${compat} of ${spaces.length} address spaces taken as those of 32-bit tasks`;
  return compat === 0 ? [] : [`${of}, by their addresses`];
}

function setupOf(trace: Trace, { program, arch, conversion }: Subject): TraceSetup {
  const { kernel, recorder, command, inferred } = trace.facts;
  const { thpEnabled, shmemEnabled, thpSizes, shmemSizes } = trace.facts;
  return {
    name: trace.name,
    ...(kernel !== undefined && { kernel }),
    arch: arch.id,
    pageSize: arch.pageBytes,
    recorder,
    ...(command !== undefined && { command }),
    processes: program.spaces.length,
    ...(thpEnabled !== undefined && { thpEnabled }),
    ...(shmemEnabled !== undefined && { shmemEnabled }),
    ...(thpSizes !== undefined && { thpSizes }),
    ...(shmemSizes !== undefined && { shmemSizes }),
    inferred: [...inferred, ...concluded(program)],
    ...(conversion !== undefined && { converted: conversion }),
  };
}

/** Page faults matter to touched pages and to simulated TLBs; without them neither has anything to count. */
function keepsTouches({ population, cpus: simulated }: Task, { events }: Trace): boolean {
  const asked = population.mode === "touched" || simulated.length > 0;
  return asked && hasKind(events, "fault");
}

/** Resolve a trace as the task asks; with --strict, throws the first warning about it. */
export async function prepared(read: Trace, task: Task, say: Say): Promise<Prepared> {
  const { pfn } = task;
  const trace = pfn === undefined ? read : { ...read, facts: { ...read.facts, pfn } };
  const { facts, events } = trace;
  const diagnostics = new Diagnostics();
  const recorded = policyFor(facts);
  const program = resolveTrace(trace, recorded, diagnostics, keepsTouches(task, trace));
  say(diagnostics, trace.name);
  if (task.strict) await refuseWarnings({ name: trace.name, diagnostics }, locate(task.path));
  const touch = touchOf(program, facts, recorded);
  const calls = new Calls(program, events);
  const idioms = recognise(program, events, calls);
  const intent = summarise(program, events, idioms, calls);
  const setup = { ...setupOf(trace, onArch(program, facts, task.arch)), intent };
  return { setup, facts, program, idioms, touch };
}
