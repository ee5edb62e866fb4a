/**
 * The form of a silence, new or changed. With a known author one tap on a duration makes it; everything typed outlives a lost
 * connection and a reload, and what the server says stands next to what it is about.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PreviewAnswer } from '../../../../src/shapes/silences.ts';
import { ProblemError } from '../../api/client.ts';
import { serverNow, tick } from '../../clock.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { MatcherInput } from '../../parts/matcher-input.tsx';
import { Notice } from '../../parts/notice.tsx';
import { go } from '../../place.ts';
import { localZone } from '../../zoned-time.ts';
import { BroadDialog, isBroad } from './broad-dialog.tsx';
import { CommentField } from './comment-field.tsx';
import { commentInstead, type Draft, type Origin, postedSilence } from './draft.ts';
import { PreviewPanel } from './preview-panel.tsx';
import { refusedField } from './refusal.ts';
import { forgetUnsent, keepUnsent, remember } from './remembered.ts';
import { lastDone, sendSilence } from './silence-requests.ts';
import { TimeField } from './time-field.tsx';
import { readTimeInput, type TimeContext, type TimeProblem, type TimeSpan } from './time-input.ts';
import { understoodTime } from './understood-time.ts';
import { usePreview } from './use-preview.ts';

const DURATIONS = [
  ['30m', '30 min'],
  ['1h', '1 h'],
  ['2h', '2 h'],
  ['4h', '4 h'],
  ['8h', '8 h'],
  ['1d', '1 day'],
] as const;

interface Problems {
  readonly matchers?: string;
  readonly createdBy?: string;
  readonly when?: string;
  /** About no field in particular. */
  readonly whole?: string;
}

/** What is to be sent once somebody has said that it may be broad. */
interface Held {
  readonly draft: Draft;
  readonly preview: PreviewAnswer;
}

