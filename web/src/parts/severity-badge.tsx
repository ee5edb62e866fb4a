/** A severity by colour, shape and word: any one of them is enough. */
import './severity-badge.css';
import type { SeverityName } from '../../../src/shapes/terms.ts';
import { severityWord } from '../words/severity-word.ts';

const SHAPES: Readonly<Record<SeverityName, string>> = {
  urgent: 'M8 1.5 15.2 14.5H.8z',
  important: 'M8 .8 15.2 8 8 15.2.8 8z',
  interesting: 'M8 1.5a6.500 6.500 0 1 1 0 13a6.500 6.500 0 1 1 0-13z',
  other: 'M2 6h12v4H2z',
};

export function SeverityShape({ severity }: { readonly severity: SeverityName }) {
  return (
    <svg class="severity-shape" viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[severity]} fill="currentColor" />
    </svg>
  );
}

export interface SeverityBadgeProps {
  readonly severity: SeverityName;
  /** How many of it; shown before the word. */
  readonly count?: number;
  /** Of what has the severity: a word of its own is shown instead of `other`. */
  readonly labels?: Readonly<Record<string, string>>;
}

export function SeverityBadge({ severity, count, labels }: SeverityBadgeProps) {
  return (
    <span class={`severity severity-${severity}`}>
      <SeverityShape severity={severity} />
      {count === undefined ? '' : `${count} `}
      <bdi class="severity-word">{severityWord(severity, labels)}</bdi>
    </span>
  );
}
