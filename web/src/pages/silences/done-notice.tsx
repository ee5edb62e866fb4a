/** Right after a silence was made, changed or ended here: that it was, what it mutes now, and one tap to take it back. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ShownSilence } from '../../../../src/shapes/silences.ts';
import { ProblemError } from '../../api/client.ts';
import { serverNow, tick } from '../../clock.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { go } from '../../place.ts';
import { localZone } from '../../zoned-time.ts';
import { postedSilence } from './draft.ts';
import { endSilence, type LastDone, lastDone, sendSilence } from './silence-requests.ts';
import { mutingWords } from './silence-words.ts';
import { dayAndTime } from './understood-time.ts';

export function DoneNotice({ silence, onUndone }: { readonly silence: ShownSilence; readonly onUndone: () => void }) {
  const done = lastDone.value;
  if (done === undefined || done.id !== silence.id) return null;
  return <Done key={`${done.id} ${done.what}`} done={done} silence={silence} onUndone={onUndone} />;
}

interface DoneProps {
  readonly done: LastDone;
  readonly silence: ShownSilence;
  readonly onUndone: () => void;
}

function Done({ done, silence, onUndone }: DoneProps) {
  const element = useRef<HTMLDivElement>(null);
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState('');
  // Whoever pressed Enter hears or sees the result, and the next Tab is Undo.
  useEffect(() => element.current?.focus(), []);

  const undo = async () => {
    setSending(true);
    setProblem('');
    try {
      const id = await takeBack(done);
      lastDone.value = { id, what: done.what === 'made' ? 'ended' : 'changed', before: silence };
      if (id === silence.id) onUndone();
      else go(`/silences/${encodeURIComponent(id)}`, undefined, { replace: true });
    } catch (thrown) {
      setProblem(thrown instanceof ProblemError ? thrown.detail : String(thrown));
    } finally {
      setSending(false);
    }
  };
  return (
    <div ref={element} class="silence-done" role="status" tabIndex={-1}>
      <p>
        <span aria-hidden="true">✓</span> <strong>{doneWords(done, silence)}</strong>
      </p>
      {problem && (
        <p class="field-error" role="alert">
          Not taken back: {problem}
        </p>
      )}
      <div class="silence-actions">
        <Button disabled={isSending} onClick={() => void undo()}>
          {isSending ? 'Taking it back …' : 'Undo'}
        </Button>
        <ButtonLink kind="quiet" to="/">
          What still fires
        </ButtonLink>
      </div>
    </div>
  );
}

function doneWords({ what }: LastDone, silence: ShownSilence): string {
  if (what === 'ended') return 'Ended: it mutes nothing any more.';
  const until = dayAndTime(Date.parse(silence.endsAt), tick.value, localZone());
  const muting = mutingWords(silence);
  if (what === 'changed') return `Changed: it lasts until ${until} and ${muting}.`;
  return `${silence.state === 'pending' ? 'Planned' : 'Silenced'} until ${until}: it ${muting}.`;
}

/** Gives the id under which things are as they were. */
async function takeBack({ id, what, before }: LastDone): Promise<string> {
  if (what === 'made' || before === undefined) {
    await endSilence(id);
    return id;
  }
  const nowMs = serverNow();
  const startsAtMs = Math.max(nowMs, Date.parse(before.startsAt));
  const posted = postedSilence(
    { matchers: [], when: '', comment: before.comment, createdBy: before.createdBy },
    {
      matchers: before.matchers,
      span: {
        startsAtMs: before.state === 'pending' ? startsAtMs : undefined,
        endsAtMs: Date.parse(before.endsAt),
        isDuration: false,
      },
      origin: { intent: what === 'changed' ? 'change' : 'again', silence: { ...before, id } },
      nowMs,
    },
  );
  return sendSilence(posted);
}
