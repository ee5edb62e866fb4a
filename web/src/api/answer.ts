/** An answer of the node as a part of a page: asked for when the part appears, and again whenever it may be different. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Topic } from '../../../src/shapes/events.ts';
import { after } from '../clock.ts';
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

/** Many changes in a row are one. */
const GATHER_MS = 150;

/**
 * While `path` is undefined nothing is asked for. After another query the former answer stays until there is a new one;
 * after another path it does not.
 */
export function useAnswer<T>(path: string | undefined, query: Query, topics: readonly Topic[]): UsedAnswer<T> {
  const [state, setState] = useState<{ path?: string | undefined; answer?: T; error?: ProblemError }>({});
  const [isLoading, setLoading] = useState(path !== undefined);
  const reloadNow = useRef<() => void>(() => undefined);
  const asked = queryText(query);
  const topicNames = topics.join(' ');

  useEffect(() => {
    if (path === undefined) return undefined;
    const gone = new AbortController();
    let isAsking = false;
    let isWaiting = false;
    let cancelGathering: (() => void) | undefined;

    const load = async () => {
      cancelGathering?.();
      cancelGathering = undefined;
      if (isAsking) {
        isWaiting = true;
        return;
      }
      isAsking = true;
      setLoading(true);
      try {
        const answer = await getAnswer<T>(path + asked, undefined, gone.signal);
        if (!gone.signal.aborted) setState({ path, answer });
      } catch (thrown) {
        if (gone.signal.aborted) return;
        const error = thrown instanceof ProblemError ? thrown : new ProblemError(0, String(thrown));
        setState((before) => (before.path === path ? { ...before, error } : { path, error }));
      } finally {
        isAsking = false;
        if (!gone.signal.aborted) {
          setLoading(isWaiting);
          if (isWaiting) {
            isWaiting = false;
            void load();
          }
        }
      }
    };
    reloadNow.current = () => void load();
    const stopListening = onTopics(topicNames === '' ? [] : (topicNames.split(' ') as Topic[]), () => {
      cancelGathering ??= after(GATHER_MS, () => void load());
    });
    void load();
    return () => {
      gone.abort();
      cancelGathering?.();
      stopListening();
    };
  }, [path, asked, topicNames]);

  const reload = useCallback(() => reloadNow.current(), []);
  const isOfPath = state.path === path;
  return { answer: isOfPath ? state.answer : undefined, error: isOfPath ? state.error : undefined, isLoading, reload };
}
