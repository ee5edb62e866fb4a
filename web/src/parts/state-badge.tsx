/** How something is, by colour, shape and word: any one of them is enough. */
import './state-badge.css';

export type StateTone = 'bad' | 'warning' | 'good' | 'plain' | 'quiet';

const SHAPES: Readonly<Record<StateTone, string>> = {
  bad: 'M3 1.5 8 6.5 13 1.5 14.5 3 9.5 8 14.5 13 13 14.5 8 9.5 3 14.5 1.5 13 6.5 8 1.5 3z',
  warning: 'M8 1 15.5 15H.5zM7 6v4.5h2V6zM7 11.8v1.8h2v-1.8z',
  good: 'M6.3 13.5.8 8l1.9-1.9 3.6 3.6 7.1-7.2L15.3 4.4z',
  plain: 'M8 3.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9z',
  quiet: 'M2 7h12v2H2z',
};

export function StateBadge({ tone, word }: { readonly tone: StateTone; readonly word: string }) {
  return (
    <span class={`state state-${tone}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={SHAPES[tone]} fill="currentColor" fill-rule="evenodd" />
      </svg>
      {word}
    </span>
  );
}
