/** How many alerts of each severity fire, the gravest first. Each is a switch that narrows the view to it. */
import './severity-counts.css';
import type { SeverityName } from '../../../../src/shapes/terms.ts';
import { SeverityShape } from '../../parts/severity-badge.tsx';
import { SEVERITIES } from './view.ts';

export interface SeverityCountsProps {
  readonly counts: Readonly<Record<SeverityName, number>> | undefined;
  readonly chosen: readonly SeverityName[];
  readonly onToggle: (severity: SeverityName) => void;
}

export function SeverityCounts({ counts, chosen, onToggle }: SeverityCountsProps) {
  return (
    <fieldset class="severity-counts">
      <legend class="off-screen">Alerts by severity</legend>
      {SEVERITIES.map((severity) => {
        const count = counts?.[severity];
        const classes = ['severity-count', `severity-count-${severity}`];
        if (count === 0) classes.push('severity-count-none');
        return (
          <button
            key={severity}
            type="button"
            class={classes.join(' ')}
            aria-pressed={chosen.includes(severity)}
            onClick={() => onToggle(severity)}
          >
            <span class="severity-count-number">
              <SeverityShape severity={severity} />
              {count === undefined ? '–' : countText(count)}
            </span>
            <span class="severity-count-word">{severity}</span>
          </button>
        );
      })}
    </fieldset>
  );
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** Five digits do not fit on a phone, and nobody reads them. */
function countText(count: number): string {
  return count < 10_000 ? String(count) : compact.format(count);
}
