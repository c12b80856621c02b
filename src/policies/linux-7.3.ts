/** Where Linux 7.3 puts a mapping. */

import { anonOffsetsCompared, since } from "./commits.ts";
import { type Rules, release } from "./kernel.ts";
import { rules72 } from "./linux-7.2.ts";
import { profile73 } from "./profiles.ts";
import type { Policy } from "./types.ts";

export const rules73: Rules = { ...rules72, profile: profile73 };

export const linux_7_3: Policy = release(
  {
    id: "linux-7.3",
    summary: "Linux 7.3: placement as 7.2, another merge rule",
    source: "7.3.4, run against the kernel",
    differsBy: since("linux-7.2", [anonOffsetsCompared]),
  },
  rules73,
);
