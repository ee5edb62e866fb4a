/** What narrows the view: matchers first, and beside them receiver, state and order. */
import './filter-bar.css';
import type { RefObject } from 'preact';
import type { GroupsAnswer } from '../../../../src/shapes/groups.ts';
import { MatcherInput } from '../../parts/matcher-input.tsx';
import { SORTS, type Sort, STATES, type View } from './view.ts';

export interface FilterBarProps {
  readonly view: View;
  readonly answer: GroupsAnswer | undefined;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly onChange: (change: Partial<View>) => void;
  readonly onDraft: (draft: string) => void;
  readonly onWords: (words: string) => void;
}

const SORT_WORDS: Readonly<Record<Sort, string>> = {
  severity: 'Most urgent first',
  latest: 'Newest first',
  since: 'Oldest first',
  name: 'By name',
};

export function FilterBar({ view, answer, inputRef, onChange, onDraft, onWords }: FilterBarProps) {
  const [receiver = ''] = view.receiver;
  const [state = ''] = view.state;
  const names = answer?.receivers.map(({ name }) => name) ?? [];
  // One that nothing is told to any more must still be seen to be chosen.
  const receivers = receiver === '' || names.includes(receiver) ? names : [receiver, ...names];
  return (
    <search class="filter-bar">
      <div class="filter-bar-matchers">
        <MatcherInput
          label="Filter"
          matchers={view.filter}
          inputRef={inputRef}
          firstDraft={view.q}
          onDraft={onDraft}
          onWords={onWords}
          onChange={(filter) => onChange({ filter })}
        />
      </div>
      <select
        aria-label="Receiver"
        value={receiver}
        onChange={({ currentTarget }) => onChange({ receiver: currentTarget.value ? [currentTarget.value] : [] })}
      >
        <option value="">All receivers</option>
        {receivers.map((name) => (
          <option key={name} value={name}>
            {name} ({answer?.receivers.find((each) => each.name === name)?.alerts ?? 0})
          </option>
        ))}
      </select>
      <select
        aria-label="State"
        value={state}
        onChange={({ currentTarget }) => onChange({ state: STATES.filter((each) => each === currentTarget.value) })}
      >
        <option value="">All states</option>
        {STATES.map((each) => (
          <option key={each} value={each}>
            {each} ({answer?.states[each] ?? 0})
          </option>
        ))}
      </select>
      <select
        aria-label="Order"
        value={view.sort}
        onChange={({ currentTarget }) =>
          onChange({ sort: SORTS.find((each) => each === currentTarget.value) ?? 'severity' })
        }
      >
        {SORTS.map((sort) => (
          <option key={sort} value={sort}>
            {SORT_WORDS[sort]}
          </option>
        ))}
      </select>
    </search>
  );
}