export function SilenceForm({
  initial,
  origin,
  address,
  onStartOver,
  isRestored,
}: {
  readonly initial: Draft;
  readonly origin: Origin | undefined;
  /** Under which what was typed is kept. */
  readonly address: string;
  readonly isRestored: boolean;
  readonly onStartOver: () => void;
}) {
  const [draft, setDraft] = useState(initial);
  const [problems, setProblems] = useState<Problems>({});
  const [showsTimeProblem, setShowsTimeProblem] = useState(false);
  const [isSending, setSending] = useState(false);
  // To the first thing that is missing, or to how long. Not where it would bring up the keyboard of a phone.
  useEffect(() => {
    if (!matchMedia('(pointer: fine)').matches) return;
    if (initial.matchers.length === 0) matchersRef.current?.querySelector('input')?.focus({ preventScroll: true });
    else if (initial.createdBy === '') authorRef.current?.focus({ preventScroll: true });
    else {
      whenRef.current?.focus({ preventScroll: true });
      whenRef.current?.select();
    }
  }, []);
  /** Two taps may come before it is drawn. */
  const isUnderWay = useRef(false);
  const [held, setHeld] = useState<Held>();
  const [asksAuthorFirst] = useState(initial.createdBy === '');
  const matchersRef = useRef<HTMLDivElement>(null);
  /** Typed as a matcher, and not one yet: without it the silence would be broader than meant. */
  const unfinished = useRef('');
  const whenRef = useRef<HTMLInputElement>(null);
  const authorRef = useRef<HTMLInputElement>(null);
  const wholeRef = useRef<HTMLParagraphElement>(null);
  const preview = usePreview(draft.matchers);

  const context: TimeContext = { nowMs: tick.value, zone: localZone() };
  const read = readTimeInput(draft.when, context);
  const isChange = origin?.intent === 'change';

  useEffect(() => {
    if (problems.whole !== undefined) wholeRef.current?.focus();
  }, [problems.whole]);

  const change = (part: Partial<Draft>) => {
    const next = { ...draft, ...part };
    setDraft(next);
    keepUnsent(address, next);
    setProblems({});
  };

  /** Beside what it is about, with the focus there. */
  const show = (found: Problems) => {
    setProblems(found);
    if (found.matchers) matchersRef.current?.querySelector('input')?.focus();
    else if (found.when) whenRef.current?.focus();
    else if (found.createdBy) authorRef.current?.focus();
  };

  const submit = async (wanted: Draft, isMeant = false) => {
    if (isUnderWay.current) return;
    const unsaid =
      unfinished.current !== '' ? `“${unfinished.current}” is not added yet: press Enter after it, or remove it.` : '';
    if (unsaid !== '' || wanted.matchers.length === 0) {
      show({ matchers: unsaid || 'Say which alerts: at least one label.' });
      return;
    }
    const now = serverNow();
    const span = readTimeInput(wanted.when, { ...context, nowMs: now });
    if ('problem' in span) {
      setShowsTimeProblem(true);
      whenRef.current?.focus();
      return;
    }
    if (wanted.createdBy.trim() === '') {
      show({ createdBy: 'Say who you are, so that others know whom to ask.' });
      return;
    }
    setProblems({});
    isUnderWay.current = true;
    setSending(true);
    try {
      const seen = await seePreview();
      if (seen === undefined) return;
      if (!isMeant && isBroad(seen)) {
        setHeld({ draft: wanted, preview: seen });
        return;
      }
      await send(wanted, { seen, span, nowMs: now });
    } finally {
      isUnderWay.current = false;
      setSending(false);
    }
  };

  /** Undefined after saying what is wrong. */
  const seePreview = async () => {
    try {
      return await preview.forNow();
    } catch (thrown) {
      const { status, detail } = problemOf(thrown);
      if (status >= 400 && status < 500) {
        show({ matchers: detail });
      } else {
        setProblems({ whole: `${detail} Nothing was made, and nothing you typed is lost: try again.` });
      }
      return undefined;
    }
  };

  const send = async (
    wanted: Draft,
    { seen, span, nowMs }: { readonly seen: PreviewAnswer; readonly span: TimeSpan; readonly nowMs: number },
  ) => {
    try {
      const posted = postedSilence(wanted, { matchers: seen.matchers, span, origin, nowMs });
      const id = await sendSilence(posted);
      remember({ author: isChange ? '' : wanted.createdBy, comment: wanted.comment });
      forgetUnsent();
      lastDone.value = { id, what: isChange ? 'changed' : 'made', before: isChange ? origin.silence : undefined };
      go(`/silences/${encodeURIComponent(id)}`, undefined, { replace: true });
    } catch (thrown) {
      const { status, detail } = problemOf(thrown);
      const isUnsure = status === 0 || status >= 500;
      const advice =
        'Nothing you typed is lost: try again. Should it have been made all the same, it is among the silences.';
      show(isUnsure ? { whole: `${detail} ${advice}` } : { [refusedField(detail)]: detail });
    }
  };

  const submitAsTyped = (event: Event) => {
    event.preventDefault();
    void submit(draft);
  };

  const quickly = (when: string) => {
    change({ when });
    if (isChange) whenRef.current?.focus();
    else void submit({ ...draft, when });
  };

  const author = (
    <Field
      label="Your name"
      error={problems.createdBy}
      hint={asksAuthorFirst ? 'Others see it. It is remembered on this device.' : undefined}
    >
      {(tie) => (
        <input
          {...tie}
          ref={authorRef}
          type="text"
          name="author"
          autocomplete="username"
          maxLength={200}
          value={draft.createdBy}
          onInput={(event) => change({ createdBy: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  const verb = isChange ? 'Save' : origin ? 'Make it again' : 'Silence';

  return (
    <form class="silence-form" noValidate onSubmit={submitAsTyped} aria-busy={isSending}>
      {isRestored && (
        <Notice kind="info">
          What you had typed is here again.{' '}
          <Button kind="quiet" onClick={onStartOver}>
            Start over
          </Button>
        </Notice>
      )}
      <div ref={matchersRef}>
        <Field label="Alerts with these labels" error={problems.matchers}>
          {({ id }) => (
            <MatcherInput
              id={id}
              label="Alerts with these labels"
              matchers={draft.matchers}
              takesWords={false}
              onDraft={(text) => {
                unfinished.current = text.trim();
              }}
              onChange={(matchers) => change({ matchers })}
            />
          )}
        </Field>
      </div>
      <PreviewPanel preview={preview} matchers={draft.matchers} />
      {asksAuthorFirst && author}
      <fieldset class="silence-quick">
        <legend>{isChange ? 'From now on for' : 'Silence now for'}</legend>
        {DURATIONS.map(([when, words]) => (
          <Button key={when} disabled={isSending} onClick={() => quickly(when)}>
            {words}
          </Button>
        ))}
      </fieldset>
      <TimeField
        value={draft.when}
        read={read}
        context={context}
        showsProblem={showsTimeProblem}
        refused={problems.when}
        inputRef={whenRef}
        onChange={(when) => {
          setShowsTimeProblem(false);
          change({ when });
        }}
        onLeave={() => setShowsTimeProblem(true)}
      />
      {!asksAuthorFirst && author}
      <CommentField
        value={draft.comment}
        instead={commentInstead(preview.answer?.matchers ?? [])}
        onChange={(comment) => change({ comment })}
      />
      <div class="silence-send">
        {problems.whole && (
          <p ref={wholeRef} class="field-error" role="alert" tabIndex={-1}>
            {problems.whole}
          </p>
        )}
        <Button kind="primary" type="submit" disabled={isSending}>
          {isSending ? 'Sending …' : verbWithTime(verb, read, context)}
        </Button>
        <ButtonLink kind="quiet" to={origin ? `/silences/${encodeURIComponent(origin.silence.id)}` : '/silences'}>
          Cancel
        </ButtonLink>
      </div>
      <BroadDialog
        preview={held?.preview}
        verb={verb}
        onCancel={() => setHeld(undefined)}
        onConfirm={() => {
          if (held === undefined) return;
          setHeld(undefined);
          void submit(held.draft, true);
        }}
      />
    </form>
  );
}

function verbWithTime(verb: string, read: TimeSpan | TimeProblem, context: TimeContext): string {
  if ('problem' in read) return verb;
  const { line } = understoodTime(read, context);
  return `${verb} ${line.charAt(0).toLowerCase()}${line.slice(1)}`;
}

function problemOf(thrown: unknown): ProblemError {
  return thrown instanceof ProblemError ? thrown : new ProblemError(0, String(thrown));
}
