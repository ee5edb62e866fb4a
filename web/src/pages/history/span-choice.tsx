/** Of which time: a range up to now by a button, or from one instant to another. */
import { useState } from 'preact/hooks';
import { serverNow } from '../../clock.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { RANGES, type Span, spanEnds } from './history-view.ts';
import { localInputText, readLocalInput } from './local-input.ts';

export interface SpanChoiceProps {
  readonly span: Span;
  readonly onChange: (span: Span) => void;
}

export function SpanChoice({ span, onChange }: SpanChoiceProps) {
  const isRange = 'range' in span;
  return (
    <div class="span-choice">
      <fieldset class="span-ranges">
        <legend class="off-screen">The last</legend>
        {RANGES.map(({ name, words }) => (
          <Button key={name} aria-pressed={isRange && span.range === name} onClick={() => onChange({ range: name })}>
            {words}
          </Button>
        ))}
      </fieldset>
      <details class="span-times" open={!isRange}>
        <summary>From … to …</summary>
        <TimesForm key={JSON.stringify(span)} span={span} onChange={onChange} />
      </details>
    </div>
  );
}

function TimesForm({ span, onChange }: SpanChoiceProps) {
  const { fromMs, toMs } = spanEnds(span, serverNow());
  const [from, setFrom] = useState(localInputText(fromMs));
  const [to, setTo] = useState('range' in span || span.toMs === undefined ? '' : localInputText(toMs));
  const readFrom = readLocalInput(from);
  const readTo = readLocalInput(to);
  const isWrong = readFrom !== undefined && readTo !== undefined && readFrom >= readTo;
  return (
    <form
      class="span-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong && (readFrom ?? readTo) !== undefined) onChange({ fromMs: readFrom, toMs: readTo });
      }}
    >
      <Field label="From">
        {(tie) => (
          <input {...tie} type="datetime-local" step="1" value={from} onInput={(e) => setFrom(e.currentTarget.value)} />
        )}
      </Field>
      <Field label="To, or empty for now" error={isWrong ? 'This is before the beginning.' : undefined}>
        {(tie) => (
          <input {...tie} type="datetime-local" step="1" value={to} onInput={(e) => setTo(e.currentTarget.value)} />
        )}
      </Field>
      <Button type="submit">Show</Button>
    </form>
  );
}
