/** The groups of a view, as many pages of them as are looked at, always of one go. */
import type { GroupsAnswer } from '../../../../src/shapes/groups.ts';
import { type UsedAnswer, useLoaded } from '../../api/answer.ts';
import { getAnswer } from '../../api/client.ts';
import { type Query, queryText } from '../../api/query.ts';

/** At first: more than fits on any screen. */
export const FIRST_GROUPS = 100;
/** The most the node gives at a time. */
const PAGE_GROUPS = 500;

/** `count` groups at least, if there are as many. */
export function useGroups(
  asked: Query,
  count: number,
): UsedAnswer<GroupsAnswer> & { readonly how: string | undefined } {
  const query = queryText(asked);
  return useLoaded<GroupsAnswer>({
    what: 'groups',
    how: query,
    load: (signal) => loadGroups(asked, count, signal),
    topics: ['alerts', 'notifications', 'silences'],
  });
}

async function loadGroups(asked: Query, count: number, signal: AbortSignal): Promise<GroupsAnswer> {
  const first = await getAnswer<GroupsAnswer>(
    'api/v3/groups',
    { ...asked, limit: Math.min(count, PAGE_GROUPS) },
    signal,
  );
  const groups = [...first.groups];
  // Between two pages one may have moved from the second to the first.
  const ids = new Set(groups.map(({ id }) => id));
  while (groups.length < Math.min(count, first.total.groups)) {
    const next = await getAnswer<GroupsAnswer>(
      'api/v3/groups',
      { ...asked, limit: PAGE_GROUPS, offset: groups.length },
      signal,
    );
    const fresh = next.groups.filter(({ id }) => !ids.has(id));
    if (fresh.length === 0) break;
    for (const group of fresh) ids.add(group.id);
    groups.push(...fresh);
  }
  return { ...first, groups };
}
