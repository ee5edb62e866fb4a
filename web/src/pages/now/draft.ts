/**
 * What is shown narrowed down at once, before the node has answered: by the matchers it was just asked with, as far as what
 * a group's alerts share can tell, and by what is being typed.
 */
import type { ShownGroup } from '../../../../src/shapes/groups.ts';
import { matchesLabel, parseMatcher } from '../../words/matcher.ts';

/** False only for groups of which it is certain that no alert can match. */
export function mayMatch(group: ShownGroup, filter: readonly string[]): boolean {
  const shared = { ...group.commonLabels, ...group.labels };
  return filter.every((text) => {
    const matcher = parseMatcher(text);
    // Where the label is not shared, some of the alerts may have it.
    if (matcher === undefined || !Object.hasOwn(shared, matcher.name)) return true;
    return matchesLabel(matcher, shared) !== false;
  });
}

/** Whether what is being typed may be about this group: a word in it anywhere, or a value that begins so. */
export function fitsDraft(group: ShownGroup, draft: string): boolean {
  const word = draft.trim().toLowerCase();
  if (word === '') return true;
  const matcher = parseMatcher(draft);
  if (matcher !== undefined) {
    const shared = { ...group.commonLabels, ...group.labels };
    const given = shared[matcher.name];
    if (given === undefined || matcher.type === '!=' || matcher.type === '!~') return true;
    // Not finished: `"` at its end, or not.
    const begun = matcher.value.replace(/^"/, '');
    if (matcher.type === '=') return given.startsWith(begun);
    return given.includes(begun) || matchesLabel({ ...matcher, value: begun }, shared) !== false;
  }
  if (/[=!~]/.test(word)) return true;
  const texts = [group.receiver, ...Object.entries(group.labels).flat(), ...Object.entries(group.commonLabels).flat()];
  const { summary } = group.commonAnnotations;
  return [...texts, summary ?? ''].some((text) => text.toLowerCase().includes(word));
}
