/** The groups of a view, as many pages of them as are looked at, always of one go. */
import { useEffect } from 'preact/hooks';
import type { GroupsAnswer } from '../../../../src/shapes/groups.ts';
import { type UsedAnswer, useLoaded } from '../../api/answer.ts';
import { getAnswer } from '../../api/client.ts';
import { type Query, queryText } from '../../api/query.ts';

/** At first: more than fits on any screen. */
export const FIRST_GROUPS = 100;
/** The most the node gives at a time. */
const PAGE_GROUPS = 500;
/** Asked for before they are seen. */
const AHEAD_GROUPS = 30;

/** How many groups to load when the list has been looked at up to `reached`. */
export function countFor(reached: number, loaded: number): number {
  if (reached + AHEAD_GROUPS <= loaded) return loaded;
  return Math.ceil((reached + AHEAD_GROUPS) / PAGE_GROUPS) * PAGE_GROUPS;
}

export interface LoadedGroups extends GroupsAnswer {
  /** How many groups were wanted. */
  readonly wanted: number;
}

/** `count` groups at least, if there are as many. */
export function useGroups(
  asked: Query,
  count: number,
): UsedAnswer<LoadedGroups> & { readonly how: string | undefined } {
  const query = queryText(asked);
  const used = useLoaded<LoadedGroups>({
    what: 'groups',
    how: query,
    load: (signal) => loadGroups(asked, count, signal),
    topics: ['alerts', 'notifications', 'silences'],
  });
  const { reload } = used;
  useEffect(() => {
    if (count > FIRST_GROUPS) reload();
  }, [count, reload]);
  return used;
}

async function loadGroups(asked: Query, count: number, signal: AbortSignal): Promise<LoadedGroups> {
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
  return { ...first, groups, wanted: count };
}
