/** An answer of the node as a part of a page: asked for when the part appears, and again whenever it may be different. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Topic } from '../../../src/shapes/events.ts';
import { after, localNow } from '../clock.ts';
import { getAnswer, ProblemError } from './client.ts';
import { onTopics } from './live.ts';
import { type Query, queryText } from './query.ts';

export interface UsedAnswer<T> {
  /** The last one for this path, also while another is on its way. */
  readonly answer: T | undefined;
  /** Of the last time it was asked for; the answer is then the one before. */
  readonly error: ProblemError | undefined;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/** Many changes in a row are one; while they go on, answers are not asked for more often than this. */
const GATHER_MS = 150;
const SELDOM_MS = 1_000;
/** A node that takes long has much to do, and is left this many times as long to itself. */
const REST_FACTOR = 3;

/**
 * While `path` is undefined nothing is asked for. After another query the former answer stays until there is a new one;
 * after another path it does not.
 */
export function useAnswer<T>(path: string | undefined, query: Query, topics: readonly Topic[]): UsedAnswer<T> {
  const asked = queryText(query);
  return useLoaded<T>({
    what: path,
    how: asked,
    load: (signal) => getAnswer<T>((path ?? '') + asked, undefined, signal),
    topics,
  });
}

export interface Loading<T> {
  /** Names what is loaded; of another name nothing is kept. Undefined: nothing is loaded. */
  readonly what: string | undefined;
  /** When it differs it is loaded anew, and the former stays meanwhile. */
  readonly how: string;
  readonly load: (signal: AbortSignal) => Promise<T>;
  readonly topics: readonly Topic[];
}

/** As {@link useAnswer}, for what takes more than one question. One is under way at most. */
export function useLoaded<T>({
  what,
  how,
  load,
  topics,
}: Loading<T>): UsedAnswer<T> & { readonly how: string | undefined } {
  const [state, setState] = useState<{ what?: string | undefined; how?: string; answer?: T; error?: ProblemError }>({});
  const [isLoading, setLoading] = useState(what !== undefined);
  const reloadNow = useRef<() => void>(() => undefined);
  const latestLoad = useRef(load);
  latestLoad.current = load;
  const topicNames = topics.join(' ');

  useEffect(() => {
    if (what === undefined) return undefined;
    const gone = new AbortController();
    let isAsking = false;
    let isWaiting = false;
    let cancelGathering: (() => void) | undefined;
    let restUntilMs = 0;

    const ask = async () => {
      cancelGathering?.();
      cancelGathering = undefined;
      if (isAsking) {
        isWaiting = true;
        return;
      }
      isAsking = true;
      const sinceMs = localNow();
      setLoading(true);
      try {
        const answer = await latestLoad.current(gone.signal);
        if (!gone.signal.aborted) setState({ what, how, answer });
      } catch (thrown) {
        if (gone.signal.aborted) return;
        const error = thrown instanceof ProblemError ? thrown : new ProblemError(0, String(thrown));
        setState((before) => (before.what === what ? { ...before, error } : { what, how, error }));
      } finally {
        isAsking = false;
        restUntilMs = localNow() + Math.max(SELDOM_MS, REST_FACTOR * (localNow() - sinceMs));
        if (!gone.signal.aborted) {
          setLoading(isWaiting);
          if (isWaiting) {
            isWaiting = false;
            void ask();
          }
        }
      }
    };
    reloadNow.current = () => void ask();
    const stopListening = onTopics(topicNames === '' ? [] : (topicNames.split(' ') as Topic[]), () => {
      cancelGathering ??= after(Math.max(GATHER_MS, restUntilMs - localNow()), () => void ask());
    });
    void ask();
    return () => {
      gone.abort();
      cancelGathering?.();
      stopListening();
    };
  }, [what, how, topicNames]);

  const reload = useCallback(() => reloadNow.current(), []);
  const isSame = state.what === what;
  return {
    answer: isSame ? state.answer : undefined,
    error: isSame ? state.error : undefined,
    how: state.how,
    isLoading,
    reload,
  };
}
