/** How a word of a command line is written so that a shell takes it as one word, without a space at which a line may be broken. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are written by their numbers
const special = /[\x00-\x20\x7f"'`$&|;<>()[\]{}*?!#~\\]/g;

const escaped = (one: string): string => `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`;

/** `a.mmtrace` as it is, `a b.mmtrace` as `$'a\x20b.mmtrace'`, which bash, zsh and ksh read. */
export function shellWord(word: string): string {
  if (word === "") return "''";
  const safe = word.replace(special, escaped);
  return safe === word ? word : `$'${safe}'`;
}
