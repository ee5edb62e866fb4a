/** How long, or until when: a field that says at once what it understood, in the reader's zone and in UTC. */
import type { Ref } from 'preact';
import { Field } from '../../parts/field.tsx';
import type { TimeContext, TimeProblem, TimeSpan } from './time-input.ts';
import { understoodTime } from './understood-time.ts';

export interface TimeFieldProps {
  readonly value: string;
  readonly read: TimeSpan | TimeProblem;
  readonly context: TimeContext;
  /** Not while somebody is in the middle of a word. */
  readonly showsProblem: boolean;
  readonly inputRef: Ref<HTMLInputElement>;
  readonly onChange: (value: string) => void;
  readonly onLeave: () => void;
}

export function TimeField({ value, read, context, showsProblem, inputRef, onChange, onLeave }: TimeFieldProps) {
  const problem = 'problem' in read ? read.problem : undefined;
  return (
    <div class="silence-when">
      <Field
        label="How long, or until when"
        error={showsProblem ? problem : undefined}
        hint={showsProblem && problem ? undefined : <UnderstoodHint read={read} context={context} />}
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
            onBlur={onLeave}
          />
        )}
      </Field>
    </div>
  );
}

function UnderstoodHint({ read, context }: { readonly read: TimeSpan | TimeProblem; readonly context: TimeContext }) {
  if ('problem' in read) return <span>{read.problem}</span>;
  const { line, zone, utc, length } = understoodTime(read, context);
  return (
    <>
      <strong class="silence-understood">{line}</strong> {zone}
      <br />
      {[length, utc].filter(Boolean).join(' · ')}
    </>
  );
}
