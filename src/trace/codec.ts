/** How a trace becomes the bytes of an .mmtrace file and comes back; docs/trace-format.md is the contract. */

import { MmreplayError } from "../errors.ts";
import { blockOf, eventsMessage } from "./block-message.ts";
import { type Block, damaged, readContainer, writeContainer } from "./container.ts";
import { EventDecoder } from "./decode-events.ts";
import { encodeBlock } from "./encode-events.ts";
import { mmreplay } from "./generated/trace.js";
import { logOf } from "./log-writer.ts";
import type { Facts, Trace } from "./trace.ts";
import { joined, Malformed } from "./varint.ts";

const { Header, Events } = mmreplay.trace;

type HeaderMessage = ReturnType<typeof Header.decode>;
type FactsMessage = NonNullable<HeaderMessage["facts"]>;
type Settings = Readonly<Record<string, string>>;

/** Without the members that are null or undefined: protobuf's way to say absent. */
function present<T extends object>(
  fields: { readonly [K in keyof T]: T[K] | null | undefined },
): T {
  const entries = Object.entries(fields).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return Object.fromEntries(entries) as T;
}

const settingsMessage = (
  settings: Settings | undefined,
): { names: string[]; values: string[] } | undefined =>
  settings && { names: Object.keys(settings), values: Object.values(settings) };

function settingsOf(message: FactsMessage["shmemSizes"]): Settings | undefined {
  if (!message) return undefined;
  const values = message.values ?? [];
  return Object.fromEntries(
    (message.names ?? []).map((name, index) => [name, values[index] ?? ""]),
  );
}

function factsMessage(facts: Facts): FactsMessage {
  const { stackLimit, shmemSizes, thpSizes, devices, inferred, ...same } = facts;
  return present<FactsMessage>({
    ...same,
    stackLimit,
    stackUnlimited: stackLimit === null,
    shmemSizes: settingsMessage(shmemSizes),
    thpSizes: settingsMessage(thpSizes),
    devices: devices && {
      devices: devices.map(({ address, bars }) => ({ address, bars: [...bars] })),
    },
    inferred: [...inferred],
  });
}

function devicesOf(message: FactsMessage["devices"]): Facts["devices"] {
  return message?.devices?.map((device) => ({
    address: device.address ?? "",
    bars: (device.bars ?? []).map((bar) => ({
      index: bar.index ?? 0,
      start: bar.start ?? 0,
      size: bar.size ?? 0,
    })),
  }));
}

function factsOf(message: FactsMessage): Facts {
  const facts = present<Facts>({
    kernel: message.kernel,
    policy: message.policy,
    arch: message.arch,
    pageSize: message.pageSize ?? 0,
    taskSizeBits: message.taskSizeBits,
    recorder: message.recorder ?? "",
    command: message.command,
    aslr: message.aslr,
    legacyLayout: message.legacyLayout,
    mmapMinAddr: message.mmapMinAddr,
    maxMapCount: message.maxMapCount,
    mmapRndBits: message.mmapRndBits,
    stackGuardGap: message.stackGuardGap,
    thpEnabled: message.thpEnabled,
    shmemEnabled: message.shmemEnabled,
    shmemSizes: settingsOf(message.shmemSizes),
    thpSizes: settingsOf(message.thpSizes),
    devices: devicesOf(message.devices),
    inferred: message.inferred ?? [],
    stackLimit: message.stackLimit,
  });
  return message.stackUnlimited ? { ...facts, stackLimit: null } : facts;
}

function* blocksOf({ name, facts, events }: Trace): Generator<Omit<Block, "offset">> {
  const log = logOf(events);
  const header = { name, facts: factsMessage(facts), events: log.length };
  yield { kind: "header", payload: Header.encode(header).finish() };
  const written = { strings: 0, files: 0, address: 0 };
  for (const slot of log.slots) {
    const { message, low } = eventsMessage(encodeBlock(slot.block(), written));
    if (low.length > 0) yield { kind: "bits", payload: low };
    yield { kind: "events", payload: Events.encode(message).finish() };
  }
}

/** The file of a trace, part by part: each is made when it is asked for. */
export function encodeParts(trace: Trace): Generator<Uint8Array> {
  return writeContainer(blocksOf(trace));
}

/** The whole trace as one file. */
export function encode(trace: Trace): Uint8Array {
  return joined([...encodeParts(trace)]);
}

/** A trace while its blocks come. */
class Reading {
  header: HeaderMessage | undefined;
  readonly decoder = new EventDecoder();
  /** The low bits of the next block of events. */
  #low: Uint8Array = new Uint8Array(0);

  take({ kind, payload }: Block): void {
    if (kind === "header") this.header ??= Header.decode(payload);
    else if (kind === "bits") {
      this.done();
      this.#low = payload;
    } else {
      this.decoder.block(blockOf(Events.decode(payload), this.#low));
      this.#low = new Uint8Array(0);
    }
  }

  /** Throws Malformed if low bits wait for a block of events that has not come. */
  done(): void {
    if (this.#low.length > 0) throw new Malformed("low bits of no events");
  }
}

/** The trace that `encode` was given; throws `trace/damaged` or `trace/newer`. `name` is the file's, for messages. */
export function decode(bytes: Uint8Array, name: string): Trace {
  const reading = new Reading();
  const parsed = <T>(offset: number, parse: () => T): T => {
    try {
      return parse();
    } catch (error) {
      if (error instanceof MmreplayError) throw error;
      const what = error instanceof Error ? error.message : "bad data";
      throw damaged(name, offset, `a block that cannot be read (${what})`);
    }
  };
  for (const block of readContainer(bytes, name)) parsed(block.offset, () => reading.take(block));
  parsed(bytes.length, () => reading.done());
  const { header } = reading;
  const events = reading.decoder.done();
  if (!header?.facts) throw damaged(name, bytes.length, "no header");
  if (header.events !== events.length) throw damaged(name, bytes.length, "events are missing");
  return { name: header.name, facts: factsOf(header.facts), events };
}
