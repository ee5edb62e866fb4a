/** What may be meant by a half-typed matcher: names of labels first, then the values of the one that was named. */
import { useEffect, useState } from 'preact/hooks';
import type { LabelNamesAnswer, LabelValuesAnswer } from '../../../src/shapes/groups.ts';
import { getAnswer } from '../api/client.ts';
import { after } from '../clock.ts';
import { type MatcherType, matcherText } from '../words/matcher.ts';

export interface Suggestion {
  /** What stands in the input when it is taken. */
  readonly text: string;
  readonly note: string;
  /** A matcher that nothing is missing from. */
  readonly isWhole: boolean;
}

const MOST = '12';
/** Fewer questions, but none that is felt. */
const PAUSE_MS = 80;

/** Nothing for undefined. An answer to what was typed before is not shown any more. */
export function useSuggestions(draft: string | undefined, matchers: readonly string[]): readonly Suggestion[] {
  const [found, setFound] = useState<{ readonly for: string; readonly suggestions: readonly Suggestion[] }>();
  const others = matchers.join('\0');
  useEffect(() => {
    if (draft === undefined) return undefined;
    const gone = new AbortController();
    const filter = others === '' ? [] : others.split('\0');
    const cancel = after(PAUSE_MS, () => {
      suggest(draft, filter, gone.signal).then(
        (suggestions) => setFound({ for: draft, suggestions }),
        // To go without is no harm.
        () => undefined,
      );
    });
    return () => {
      cancel();
      gone.abort();
    };
  }, [draft, others]);
  return draft !== undefined && found?.for === draft ? found.suggestions : [];
}

async function suggest(draft: string, filter: readonly string[], signal: AbortSignal): Promise<readonly Suggestion[]> {
  const half = halfMatcher(draft);
  if (half.type === undefined) {
    const { names } = await getAnswer<LabelNamesAnswer>(
      'api/v3/labels',
      { prefix: half.name, filter, limit: MOST },
      signal,
    );
    return names.map(({ name, alerts }) => ({ text: `${name}=`, note: countText(alerts), isWhole: false }));
  }
  const { name, type, value } = half;
  const path = `api/v3/labels/${encodeURIComponent(name)}/values`;
  const answer = await getAnswer<LabelValuesAnswer>(path, { prefix: value, filter, limit: MOST }, signal);
  return answer.values.map(({ value: whole, alerts }) => ({
    text: matcherText({ name, type, value: whole }),
    note: countText(alerts),
    isWhole: true,
  }));
}

/** A name alone, or a name with an operator and the beginning of a value. */
export function halfMatcher(draft: string): { name: string; type: MatcherType | undefined; value: string } {
  const [, name = '', type, value = ''] = /^\s*([^\s=!~"]*)\s*(=~|!~|!=|=)?\s*"?(.*?)"?\s*$/s.exec(draft) ?? [];
  return { name, type: type as MatcherType | undefined, value };
}

function countText(alerts: number): string {
  return alerts === 1 ? '1 alert' : `${alerts} alerts`;
}
