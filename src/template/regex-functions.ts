/** match and reReplaceAll: RE2's syntax in linear time, Go's way of walking over the matches and of writing groups. */
import { RE2JS } from 're2js';
import { TextBuilder } from './budget.ts';
import { ValueError } from './template-error.ts';

/** Templates use few patterns, but use them again for every alert; labels might hold any number of others. */
const REMEMBERED_PATTERNS = 100;
const remembered = new Map<string, RE2JS>();

/** Whether the pattern matches anywhere. Throws {@link ValueError} for a bad pattern. */
export function matches(pattern: string, text: string): boolean {
  return compile(pattern).matcher(text).find();
}

/** Every match replaced by `replacement` with its `$1`, `${1}` and `${name}`. Throws {@link ValueError} for a bad pattern. */
export function replaceAll(pattern: string, replacement: string, text: string): string {
  const compiled = compile(pattern);
  const pieces = parseReplacement(replacement, compiled);
  const matcher = compiled.matcher(text);
  const replaced = new TextBuilder();
  let position = 0;
  while (matcher.find()) {
    const start = matcher.start();
    // An empty match right behind another one does not count.
    if (matcher.end() === start && start === position && position > 0) continue;
    replaced.append(text.slice(position, start));
    for (const piece of pieces) replaced.append(typeof piece === 'string' ? piece : (matcher.group(piece) ?? ''));
    position = matcher.end();
  }
  replaced.append(text.slice(position));
  return replaced.text;
}

/** Plain texts and numbers of groups; a group that does not exist is dropped, a lone `$` stays. */
function parseReplacement(replacement: string, compiled: RE2JS): readonly (string | number)[] {
  const groupCount = compiled.groupCount();
  const names = new Map(Object.entries(compiled.namedGroups()));
  const pieces: (string | number)[] = [];
  let position = 0;
  // The longest name counts: `$1x` is the group named 1x.
  for (const match of replacement.matchAll(/\$(?:\$|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu)) {
    pieces.push(replacement.slice(position, match.index));
    position = match.index + match[0].length;
    const name = match[1] ?? match[2];
    if (name === undefined) pieces.push('$');
    else {
      const group = /^\d+$/.test(name) ? Number(name) : names.get(name);
      if (group !== undefined && group <= groupCount) pieces.push(group);
    }
  }
  pieces.push(replacement.slice(position));
  return pieces;
}

function compile(pattern: string): RE2JS {
  const known = remembered.get(pattern);
  if (known !== undefined) return known;
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch (cause) {
    throw new ValueError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  if (remembered.size >= REMEMBERED_PATTERNS) remembered.delete(remembered.keys().next().value ?? '');
  remembered.set(pattern, compiled);
  return compiled;
}
