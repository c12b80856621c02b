/** What of a text a terminal would act on instead of showing it: a name of a file may hold anything. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal would act on
const controls = /[\x00-\x1f\x7f-\x9f]/g;

/** Each such character becomes another one. */
export const visible = (text: string, by = "?"): string => text.replace(controls, by);
