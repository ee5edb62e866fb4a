/** Numbers of things in sentences. */

/** `1 silence`, `2 silences`, `0 silences`. For nouns that take an s. */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
