/** Events by day, one line each: when, what kind, what happened; the details when it is opened. */
import { useState } from 'preact/hooks';
import type { HistoryEntry } from '../../../../src/shapes/history.ts';
import { serverNow } from '../../clock.ts';
import { Facts } from '../../parts/facts.tsx';
import { Link } from '../../parts/link.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { enumerated } from '../../words/counted.ts';
import { instantText, timeText } from '../../words/instant.ts';
import { byDay } from './event-list.ts';
import { eventWords } from './event-words.ts';

export interface EventDaysProps {
  readonly entries: readonly HistoryEntry[];
}

export function EventDays({ entries }: EventDaysProps) {
  return (
    <>
      {byDay(entries).map(({ date, entries: ofDay }) => (
        <section key={date} class="history-day" aria-labelledby={`day-${date}`}>
          <h3 id={`day-${date}`}>{dayWords(date)}</h3>
          <ul>
            {ofDay.map((entry) => (
              <EventLine key={entry.event.id} entry={entry} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const today = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short' });
const DAY_MS = 86_400_000;

function dayWords(date: string): string {
  const words = day.format(Date.parse(`${date}T12:00:00`));
  if (date === today.format(serverNow())) return `Today, ${words}`;
  return date === today.format(serverNow() - DAY_MS) ? `Yesterday, ${words}` : words;
}

function EventLine({ entry: { event, nodes } }: { readonly entry: HistoryEntry }) {
  const [isOpen, setOpen] = useState(false);
  const { tone, word, line, path, details } = eventWords(event, instantText);
  return (
    <li>
      <details class="event" onToggle={(toggled) => setOpen(toggled.currentTarget.open)}>
        <summary>
          <time class="event-time" dateTime={event.at} title={instantText(event.at)}>
            {timeText(event.at)}
          </time>
          <span class="event-kind">
            <StateBadge tone={tone} word={word} />
          </span>
          <span class="event-line">{line}</span>
          <span class="event-nodes muted">{enumerated(nodes)}</span>
        </summary>
        {isOpen && (
          <div class="event-details">
            <Facts
              facts={[
                ['When', instantText(event.at)],
                ...details.filter(([, text]) => text !== ''),
                ['Noted by', nodes.join(', ')],
              ]}
            />
            {path !== undefined && <Link to={path}>{MORE_WORDS[path.split('/')[1] ?? ''] ?? 'More'}</Link>}
          </div>
        )}
      </details>
    </li>
  );
}

const MORE_WORDS: Readonly<Record<string, string>> = {
  alerts: 'To the alert',
  groups: 'To the group',
  silences: 'To the silence',
  cluster: 'To the cluster',
  status: 'To the status of this node',
};
