/**
 * The test of a receiver: it asks before it rings, since it really does, and shows what became of each channel, with what
 * was said on the wire.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ReceiverHealth, ReceiverTestAnswer } from '../../../../src/shapes/receivers.ts';
import { ProblemError, postAnswer } from '../../api/client.ts';
import { node } from '../../api/live.ts';
import { Button } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Notice } from '../../parts/notice.tsx';
import { StateBadge, type StateTone } from '../../parts/state-badge.tsx';
import { enumerated } from '../../words/counted.ts';
import { placeNames } from '../../words/told.ts';
import { latencyWords } from './receiver-state.ts';

/** A mail may take a minute to be refused; the node itself gives up before this. */
const LONGEST_TEST_MS = 130_000;

type Result = ReceiverTestAnswer['results'][number];

export interface TestDialogProps {
  /** Undefined while the dialog is closed. */
  readonly receiver: ReceiverHealth | undefined;
  readonly onClose: () => void;
}

export function TestDialog({ receiver, onClose }: TestDialogProps) {
  return (
    <Dialog title={`Test ${receiver?.name ?? ''}`} isOpen={receiver !== undefined} onClose={onClose}>
      {receiver && <Test key={receiver.name} receiver={receiver} onClose={onClose} />}
    </Dialog>
  );
}

function Test({ receiver, onClose }: { readonly receiver: ReceiverHealth; readonly onClose: () => void }) {
  const [isRunning, setRunning] = useState(false);
  const [answer, setAnswer] = useState<ReceiverTestAnswer>();
  const [error, setError] = useState<ProblemError>();
  const gone = useRef(new AbortController());
  useEffect(() => () => gone.current.abort(), []);

  const run = async () => {
    setRunning(true);
    setError(undefined);
    setAnswer(undefined);
    const { signal } = gone.current;
    try {
      const path = `api/v3/receivers/${encodeURIComponent(receiver.name)}/test`;
      const got = await postAnswer<ReceiverTestAnswer>(path, {}, signal, { longestWaitMs: LONGEST_TEST_MS });
      if (!signal.aborted) setAnswer(got);
    } catch (thrown) {
      if (!signal.aborted) setError(thrown instanceof ProblemError ? thrown : new ProblemError(0, String(thrown)));
    } finally {
      if (!signal.aborted) setRunning(false);
    }
  };

  const channels = enumerated([...new Set(receiver.integrations.map(({ integration }) => integration))], 6);
  return (
    <>
      {answer === undefined && (
        <p>
          This really sends a message to <strong>{receiver.name}</strong>, by {channels}, from node{' '}
          <strong>{node.value}</strong>. It is marked as a test. Whoever is reached by it is disturbed now.
        </p>
      )}
      <div role="status" aria-live="polite" class="test-outcome">
        {isRunning && <p>Sending. A channel may take up to a minute to answer …</p>}
        {answer && <p class="off-screen">{spokenOutcome(answer.results)}</p>}
      </div>
      {error && (
        <Notice kind="error" title={error.status === 0 ? 'What became of it is not known' : 'It was not sent'}>
          {error.detail}
        </Notice>
      )}
      {answer && (
        <ul class="test-results">
          {answer.results.map((result, index) => (
            <li key={`${result.integration} ${result.index}`}>
              <TestResult result={result} place={placeNames(answer.results)[index] ?? result.integration} />
            </li>
          ))}
        </ul>
      )}
      <div class="test-buttons">
        <Button onClick={onClose}>{answer ? 'Close' : 'Cancel'}</Button>
        <Button kind={answer ? 'plain' : 'primary'} disabled={isRunning} onClick={() => void run()}>
          {answer ? 'Send another one' : isRunning ? 'Sending …' : 'Send the test message'}
        </Button>
      </div>
    </>
  );
}

const OUTCOMES: Readonly<Record<Result['outcome'], { readonly tone: StateTone; readonly words: string }>> = {
  sent: { tone: 'good', words: 'sent' },
  refused: { tone: 'bad', words: 'failed' },
  unknown: { tone: 'warning', words: 'not known' },
};

function spokenOutcome(results: readonly Result[]): string {
  const places = placeNames(results);
  return results.map(({ outcome }, index) => `${places[index]}: ${OUTCOMES[outcome].words}`).join('. ');
}

function TestResult({ result, place }: { readonly result: Result; readonly place: string }) {
  const { outcome, message, durationMs } = result;
  // A node of another version may tell no transcript.
  const transcript = result.transcript ?? [];
  const { tone, words } = OUTCOMES[outcome];
  return (
    <>
      <p class="test-result">
        <strong>{place}</strong>
        <StateBadge tone={tone} word={words} />
        <span class="muted">{`took ${latencyWords(durationMs)}`}</span>
      </p>
      {message !== '' && <p class="integration-error">{message}</p>}
      {transcript.length > 0 && (
        <details open={outcome !== 'sent'}>
          <summary>{`What was said (${transcript.length} ${transcript.length === 1 ? 'line' : 'lines'})`}</summary>
          <pre class="transcript">{transcript.join('\n')}</pre>
          <CopyButton text={transcript.join('\n')} label="Copy" kind="quiet" />
        </details>
      )}
    </>
  );
}
