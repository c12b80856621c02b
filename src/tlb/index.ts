/** Which CPUs' TLBs there are. */

import { type Registry, registry } from "../registry.ts";
import { goldenCove } from "./golden-cove.ts";
import { neoverseV2 } from "./neoverse-v2.ts";
import type { Cpu } from "./types.ts";
import { zen4 } from "./zen4.ts";

export const cpus: Registry<Cpu> = registry("cpu", [zen4, goldenCove, neoverseV2]);
