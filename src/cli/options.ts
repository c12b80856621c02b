/** Options that several commands have, said once. */

export const traceArgument = {
  type: "string",
  demandOption: true,
  describe: "a trace or recording; - is stdin",
} as const;

export const tracesArgument = {
  type: "string",
  array: true,
  demandOption: true,
  describe: "traces or recordings, files or folders; - is stdin",
} as const;

export const outputOption = {
  alias: "o",
  type: "string",
  describe: "write there instead of standard output",
} as const;

export const formatOption = {
  choices: ["text", "json"],
  default: "text",
  describe: "for people, or for scripts",
} as const;

export const strictOption = {
  type: "boolean",
  default: false,
  describe: "warnings are errors",
} as const;

export const freeOption = {
  type: "boolean",
  default: false,
  describe: "the model lives in its own state from the first call to the last",
} as const;

export const oneProcessOption = {
  type: "boolean",
  default: false,
  describe: "tasks of unknown origin are threads of the first one",
} as const;
