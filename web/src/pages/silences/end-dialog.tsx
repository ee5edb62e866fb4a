/** Asks before silences are ended: what they mute will be told again. Ends them one by one and says which could not be. */
import './silence-dialogs.css';
import { useState } from 'preact/hooks';
import type { ShownSilence } from '../../../../src/shapes/silences.ts';
import { ProblemError } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { countOf } from './preview-panel.tsx';
import { endSilence } from './silence-requests.ts';

export interface EndDialogProps {
  /** Empty: it is closed. */
  readonly silences: readonly ShownSilence[];
  readonly onClose: () => void;
  readonly onEnded: (ids: readonly string[]) => void;
}

interface Failure {
  readonly silence: ShownSilence;
  readonly words: string;
}

export function EndDialog({ silences, onClose, onEnded }: EndDialogProps) {
  const [done, setDone] = useState<number>();
  const [failures, setFailures] = useState<readonly Failure[]>([]);
  const muting = silences.filter(({ state }) => state === 'active').reduce((sum, each) => sum + each.muting, 0);
  const isMany = silences.length > 1;
  const what = isMany ? `${silences.length} silences` : 'this silence';

  const close = () => {
    setFailures([]);
    onClose();
  };
  const end = async () => {
    const ended: string[] = [];
    const failed: Failure[] = [];
    for (const silence of silences) {
      setDone(ended.length + failed.length);
      try {
        await endSilence(silence.id);
        ended.push(silence.id);
      } catch (thrown) {
        failed.push({ silence, words: thrown instanceof ProblemError ? thrown.detail : String(thrown) });
      }
    }
    setDone(undefined);
    setFailures(failed);
    if (ended.length > 0) onEnded(ended);
    if (failed.length === 0) close();
  };

  return (
    <Dialog title={`End ${what}?`} isOpen={silences.length > 0} onClose={close}>
      <p>
        {muting === 0
          ? 'Nothing that fires now is muted by it.'
          : `${isMany ? 'Up to ' : ''}${countOf(muting, 'alert')} that fire will be told again, if nothing else holds them back.`}
      </p>
      {isMany && (
        <ul class="end-list">
          {silences.slice(0, 10).map(({ id, comment, muting: each }) => (
            <li key={id}>
              {comment || 'without a comment'} <span class="muted">({countOf(each, 'alert')})</span>
            </li>
          ))}
          {silences.length > 10 && <li>and {silences.length - 10} more</li>}
        </ul>
      )}
      {failures.length > 0 && (
        <div class="field-error" role="alert">
          {failures.map(({ silence, words }) => (
            <p key={silence.id}>{`“${silence.comment || silence.id.slice(0, 8)}” was not ended: ${words}`}</p>
          ))}
        </div>
      )}
      <div class="dialog-buttons">
        <Button kind="danger" disabled={done !== undefined} onClick={() => void end()}>
          {done === undefined ? `End ${what}` : `Ending ${done + 1} of ${silences.length} …`}
        </Button>
        <Button autofocus onClick={close}>
          Keep {isMany ? 'them' : 'it'}
        </Button>
      </div>
    </Dialog>
  );
}
