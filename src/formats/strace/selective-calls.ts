/** Which calls matter whose name alone does not tell: of millions of ioctl, fcntl and recvmsg those that make descriptors. */

import type { Buffer } from "node:buffer";
import { bytesOf, isDigit, matches } from "../text/scan.ts";
import type { Known } from "./names.ts";

const comma = 44;
const zero = 48;
const less = 60;
const greater = 62;
const letterC = 67;
const letterD = 68;
const letterF = 70;
const letterK = 75;
const letterR = 82;
const letterU = 85;
const letterV = 86;
const underscore = 95;
const setDescriptor = bytesOf("F_SETFD");

const newDescriptor =
  /^\(\d+(?:<.*?>)?, (?:VFIO_GROUP_GET_DEVICE_FD|KVM_CREATE_VM|KVM_CREATE_VCPU|0x3b6a|0xae01|0xae41)\b/;

/** True for UFFDIO_REGISTER and UFFDIO_UNREGISTER: of UFFDIO_COPY there are millions. */
function setsApart(bytes: Buffer, from: number, end: number): boolean {
  const request = bytes.indexOf(", ", from) + 2;
  if (request < 2 || request > end || bytes[request] !== letterU) return false;
  return bytes[request + 7] === letterR || bytes[request + 7] === letterU;
}

/** True for an ioctl that makes a descriptor of a device. */
function makesDescriptor(bytes: Buffer, from: number, end: number): boolean {
  // The request stands within a path and a number from the name.
  const request = bytes.indexOf(", ", from);
  const next = bytes[request + 2];
  if (request < 0 || request > end) return false;
  // VFIO_, KVM_C: of KVM_RUN there are millions.
  if (next !== letterV && next !== zero && (next !== letterK || bytes[request + 6] !== letterC))
    return false;
  return newDescriptor.test(bytes.toString("latin1", from, end));
}

/** Where `F_GETLK` stands in `(3</data/t.db>, F_GETLK, ...`; -1 if that takes a closer look. */
function commandAt(bytes: Buffer, from: number, end: number): number {
  let at = from + 1;
  while (isDigit(bytes[at] as number)) at += 1;
  if (at === from + 1) return -1;
  if (bytes[at] === less) {
    while (at < end && bytes[at] !== greater && bytes[at] !== comma) at += 1;
    if (bytes[at] === greater) at += 1;
  }
  const isNamed = bytes[at] === comma && bytes[at + 2] === letterF && bytes[at + 3] === underscore;
  return isNamed && at + 4 < end ? at + 2 : -1;
}

/** True for a fcntl that may make a descriptor (`F_DUPFD`) or tell what exec does with one (`F_SETFD`). */
function controlsDescriptor(bytes: Buffer, from: number, end: number): boolean {
  const command = commandAt(bytes, from, end);
  return command < 0 || bytes[command + 2] === letterD || matches(bytes, command, setDescriptor);
}

/** True if this call, whose name ends at `from` and whose line at `end`, is one that matters. */
export function matters({ name }: Known, bytes: Buffer, from: number, end: number): boolean {
  if (name === "recvmsg" || name === "recvmmsg") {
    return bytes.subarray(from, end).includes("cmsg_type=SCM_RIGHTS");
  }
  if (name === "ioctl") return makesDescriptor(bytes, from, end) || setsApart(bytes, from, end);
  return (name !== "fcntl" && name !== "fcntl64") || controlsDescriptor(bytes, from, end);
}

/** The same of a line on which the call ends: of those that may have received descriptors, only those that have. */
export function endMatters(known: Known, bytes: Buffer, from: number, end: number): boolean {
  return !known.name.startsWith("recv") || matters(known, bytes, from, end);
}
