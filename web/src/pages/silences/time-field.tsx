/** How long, or until when: a field that says at once what it understood, in the reader's zone and in UTC. */
import type { Ref } from 'preact';
import { useState } from 'preact/hooks';
import { Field } from '../../parts/field.tsx';
import type { TimeContext, TimeProblem, TimeSpan } from './time-input.ts';
import { understoodTime } from './understood-time.ts';

export interface TimeFieldProps {
  readonly value: string;
  readonly read: TimeSpan | TimeProblem;
  readonly context: TimeContext;
  /** Not while somebody is in the middle of a word. */
  readonly showsProblem: boolean;
  /** What the server says of it. */
  readonly refused: string | undefined;
  readonly inputRef: Ref<HTMLInputElement>;
  readonly onChange: (value: string) => void;
  readonly onLeave: () => void;
}

export function TimeField({
  value,
  read,
  context,
  showsProblem,
  refused,
  inputRef,
  onChange,
  onLeave,
}: TimeFieldProps) {
  const problem = 'problem' in read ? read.problem : undefined;
  const [hasFocus, setHasFocus] = useState(false);
  return (
    <div class="silence-when">
      <Field
        label="How long, or until when"
        error={showsProblem && problem ? problem : refused}
        hint={showsProblem && problem ? undefined : <UnderstoodHint read={read} context={context} isSaid={hasFocus} />}
      >
        {(tie) => (
          <input
            {...tie}
            ref={inputRef}
            type="text"
            name="when"
            value={value}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            onInput={(event) => onChange(event.currentTarget.value)}
            onFocus={() => setHasFocus(true)}
            onBlur={() => {
              setHasFocus(false);
              onLeave();
            }}
          />
        )}
      </Field>
    </div>
  );
}

interface UnderstoodHintProps {
  readonly read: TimeSpan | TimeProblem;
  readonly context: TimeContext;
  /** Spoken as it changes: while it is typed, not with each minute that passes. */
  readonly isSaid: boolean;
}

function UnderstoodHint({ read, context, isSaid }: UnderstoodHintProps) {
  const words = 'problem' in read ? undefined : understoodTime(read, context);
  return (
    <span aria-live={isSaid ? 'polite' : 'off'}>
      {'problem' in read && read.problem}
      {words && (
        <>
          <strong class="silence-understood">{words.line}</strong> {words.zone}
          <br />
          {[words.length, words.utc].filter(Boolean).join(' · ')}
        </>
      )}
    </span>
  );
}
