/** Receivers: whether each way to reach somebody works, from which node, and a test of it. What fails comes first. */
import './receivers-page.css';
import { useState } from 'preact/hooks';
import type { ReceiverHealth, ReceiversAnswer } from '../../../../src/shapes/receivers.ts';
import { useAnswer } from '../../api/answer.ts';
import { serverNow } from '../../clock.ts';
import { AnswerError } from '../../parts/answer-error.tsx';
import { Field } from '../../parts/field.tsx';
import { Loading } from '../../parts/loading.tsx';
import { MissingNodes } from '../../parts/missing-nodes.tsx';
import { Notice } from '../../parts/notice.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { countOf } from '../../words/counted.ts';
import { ReceiverCard } from './receiver-card.tsx';
import { inOrder, receiverState } from './receiver-state.ts';
import { TestDialog } from './test-dialog.tsx';

/** With fewer nobody has to search. */
const SEARCHED_FROM = 8;

export function ReceiversPage() {
  const { answer, error, reload } = useAnswer<ReceiversAnswer>('api/v3/receivers', {}, [
    'receivers',
    'notifications',
    'configuration',
    'cluster',
  ]);
  const [text, setText] = useState('');
  const [tested, setTested] = useState<ReceiverHealth>();
  const receivers = answer?.receivers ?? [];
  const wanted = text.trim().toLowerCase();
  const shown = inOrder(receivers, serverNow()).filter(({ name, integrations }) =>
    [name, ...integrations.map(({ integration }) => integration)].some((word) => word.toLowerCase().includes(wanted)),
  );
  return (
    <>
      <PageHead title="Receivers" summary={answer && summaryOf(receivers)} />
      <div class="page-parts">
        <AnswerError error={error} hasAnswer={answer !== undefined} onRetry={reload} />
        {answer === undefined && error === undefined && <Loading />}
        {answer && <MissingNodes nodes={answer.nodes} what="How receivers do on these nodes" />}
        {receivers.length >= SEARCHED_FROM && (
          <div class="receiver-search">
            <Field label="Find a receiver or channel">
              {(tie) => (
                <input {...tie} type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
              )}
            </Field>
          </div>
        )}
        {answer && receivers.length === 0 && (
          <Notice kind="empty" title="There is no receiver">
            Nobody is told of anything. Receivers are named in the configuration, under <code>receivers:</code>.
          </Notice>
        )}
        {receivers.length > 0 && shown.length === 0 && <Notice kind="empty" title="No receiver is called so" />}
        <ul class="receivers">
          {shown.map((receiver) => (
            <li key={receiver.name}>
              <ReceiverCard receiver={receiver} onTest={() => setTested(receiver)} />
            </li>
          ))}
        </ul>
      </div>
      <TestDialog receiver={tested} onClose={() => setTested(undefined)} />
    </>
  );
}

function summaryOf(receivers: readonly ReceiverHealth[]): string {
  const nowMs = serverNow();
  const failing = receivers.filter((receiver) => receiverState(receiver, nowMs) === 'failing').length;
  const all = countOf(receivers.length, 'receiver');
  return failing === 0 ? `${all}, none fails` : `${all}, ${failing} failing`;
}
