/** What such a silence mutes now: how many, how urgent, what to think about, and which. Its place is kept while it loads. */
import type { PreviewAnswer } from '../../../../src/shapes/silences.ts';
import { Said } from '../../parts/said.tsx';
import { SeverityBadge } from '../../parts/severity-badge.tsx';
import { AlertLine } from './alert-line.tsx';
import type { Preview } from './use-preview.ts';

const SEVERITIES = ['urgent', 'important', 'other', 'interesting'] as const;

export interface PreviewPanelProps {
  readonly preview: Preview;
  /** The matchers of the silence. */
  readonly matchers: readonly string[];
}

export function PreviewPanel({ preview, matchers }: PreviewPanelProps) {
  const isEmpty = matchers.length === 0;
  const { answer, isCurrent, error } = preview;
  return (
    <section class="preview" aria-label="What it mutes now">
      <div class={answer && !isCurrent ? 'preview-old' : undefined}>
        {isEmpty && <p class="preview-count muted">Nothing yet: add a label that the alerts have.</p>}
        {!isEmpty && !answer && !error && <p class="preview-count muted">Looking at what fires …</p>}
        {!isEmpty && error && error.status !== 422 && (
          <p class="preview-problem">{`What it would mute is not known: ${error.detail}`}</p>
        )}
        {!isEmpty && error?.status === 422 && <p class="field-error">{error.detail}</p>}
        {!isEmpty && answer && <Muted answer={answer} />}
      </div>
      <Said text={isCurrent && answer ? mutedWords(answer) : ''} asked={matchers.join(' ')} />
      {!isEmpty && answer && answer.examples.length > 0 && (
        <details class="preview-examples">
          <summary>{answer.examples.length < answer.alerts ? `The first ${answer.examples.length}` : 'Which'}</summary>
          <ul class="alert-lines">
            {answer.examples.map((alert) => (
              <AlertLine key={alert.fingerprint} alert={alert} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Muted({ answer }: { readonly answer: PreviewAnswer }) {
  const { alerts, groups, severities, warnings } = answer;
  return (
    <>
      <p class="preview-count">
        <strong>{mutedCount(answer)}</strong>
        {alerts > 0 && <span class="muted"> that fire, in {countOf(groups, 'group')}</span>}
      </p>
      {alerts > 0 && (
        <p class="preview-severities">
          {SEVERITIES.filter((severity) => severities[severity] > 0).map((severity) => (
            <SeverityBadge key={severity} severity={severity} count={severities[severity]} />
          ))}
        </p>
      )}
      {warnings.length > 0 && (
        <ul class="preview-warnings">
          {warnings.map(({ kind, text }) => (
            <li key={kind} class={kind === 'nothing matches' ? 'preview-note' : 'preview-warning'}>
              <span aria-hidden="true">{kind === 'nothing matches' ? 'ⓘ' : '⚠'}</span> {text}.
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function mutedCount({ alerts, total }: PreviewAnswer): string {
  return alerts === 0 ? 'Mutes nothing that fires now' : `Mutes ${alerts} of ${countOf(total, 'alert')}`;
}

/** For who hears it. */
function mutedWords(answer: PreviewAnswer): string {
  return [mutedCount(answer), ...answer.warnings.map(({ text }) => text)].map((words) => `${words}.`).join(' ');
}

export function countOf(count: number, one: string): string {
  return `${count} ${count === 1 ? one : `${one}s`}`;
}
