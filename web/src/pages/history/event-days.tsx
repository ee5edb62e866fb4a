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
import { type Run, runsOf } from './event-runs.ts';
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
            {runsOf(ofDay).map((run) => (
              // By its first: a run that goes on stays the same line.
              <EventLine key={run.entries.at(-1)?.event.id} run={run} />
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

function EventLine({ run: { shown, entries } }: { readonly run: Run }) {
  const { event, nodes } = shown;
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
          <span class="event-line">
            {line}
            {entries.length > 1 && (
              <span class="event-count">{` ${entries.length} times since ${timeText(entries.at(-1)?.event.at ?? '')}`}</span>
            )}
          </span>
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
            {entries.length > 1 && <RunEntries entries={entries} />}
            {path !== undefined && <Link to={path}>{MORE_WORDS[path.split('/')[1] ?? ''] ?? 'More'}</Link>}
          </div>
        )}
      </details>
    </li>
  );
}

/** The rest of a run is in the export. */
const MOST_OF_RUN = 50;

function RunEntries({ entries }: Pick<Run, 'entries'>) {
  return (
    <ol class="event-run">
      {entries.slice(0, MOST_OF_RUN).map(({ event, nodes }) => {
        const { word, line } = eventWords(event, instantText);
        return (
          <li key={event.id}>
            <span class="event-time">{timeText(event.at)}</span> {`${word}, noted by ${nodes.join(', ')}: ${line}`}
          </li>
        );
      })}
      {entries.length > MOST_OF_RUN && <li>{`and ${entries.length - MOST_OF_RUN} before`}</li>}
    </ol>
  );
}

const MORE_WORDS: Readonly<Record<string, string>> = {
  alerts: 'To the alert',
  groups: 'To the group',
  silences: 'To the silence',
  cluster: 'To the cluster',
  status: 'To the status of this node',
};
