/** What the node says to the labels in the URL, asked again as they are typed and whenever it may be different. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ExplainAnswer } from '../../../../src/shapes/alerts.ts';
import { ProblemError, postAnswer } from '../../api/client.ts';
import { onTopics } from '../../api/live.ts';
import { after } from '../../clock.ts';
import { go, path, query } from '../../place.ts';
import { readLabels } from './label-text.ts';

export interface UsedExplanation {
  /** As typed. */
  readonly text: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What is wrong with the text. */
  readonly problem: string | undefined;
  /** For the labels before, while another is on its way; undefined without labels. */
  readonly answer: ExplainAnswer | undefined;
  readonly error: ProblemError | undefined;
}

/** Who types is not asked after each letter, and Safari takes no more than a hundred addresses in 30 s. */
const TYPING_MS = 200;

/** The labels in the URL; what is typed is there at once for who types, and a moment later in the URL. */
export function useTypedLabels(): readonly [text: string, type: (text: string) => void] {
  const inUrl = query.value.get('labels') ?? '';
  const [text, setText] = useState(inUrl);
  const written = useRef(inUrl);
  useEffect(() => {
    // Somebody went back, or followed a link.
    if (inUrl !== written.current) {
      written.current = inUrl;
      setText(inUrl);
    }
  }, [inUrl]);
  useEffect(() => {
    if (text === written.current) return undefined;
    return after(TYPING_MS, () => {
      written.current = text;
      go(path.value, { labels: text }, { replace: true });
    });
  }, [text]);
  return [text, setText];
}

export function useExplanation(text: string): UsedExplanation {
  const { labels, problem } = readLabels(text);
  const asked = JSON.stringify(labels);
  const hasLabels = asked !== '{}';
  const [answer, setAnswer] = useState<ExplainAnswer>();
  const [error, setError] = useState<ProblemError>();
  useEffect(() => {
    if (!hasLabels) {
      setAnswer(undefined);
      setError(undefined);
      return undefined;
    }
    const gone = new AbortController();
    let cancel: (() => void) | undefined;
    const ask = async () => {
      cancel = undefined;
      try {
        const got = await postAnswer<ExplainAnswer>('api/v3/explain', { labels: JSON.parse(asked) }, gone.signal);
        if (gone.signal.aborted) return;
        setAnswer(got);
        setError(undefined);
      } catch (thrown) {
        if (gone.signal.aborted) return;
        setError(thrown instanceof ProblemError ? thrown : new ProblemError(0, String(thrown)));
      }
    };
    const soon = () => {
      cancel ??= after(TYPING_MS, () => void ask());
    };
    soon();
    const stop = onTopics(['alerts', 'silences', 'configuration', 'notifications'], soon);
    return () => {
      gone.abort();
      cancel?.();
      stop();
    };
  }, [asked, hasLabels]);
  return { text, labels, problem, answer: hasLabels ? answer : undefined, error: hasLabels ? error : undefined };
}
