/**
 * History: the cluster's record, put together from all nodes that live. What is looked at, and of which time, is in the URL;
 * the chart shows the whole of it and the list each event, latest first.
 */
import './history-page.css';
import { useRef } from 'preact/hooks';
import { tick } from '../../clock.ts';
import { AnswerError } from '../../parts/answer-error.tsx';
import { Button } from '../../parts/button.tsx';
import { Loading } from '../../parts/loading.tsx';
import { MissingNodes } from '../../parts/missing-nodes.tsx';
import { Notice } from '../../parts/notice.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Said } from '../../parts/said.tsx';
import { go, link, path, query } from '../../place.ts';
import { instantText } from '../../words/instant.ts';
import { EventDays } from './event-days.tsx';
import { HistoryChart } from './history-chart.tsx';
import { useHistoryEvents } from './history-events.ts';
import { HistoryFilters } from './history-filters.tsx';
import {
  type HistoryView,
  historyQuery,
  isFiltered,
  readHistoryView,
  UNFILTERED,
  writeHistoryView,
} from './history-view.ts';
import { SpanChoice } from './span-choice.tsx';

/** As much of the list may be above the window's edge while new events still appear by themselves. */
const AT_TOP_PX = 60;

export function HistoryPage() {
  const view = readHistoryView(query.value);
  const listTop = useRef<HTMLDivElement>(null);
  const show = (changed: Partial<HistoryView>) => go(path.value, writeHistoryView({ ...view, ...changed }));
  const mayShow = () => {
    const top = listTop.current;
    if (top === null) return true;
    const isAtTop = top.getBoundingClientRect().top > -AT_TOP_PX;
    return isAtTop && !top.matches(':hover, :focus-within, :active') && top.querySelector('details[open]') === null;
  };
  const events = useHistoryEvents(view, mayShow);
  const { list, answer, error, isLoading, waiting } = events;
  const showNewer = () => {
    events.showNewer();
    listTop.current?.scrollIntoView({ block: 'start' });
  };
  return (
    <>
      <PageHead title="History" summary="What the nodes of the cluster noted, latest first" />
      <div class="page-parts">
        <SpanChoice span={view.span} onChange={(span) => show({ span })} />
        <HistoryChart view={view} onSelect={(fromMs, toMs) => show({ span: { fromMs, toMs } })} />
        <HistoryFilters view={view} nodes={answer?.nodes ?? []} onChange={show}>
          <ExportLinks view={view} />
        </HistoryFilters>
        <AnswerError error={error} hasAnswer={list !== undefined} onRetry={events.reload} />
        {answer && <MissingNodes nodes={answer.nodes} what="What only these nodes noted" />}
        <section class="history-list" aria-labelledby="history-events" aria-busy={isLoading} ref={listTop}>
          <h2 id="history-events" class="off-screen">
            Events
          </h2>
          <Said text={waitingWords(waiting)} asked={query.value.toString()} />
          <div class="history-waiting">
            {waiting > 0 && (
              <Button kind="primary" onClick={showNewer}>
                Show {waitingWords(waiting)}
              </Button>
            )}
          </div>
          {list === undefined && error === undefined && <Loading what="Asking all nodes" />}
          {list?.entries.length === 0 && (
            <Nothing view={view} onAll={() => show(UNFILTERED)} keptSince={answer?.keptSince ?? null} />
          )}
          {list && (
            <div class={isLoading ? 'history-former' : undefined}>
              <EventDays entries={list.entries} />
            </div>
          )}
          {list && list.entries.length > 0 && (
            <Older events={events} hasMore={list.next !== null} keptSince={answer?.keptSince ?? null} />
          )}
        </section>
      </div>
    </>
  );
}

function waitingWords(waiting: number): string {
  return waiting === 0 ? '' : waiting === 1 ? '1 new event' : `${waiting} new events`;
}

function ExportLinks({ view }: { readonly view: HistoryView }) {
  // To the minute, so that the address does not change with each second.
  const asked = historyQuery(view, Math.floor(tick.value / 60_000) * 60_000);
  const formats = [
    ['json', 'Export JSON'],
    ['csv', 'Export CSV'],
  ] as const;
  return (
    <>
      {formats.map(([format, words]) => (
        <a key={format} class="button" download href={link('/api/v3/history/export', { ...asked, format })}>
          {words}
        </a>
      ))}
    </>
  );
}

interface NothingProps {
  readonly view: HistoryView;
  readonly onAll: () => void;
  readonly keptSince: string | null;
}

function Nothing({ view, onAll, keptSince }: NothingProps) {
  return (
    <Notice kind="empty" title={isFiltered(view) ? 'Nothing of that kind happened then' : 'Nothing happened then'}>
      {keptSince !== null && <p>{`Events are kept since ${instantText(keptSince)}.`}</p>}
      {isFiltered(view) ? <Button onClick={onAll}>Show everything of this time</Button> : <p>Try a longer time.</p>}
    </Notice>
  );
}

interface OlderProps {
  readonly events: ReturnType<typeof useHistoryEvents>;
  readonly hasMore: boolean;
  readonly keptSince: string | null;
}

function Older({ events, hasMore, keptSince }: OlderProps) {
  const { isLoadingOlder, olderError, showOlder } = events;
  return (
    <div class="history-older">
      {olderError && (
        <Notice kind="error" title="Older events could not be loaded">
          {olderError.detail}
        </Notice>
      )}
      {hasMore ? (
        <Button disabled={isLoadingOlder} onClick={showOlder}>
          {isLoadingOlder ? 'Loading older events …' : 'Show older events'}
        </Button>
      ) : (
        <p class="muted">
          {`That is all of this time.${keptSince === null ? '' : ` Events are kept since ${instantText(keptSince)}.`}`}
        </p>
      )}
    </div>
  );
}
