/** What happened to one alert or group, latest first, by day, going on while it is looked at. */
import './timeline.css';
import { useState } from 'preact/hooks';
import type { HistoryAnswer, HistoryEntry } from '../../../../src/shapes/history.ts';
import { useAnswer } from '../../api/answer.ts';
import { tick } from '../../clock.ts';
import { Button } from '../../parts/button.tsx';
import { Link } from '../../parts/link.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Notice } from '../../parts/notice.tsx';
import { instantText, shortInstantText, timeText } from '../../words/instant.ts';
import { localZone, offsetName } from '../../zoned-time.ts';
import { dayAndTime } from '../silences/understood-time.ts';
import { type TimelineTone, timelineWords } from './timeline-words.ts';

const FIRST_SIZE = 50;
const LARGEST_SIZE = 500;
const SHAPES: Readonly<Record<TimelineTone, string>> = { fires: '▲', good: '✓', bad: '✕', held: '‖', quiet: '·' };

export interface TimelineProps {
  readonly of: { readonly fingerprint: string } | { readonly group: string };
}

export function Timeline({ of }: TimelineProps) {
  const [limit, setLimit] = useState(FIRST_SIZE);
  const { answer, error, isLoading } = useAnswer<HistoryAnswer>('api/v3/history', { ...of, limit }, [
    'alerts',
    'notifications',
    'silences',
  ]);
  const zone = localZone();
  return (
    <section aria-labelledby="timeline-heading" class="timeline-section">
      <h2 id="timeline-heading">What happened</h2>
      {error && (
        <Notice kind="warning" title={answer ? 'This may be old' : 'What happened cannot be shown'}>
          {error.detail}
        </Notice>
      )}
      {answer === undefined && !error && <Loading />}
      {answer && (
        <>
          <MissingNodes answer={answer} />
          <Entries entries={answer.entries} nowMs={tick.value} />
          <p class="timeline-end muted">
            {answer.entries.length === 0 && 'Nothing is known. '}
            Times are of {zone}, {offsetName(tick.value, zone)}.
            {answer.next === null && answer.keptSince && ` Kept since ${instantText(answer.keptSince)}.`}
          </p>
          {answer.next !== null && limit < LARGEST_SIZE && (
            <Button disabled={isLoading} onClick={() => setLimit(Math.min(LARGEST_SIZE, limit * 3))}>
              {isLoading ? 'Loading …' : 'Earlier'}
            </Button>
          )}
        </>
      )}
    </section>
  );
}

function MissingNodes({ answer }: { readonly answer: HistoryAnswer }) {
  const missing = answer.nodes.filter(({ state }) => state === 'missing');
  if (missing.length === 0) return null;
  return (
    <Notice kind="warning">
      Without what {missing.map(({ name }) => name).join(', ')} noted: {missing[0]?.reason || 'no answer'}.
    </Notice>
  );
}

function Entries({ entries, nowMs }: { readonly entries: readonly HistoryEntry[]; readonly nowMs: number }) {
  const said = (instant: string) => shortInstantText(instant, nowMs);
  let day = '';
  return (
    <ol class="timeline">
      {entries.map(({ event, nodes }) => {
        const words = timelineWords(event, said);
        if (words === undefined) return null;
        const [thisDay = ''] = dayAndTime(Date.parse(event.at), nowMs, localZone()).split(/,? \d\d:/);
        const isNewDay = thisDay !== day;
        day = thisDay;
        return (
          <li key={event.id} class={`timeline-entry timeline-${words.tone}`}>
            {isNewDay && <h3 class="timeline-day">{thisDay === 'today' ? 'Today' : thisDay}</h3>}
            <time dateTime={event.at} title={instantText(event.at)}>
              {timeText(event.at)}
            </time>
            <span class="timeline-shape" aria-hidden="true">
              {SHAPES[words.tone]}
            </span>
            <div class="timeline-words">
              <strong>{words.title}</strong>
              {words.links.map(({ text, path }) => (
                <span key={path}>
                  {' '}
                  <Link to={path}>{text}</Link>
                </span>
              ))}
              {words.detail && <div class="timeline-detail">{words.detail}</div>}
              <div class="timeline-nodes">
                {nodes.length > 0 ? `noted by ${nodes.join(', ')}` : `noted by ${event.node}`}
              </div>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
