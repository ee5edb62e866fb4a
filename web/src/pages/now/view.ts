/** The view of the page Now, as it stands in the address: whoever is sent the address sees the same. */

import type { AlertStateName } from '../../../../src/shapes/groups.ts';
import type { SeverityName } from '../../../../src/shapes/terms.ts';
import type { Query } from '../../api/query.ts';

export const SEVERITIES: readonly SeverityName[] = ['urgent', 'important', 'other', 'interesting'];
export const STATES: readonly AlertStateName[] = ['active', 'silenced', 'inhibited', 'muted'];
export const SORTS = ['severity', 'latest', 'since', 'name'] as const;
export type Sort = (typeof SORTS)[number];

export interface View {
  readonly filter: readonly string[];
  /** Words that are looked for; '' for none. */
  readonly q: string;
  /** Empty for all; so is what follows. */
  readonly severity: readonly SeverityName[];
  readonly state: readonly AlertStateName[];
  readonly receiver: readonly string[];
  readonly sort: Sort;
  /** Ids of the groups that are unfolded. */
  readonly open: readonly string[];
}

/** Words that it does not know are left out: an address may be of another version. */
export function viewOf(query: URLSearchParams): View {
  return {
    filter: query.getAll('filter').filter((text) => text !== ''),
    q: query.get('q')?.trim() ?? '',
    severity: known(query.getAll('severity'), SEVERITIES),
    state: known(query.getAll('state'), STATES),
    receiver: query.getAll('receiver').filter((text) => text !== ''),
    sort: known(query.getAll('sort'), SORTS)[0] ?? 'severity',
    open: query.getAll('open'),
  };
}

/** What is as by default is left out. */
export function queryOf({ filter, q, severity, state, receiver, sort, open }: View): Query {
  return {
    filter,
    q: q === '' ? undefined : q,
    severity,
    state,
    receiver,
    sort: sort === 'severity' ? undefined : sort,
    open,
  };
}

/** What the node is asked with. */
export function askedOf(view: View): Query {
  return { ...queryOf(view), open: undefined };
}

export function isNarrowed({ filter, q, severity, state, receiver }: View): boolean {
  return q !== '' || filter.length + severity.length + state.length + receiver.length > 0;
}

export function toggled<Word extends string>(words: readonly Word[], word: Word): readonly Word[] {
  return words.includes(word) ? words.filter((each) => each !== word) : [...words, word];
}

function known<Word extends string>(words: readonly string[], all: readonly Word[]): readonly Word[] {
  return all.filter((word) => words.includes(word));
}
