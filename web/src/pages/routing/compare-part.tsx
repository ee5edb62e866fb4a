/** What another configuration would change: pasted or from a file, looked at by the node and forgotten. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { CompareAnswer, RouteNode } from '../../../../src/shapes/routing.ts';
import { ProblemError, postAnswer } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Comparison } from './comparison.tsx';

export interface ComparePartProps {
  /** Those in force. */
  readonly routes: readonly RouteNode[];
  /** Of the alert that is explained; it is compared as well. */
  readonly labels: Readonly<Record<string, string>>;
}

export function ComparePart({ routes, labels }: ComparePartProps) {
  const [config, setConfig] = useState('');
  const [answer, setAnswer] = useState<CompareAnswer>();
  const [error, setError] = useState<ProblemError>();
  const [isRunning, setRunning] = useState(false);
  const gone = useRef(new AbortController());
  useEffect(() => () => gone.current.abort(), []);

  const compare = async () => {
    setRunning(true);
    setError(undefined);
    const { signal } = gone.current;
    try {
      const body = { config, ...(Object.keys(labels).length > 0 ? { labels } : {}) };
      const got = await postAnswer<CompareAnswer>('api/v3/routing/compare', body, signal);
      if (!signal.aborted) setAnswer(got);
    } catch (thrown) {
      if (!signal.aborted) setError(thrown instanceof ProblemError ? thrown : new ProblemError(0, String(thrown)));
    } finally {
      if (!signal.aborted) setRunning(false);
    }
  };
  const change = (text: string) => {
    setConfig(text);
    // What is said below is about another text.
    setAnswer(undefined);
    setError(undefined);
  };
  const readFile = async (file: File | undefined) => {
    if (file) change(await file.text());
  };

  return (
    <section class="page-part" aria-labelledby="routing-compare">
      <h2 id="routing-compare">Compare with another configuration</h2>
      <form
        class="panel compare"
        onSubmit={(event) => {
          event.preventDefault();
          void compare();
        }}
      >
        <Field
          label="A whole configuration file"
          hint="It is checked and compared with what runs, and not kept. Secrets may be masked."
        >
          {(tie) => (
            <textarea
              {...tie}
              rows={8}
              spellcheck={false}
              autoCapitalize="off"
              class="compare-text"
              placeholder={'route:\n  receiver: on-call\n…'}
              value={config}
              onInput={(event) => change(event.currentTarget.value)}
            />
          )}
        </Field>
        <div class="compare-buttons">
          <label class="button">
            From a file …
            <input
              type="file"
              class="off-screen"
              accept=".yml,.yaml,text/yaml"
              onChange={(event) => void readFile(event.currentTarget.files?.[0])}
            />
          </label>
          <Button type="submit" kind="primary" disabled={config.trim() === '' || isRunning}>
            {isRunning ? 'Comparing …' : 'Compare'}
          </Button>
        </div>
      </form>
      <div aria-live="polite" class="page-part">
        {error && (
          <Notice kind="error" title="It could not be compared">
            {error.detail}
          </Notice>
        )}
        {answer && !error && <Comparison answer={answer} before={routes} labels={labels} />}
      </div>
    </section>
  );
}
