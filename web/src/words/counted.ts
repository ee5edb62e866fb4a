/** Numbers and lists in words: `1 alert`, `3 alerts`; `a, b and 4 more`. */

export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const SHOWN = 3;

export function enumerated(words: readonly string[], shown = SHOWN): string {
  if (words.length <= shown + 1) return words.join(', ');
  return `${words.slice(0, shown).join(', ')} and ${words.length - shown} more`;
}
