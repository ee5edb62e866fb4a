/** What a silence with the given matchers would mute, asked of the server a moment after the last change, and live. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { PreviewAnswer } from '../../../../src/shapes/silences.ts';
import { ProblemError, postAnswer } from '../../api/client.ts';
import { onTopics } from '../../api/live.ts';
import { after } from '../../clock.ts';

const TYPING_PAUSE_MS = 250;
/** Alerts come in floods; the count need not follow each. */
const CALM_MS = 2_000;

export interface Preview {
  /** The last one, also while that of newer matchers is on its way. */
  readonly answer: PreviewAnswer | undefined;
  /** Whether `answer` is that of the matchers as they are now. */
  readonly isCurrent: boolean;
  readonly error: ProblemError | undefined;
  /** That of the matchers as they are now. Throws ProblemError. */
  readonly forNow: () => Promise<PreviewAnswer>;
}

interface Known {
  readonly key: string;
  readonly answer?: PreviewAnswer | undefined;
  readonly error?: ProblemError | undefined;
}

export function askPreview(matchers: readonly string[], signal?: AbortSignal): Promise<PreviewAnswer> {
  return postAnswer<PreviewAnswer>('api/v3/silences/preview', { matchers }, signal);
}

export function usePreview(matchers: readonly string[]): Preview {
  const key = JSON.stringify(matchers);
  const [known, setKnown] = useState<Known>({ key: '' });
  const latest = useRef(known);
  latest.current = known;

  useEffect(() => {
    if (matchers.length === 0) {
      setKnown({ key });
      return undefined;
    }
    const gone = new AbortController();
    let cancelWait: (() => void) | undefined;
    const ask = async () => {
      cancelWait = undefined;
      try {
        const answer = await askPreview(matchers, gone.signal);
        if (!gone.signal.aborted) setKnown({ key, answer });
      } catch (thrown) {
        if (gone.signal.aborted) return;
        const error = thrown instanceof ProblemError ? thrown : new ProblemError(0, String(thrown));
        // Without a connection the last answer is still the best there is.
        setKnown({ key, error, answer: error.status === 0 ? latest.current.answer : undefined });
      }
    };
    const askAfter = (waitMs: number) => {
      cancelWait ??= after(waitMs, () => void ask());
    };
    askAfter(latest.current.key === '' ? 0 : TYPING_PAUSE_MS);
    const stopListening = onTopics(['alerts', 'configuration'], () => askAfter(CALM_MS));
    return () => {
      gone.abort();
      cancelWait?.();
      stopListening();
    };
    // The key stands for the matchers.
  }, [key]);

  const isCurrent = known.key === key && known.error === undefined && known.answer !== undefined;
  const forNow = useCallback(async () => {
    const { current } = latest;
    return current.key === key && !current.error && current.answer ? current.answer : askPreview(matchers);
  }, [key]);
  return {
    answer: matchers.length === 0 ? undefined : known.answer,
    isCurrent,
    error: known.key === key ? known.error : undefined,
    forNow,
  };
}
