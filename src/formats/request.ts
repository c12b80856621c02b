/** What a call asks for, without how it went. */

import type { Call, CallBase } from "../trace/event.ts";

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A call and its arguments. */
export type Request = Without<Call, keyof CallBase>;
