/** Which policies there are, and how one is named on a command line. */

import { MmreplayError } from "../errors.ts";
import { type Registry, registry } from "../registry.ts";
import { cloudHypervisorOverMap } from "./cloud-hypervisor-over-map.ts";
import { coreAlign } from "./core-align.ts";
import { exactAligned } from "./exact-aligned.ts";
import { execFolioPolicy } from "./exec-folio.ts";
import {
  linux_6_1_rc,
  linux_6_7,
  linux_6_8,
  linux_6_10,
  linux_6_12_0,
  linux_6_13,
} from "./history.ts";
import { largestMthp } from "./largest-mthp.ts";
import { linux_6_1 } from "./linux-6.1.ts";
import { linux_6_12 } from "./linux-6.12.ts";
import { linux_6_18 } from "./linux-6.18.ts";
import { linux_7_2 } from "./linux-7.2.ts";
import { linux_7_3 } from "./linux-7.3.ts";
import { mappingOrderV1 } from "./mapping-order-v1.ts";
import { mappingOrderV2 } from "./mapping-order-v2.ts";
import { maxOrder } from "./max-order.ts";
import { mergeFirst } from "./merge-first.ts";
import { mmapPrepare } from "./mmap-prepare.ts";
import { qemuOverMap } from "./qemu-over-map.ts";
import { shiftInGap } from "./shift-in-gap.ts";
import { startPfnPolicy } from "./start-pfn.ts";
import type { Policy } from "./types.ts";
import { unaligned } from "./unaligned.ts";
import { vfio1g } from "./vfio-1g.ts";
import { vfioThp } from "./vfio-thp.ts";

export type { Policy } from "./types.ts";

export const policies: Registry<Policy> = registry("policy", [
  linux_6_1,
  linux_6_12,
  linux_6_18,
  linux_7_2,
  linux_7_3,
  linux_6_1_rc,
  linux_6_7,
  linux_6_8,
  linux_6_10,
  linux_6_12_0,
  linux_6_13,
  unaligned,
  vfioThp,
  coreAlign,
  startPfnPolicy,
  mmapPrepare,
  maxOrder,
  mappingOrderV1,
  mappingOrderV2,
  execFolioPolicy,
  largestMthp,
  mergeFirst,
  shiftInGap,
  exactAligned,
  qemuOverMap,
  cloudHypervisorOverMap,
  vfio1g,
]);

/** The policy with the settings written as `name=value,name=value`; throws `usage/policy-parameter`. */
export function configured(policy: Policy, settings: string): Policy {
  if (policy.configure === undefined) {
    const hint = `write ${policy.id}`;
    throw new MmreplayError("usage/policy-parameter", `policy ${policy.id} has no parameters`, {
      hint,
    });
  }
  const values: Record<string, string> = {};
  for (const part of settings.split(",")) {
    const [name = "", ...value] = part.split("=");
    if (value.length === 0 || Object.hasOwn(values, name)) {
      const hint = `write ${policy.id}:name=value,name=value, each name once`;
      throw new MmreplayError("usage/policy-parameter", `cannot read "${part}" in "${settings}"`, {
        hint,
      });
    }
    values[name] = value.join("=");
  }
  return policy.configure(values);
}

/** A policy by `id` or `id:name=value,name=value`. */
export function parsePolicy(text: string): Policy {
  const colon = text.indexOf(":");
  if (colon < 0) return policies.get(text);
  return configured(policies.get(text.slice(0, colon)), text.slice(colon + 1));
}

/** Names separated by commas, of which some have settings: a part with `=` belongs to the name before it. */
export function splitPolicies(text: string): readonly string[] {
  const joined: string[] = [];
  for (const part of text.split(",")) {
    const belongs = part.includes("=") && !part.includes(":") && joined.length > 0;
    if (belongs) joined.push(`${joined.pop()},${part}`);
    else joined.push(part);
  }
  return joined;
}

/** Policies separated by commas. */
export function parsePolicies(text: string): readonly Policy[] {
  return splitPolicies(text).map(parsePolicy);
}
