/** What happened to one alert or group, latest first, by day, going on while it is looked at. */
import './timeline.css';
import { useState } from 'preact/hooks';
import type { HappenedEvent } from '../../../../src/shapes/events.ts';
import type { GroupSummary } from '../../../../src/shapes/groups.ts';
import type { HistoryAnswer, HistoryEntry } from '../../../../src/shapes/history.ts';
import { useAnswer } from '../../api/answer.ts';
import { tick } from '../../clock.ts';
import { Button } from '../../parts/button.tsx';
import { Link } from '../../parts/link.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Notice } from '../../parts/notice.tsx';
import { instantText, shortInstantText, timeText } from '../../words/instant.ts';
import { placeNames } from '../../words/told.ts';
import { localZone, offsetName } from '../../zoned-time.ts';
import { dayAndTime } from '../silences/understood-time.ts';
import { mergedHistory } from './merged-history.ts';
import { isPreparation, timelineRows } from './timeline-rows.ts';
import { type ReceiverPlaces, type TimelineTone, timelineWords } from './timeline-words.ts';

const FIRST_SIZE = 50;
const LARGEST_SIZE = 500;
const SHAPES: Readonly<Record<TimelineTone, string>> = { fires: '▲', good: '✓', bad: '✕', held: '‖', quiet: '·' };

/** A part of the page asks for a fixed number of answers; an alert is hardly ever in more groups. */
const GROUP_SLOTS = [0, 1, 2, 3, 4, 5];
const GROUP_EVENTS = 30;
const GROUP_TOPICS = ['notifications'] as const;
const TOPICS = ['alerts', 'notifications', 'silences'] as const;

export interface TimelineProps {
  /** Of an alert: the ids of its groups, whose beginnings and turns are its own, and since when. */
  readonly groups?: { readonly ids: readonly string[]; readonly since: string };
  /** Groups that it is about, as far as they are known: what their receivers' channels are called. */
  readonly told?: readonly Pick<GroupSummary, 'receiver' | 'notifications'>[];
  readonly of: { readonly fingerprint: string } | { readonly group: string };
}

export function Timeline({ of, groups, told = [] }: TimelineProps) {
  const [limit, setLimit] = useState(FIRST_SIZE);
  const { answer, error, isLoading } = useAnswer<HistoryAnswer>('api/v3/history', { ...of, limit }, TOPICS);
  const ofGroups = GROUP_SLOTS.map((slot) => {
    const group = groups?.ids[slot];
    const asked = { group, from: groups?.since, kind: ['group', 'turn'], limit: GROUP_EVENTS };
    return useAnswer<HistoryAnswer>(group === undefined ? undefined : 'api/v3/history', asked, GROUP_TOPICS).answer;
  });
  const [isDetailed, setDetailed] = useState(false);
  const entries = answer ? mergedHistory(answer, ofGroups) : [];
  const shown = isDetailed ? entries : entries.filter(({ event }) => !isPreparation(event));
  const folded = entries.filter(({ event }) => isPreparation(event)).length;
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
          <Entries answer={answer} entries={shown} places={placesOf(told)} nowMs={tick.value} />
          {folded > 0 && (
            <Button kind="quiet" aria-expanded={isDetailed} onClick={() => setDetailed(!isDetailed)}>
              {isDetailed ? 'Without whose turn it was' : `Whose turn it was: ${folded} more`}
            </Button>
          )}
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

interface EntriesProps {
  readonly answer: HistoryAnswer;
  readonly entries: readonly HistoryEntry[];
  readonly places: ReceiverPlaces;
  readonly nowMs: number;
}

function placesOf(groups: readonly Pick<GroupSummary, 'receiver' | 'notifications'>[]): ReceiverPlaces {
  return new Map(groups.map(({ receiver, notifications }) => [receiver, placeNames(notifications)]));
}

function Entries({ answer, entries, places, nowMs }: EntriesProps) {
  const said = (instant: string) => shortInstantText(instant, nowMs);
  let day = '';
  return (
    <ol class="timeline">
      {timelineRows(entries).map(({ event, nodes, count, since }) => {
        const words = timelineWords(event, said, places);
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
              {count > 1 && (
                <div class="timeline-detail">
                  {count} times since {said(since)}
                </div>
              )}
              {isNodeOfInterest(event, nodes, answer) && <div class="timeline-nodes">noted by {nodes.join(', ')}</div>}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** A lone node noted everything, and who tells somebody notes that itself. */
function isNodeOfInterest(event: HappenedEvent, nodes: readonly string[], answer: HistoryAnswer): boolean {
  if (answer.nodes.length <= 1 || nodes.length === 0) return false;
  return nodes.length > 1 || nodes[0] !== event.node || event.kind === 'alert';
}
