/** Asks once more before a silence that may hide more than was meant. */
import './silence-dialogs.css';
import type { PreviewAnswer } from '../../../../src/shapes/silences.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';

/**
 * Urgent alerts alone do not count, nor does a group that happens to be much of what fires: to silence what rang at night is
 * what the form is for, and it can be taken back.
 */
export function isBroad({ warnings, alerts, total }: PreviewAnswer): boolean {
  return warnings.some(({ kind }) => kind === 'no alertname' || (kind === 'many alerts' && alerts * 2 > total));
}

export interface BroadDialogProps {
  readonly preview: PreviewAnswer | undefined;
  readonly verb: string;
  readonly onCancel: () => void;
  readonly onConfirm: () => void;
}

export function BroadDialog({ preview, verb, onCancel, onConfirm }: BroadDialogProps) {
  return (
    <Dialog title="This silence is broad" isOpen={preview !== undefined} onClose={onCancel}>
      <ul class="broad-warnings">
        {preview?.warnings.map(({ kind, text }) => (
          <li key={kind}>{text}.</li>
        ))}
      </ul>
      <div class="dialog-buttons">
        <Button kind="danger" onClick={onConfirm}>
          {verb} anyway
        </Button>
        <Button autofocus onClick={onCancel}>
          Back to the form
        </Button>
      </div>
    </Dialog>
  );
}
