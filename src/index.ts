/** The library: what the command line is made of. */

export { archs } from "./arch/index.ts";
export { Diagnostics, MmreplayError } from "./errors.ts";
export { bundle } from "./formats/bundle.ts";
export { formats } from "./formats/index.ts";
export { deviceMappings } from "./metrics/device-mappings.ts";
export { measure, metrics } from "./metrics/index.ts";
export { archFor, policyFor, resolveTrace } from "./pipeline.ts";
export { type Policy, parsePolicies, parsePolicy, policies } from "./policies/index.ts";
export { type OutsidePolicy, outsidePolicy } from "./policies/outside.ts";
export type { Request, Target } from "./policies/types.ts";
export { rebuild, replay } from "./replay.ts";
export { reports } from "./reports/index.ts";
export { makeReport, type Report } from "./reports/report.ts";
export type { Program } from "./resolve/program.ts";
export { decode, encode } from "./trace/codec.ts";
export type { Event } from "./trace/event.ts";
export { proven } from "./trace/infer.ts";
export type { Facts, Trace } from "./trace/trace.ts";
export { verify } from "./verify/verify.ts";
