/** One alert in a list: how urgent, what it is called, what tells it from the others, and the way to its page. */
import './alert-line.css';
import type { ListedAlert } from '../../../../src/shapes/groups.ts';
import { Age } from '../../parts/age.tsx';
import { LabelChip } from '../../parts/label-chip.tsx';
import { Link } from '../../parts/link.tsx';
import { SeverityShape } from '../../parts/severity-badge.tsx';
import { severityWord } from '../../words/severity-word.ts';

const STATE_WORDS = {
  active: '',
  silenced: 'silenced',
  inhibited: 'inhibited',
  muted: 'muted at this time',
  resolved: 'resolved',
} as const;

export interface AlertLineProps {
  readonly alert: ListedAlert;
  /** Names of labels that the reader knows already. */
  readonly known?: readonly string[];
}

export function AlertLine({ alert, known = [] }: AlertLineProps) {
  const { alertname, ...rest } = alert.labels;
  const telling = Object.entries(rest).filter(([name]) => name !== 'severity' && !known.includes(name));
  // Among alerts of one name, what tells them apart is the better name.
  const isTold = known.includes('alertname') && telling.length > 0;
  const title = isTold ? telling.map(([name, value]) => `${name}=${value}`).join(', ') : alertname;
  const chips = isTold ? [] : telling;
  const word = severityWord(alert.severity, alert.labels);
  const state = STATE_WORDS[alert.state];
  return (
    <li class={`alert-line alert-line-${alert.state}`}>
      <span class={`alert-line-shape alert-line-${alert.severity}`} title={word}>
        <SeverityShape severity={alert.severity} />
        <span class="off-screen">{word}</span>
      </span>
      <div class="alert-line-words">
        <Link to={`/alerts/${encodeURIComponent(alert.fingerprint)}`}>{title ?? 'An alert without a name'}</Link>{' '}
        {state && <span class="alert-line-state">{state}</span>} <Age since={alert.startsAt} before="for " />
        {chips.length > 0 && (
          <div class="alert-line-labels">
            {chips.map(([name, value]) => (
              <LabelChip key={name} name={name} value={value} />
            ))}
          </div>
        )}
      </div>
    </li>
  );
}
