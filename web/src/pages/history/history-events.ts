/**
 * The events of a view as the page shows them: the first page, older ones when asked for, and newer ones as they happen. New
 * ones are shown at once only while the reader is at the top and touches nothing; otherwise they wait and are counted.
 */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { HistoryAnswer } from '../../../../src/shapes/history.ts';
import { getAnswer, ProblemError } from '../../api/client.ts';
import { onHappened, onTopics } from '../../api/live.ts';
import { after, serverNow } from '../../clock.ts';
import { type EventList, newEvents, withNewer, withOlder } from './event-list.ts';
import { endsNow, type HistoryView, historyQuery, LISTED_KINDS, spanEnds } from './history-view.ts';

const PATH = 'api/v3/history';
const PAGE_SIZE = 200;
/** Many events in a row are one question. */
const GATHER_MS = 1_000;
const TOPICS = ['alerts', 'notifications', 'silences', 'configuration'] as const;
/** What another node noted is heard of a moment later, and its clock may be behind. */
const LATE_MS = 60_000;

export interface HistoryEvents {
  readonly list: EventList | undefined;
  /** Nodes, and since when anything is kept: of the last answer. */
  readonly answer: HistoryAnswer | undefined;
  readonly error: ProblemError | undefined;
  readonly isLoading: boolean;
  readonly isLoadingOlder: boolean;
  /** Of the button for older ones. */
  readonly olderError: ProblemError | undefined;
  readonly waiting: number;
  readonly showOlder: () => void;
  readonly showNewer: () => void;
  readonly reload: () => void;
}

interface State {
  readonly key: string;
  readonly known?: EventList;
  readonly shown?: EventList;
  readonly answer?: HistoryAnswer;
  readonly error?: ProblemError | undefined;
  readonly olderError?: ProblemError | undefined;
}

/** `mayShow` is asked when there are new ones: whether nobody's finger is on the list. */
export function useHistoryEvents(view: HistoryView, mayShow: () => boolean): HistoryEvents {
  const key = JSON.stringify(view);
  const [state, setState] = useState<State>({ key });
  const [isLoading, setLoading] = useState(true);
  const [isLoadingOlder, setLoadingOlder] = useState(false);
  const [round, setRound] = useState(0);
  const mayShowNow = useRef(mayShow);
  mayShowNow.current = mayShow;
  const gone = useRef<AbortSignal | undefined>(undefined);
  const startedMs = useRef(0);

  // The key is the view; a round asks for the same again.
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    gone.current = signal;
    startedMs.current = serverNow();
    const asked = historyQuery(view, startedMs.current);
    const { fromMs } = spanEnds(view.span, startedMs.current);
    /** Of the latest event that is known. */
    let newestMs: number | undefined;
    /** A node that comes back brings what happened long ago. */
    let isWholeWanted = true;
    const ask = () => {
      const from =
        isWholeWanted || newestMs === undefined ? asked.from : instantOf(Math.max(fromMs, newestMs - LATE_MS));
      isWholeWanted = false;
      return getAnswer<HistoryAnswer>(PATH, { ...asked, from, limit: PAGE_SIZE }, signal);
    };
    let isAsking = false;
    let isWanted = false;
    let cancelGathering: (() => void) | undefined;

    const load = async () => {
      isAsking = true;
      try {
        const answer = await ask();
        if (signal.aborted) return;
        newestMs = Math.max(newestMs ?? 0, ...answer.entries.map(({ event }) => Date.parse(event.at))) || undefined;
        setState((before) => {
          if (before.key !== key || before.known === undefined || before.shown === undefined) {
            return { key, known: answer, shown: answer, answer };
          }
          const known = withNewer(before.known, answer);
          const shown = mayShowNow.current() ? known : before.shown;
          return { ...before, known, shown, answer, error: undefined };
        });
      } catch (thrown) {
        if (signal.aborted) return;
        isWholeWanted = true;
        const error = problemOf(thrown);
        setState((before) => (before.key === key ? { ...before, error } : { key, error }));
      } finally {
        isAsking = false;
        if (!signal.aborted) {
          setLoading(false);
          if (isWanted) gather();
        }
      }
    };
    const gather = () => {
      isWanted = isAsking;
      if (isAsking) return;
      cancelGathering ??= after(GATHER_MS, () => {
        cancelGathering = undefined;
        void load();
      });
    };
    const stops = endsNow(view.span, startedMs.current)
      ? [
          onHappened((event) => {
            if (LISTED_KINDS.includes(event.kind)) gather();
          }),
          onTopics(TOPICS, gather),
          onTopics(['cluster'], () => {
            isWholeWanted = true;
            gather();
          }),
        ]
      : [];
    setLoading(true);
    void load();
    return () => {
      controller.abort();
      cancelGathering?.();
      for (const stop of stops) stop();
    };
  }, [key, round]);

  const showOlder = useCallback(async () => {
    const signal = gone.current;
    const cursor = state.shown?.next;
    if (!cursor || isLoadingOlder) return;
    setLoadingOlder(true);
    try {
      const query = { ...historyQuery(view, startedMs.current), limit: PAGE_SIZE, cursor };
      const answer = await getAnswer<HistoryAnswer>(PATH, query, signal);
      setState((before) =>
        before.key === key && before.known && before.shown
          ? {
              ...before,
              // What begins anew above does not join what is shown.
              known: before.known.next === before.shown.next ? withOlder(before.known, answer) : before.known,
              shown: withOlder(before.shown, answer),
              olderError: undefined,
            }
          : before,
      );
    } catch (thrown) {
      if (!signal?.aborted) setState((before) => ({ ...before, olderError: problemOf(thrown) }));
    } finally {
      setLoadingOlder(false);
    }
  }, [key, state, isLoadingOlder]);

  const showNewer = useCallback(
    () => setState((before) => (before.known ? { ...before, shown: before.known } : before)),
    [],
  );
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const { known, shown } = state;
  return {
    list: shown,
    answer: state.answer,
    error: state.error,
    isLoading: isLoading || state.key !== key,
    isLoadingOlder,
    olderError: state.olderError,
    waiting: known && shown && known !== shown ? newEvents(known, shown) : 0,
    showOlder: () => void showOlder(),
    showNewer,
    reload,
  };
}

function instantOf(ms: number): string {
  return new Date(ms).toISOString();
}

function problemOf(thrown: unknown): ProblemError {
  return thrown instanceof ProblemError ? thrown : new ProblemError(0, String(thrown));
}
