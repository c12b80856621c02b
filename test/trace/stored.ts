/** A block as it is read from the message that is written of it. */

import type { BlockData, StoredBlock } from "../../src/trace/block.ts";
import { blockOf, eventsMessage } from "../../src/trace/block-message.ts";
import { mmreplay } from "../../src/trace/generated/trace.js";

const { Events } = mmreplay.trace;

export function storedOf(block: BlockData): StoredBlock {
  const { message, low } = eventsMessage(block);
  return blockOf(Events.decode(Events.encode(message).finish()), low);
}
