/** One tap makes an active or pending silence last longer, counted from its present end. */
import { useState } from 'preact/hooks';
import type { ShownSilence } from '../../../../src/shapes/silences.ts';
import { ProblemError } from '../../api/client.ts';
import { serverNow } from '../../clock.ts';
import { Button } from '../../parts/button.tsx';
import { showToast } from '../../parts/toast.tsx';
import { shortInstantText } from '../../words/instant.ts';
import { withEnd } from './draft.ts';
import { sendSilence } from './silence-requests.ts';

const HOUR_MS = 3_600_000;
const STEPS = [
  ['+1 h', 'one hour longer', HOUR_MS],
  ['+4 h', 'four hours longer', 4 * HOUR_MS],
  ['+1 day', 'one day longer', 24 * HOUR_MS],
] as const;

export interface ExtendButtonsProps {
  readonly silence: ShownSilence;
  /** Only the first step, where there is little room. */
  readonly isShort?: boolean;
  readonly onExtended: (id: string) => void;
}

export function ExtendButtons({ silence, isShort = false, onExtended }: ExtendButtonsProps) {
  const [isSending, setSending] = useState(false);
  const extend = async (stepMs: number) => {
    setSending(true);
    try {
      const endsAtMs = Date.parse(silence.endsAt) + stepMs;
      const id = await sendSilence(withEnd(silence, endsAtMs));
      showToast(`Lasts until ${shortInstantText(endsAtMs, serverNow())}`);
      onExtended(id);
    } catch (thrown) {
      showToast(`Not made longer: ${thrown instanceof ProblemError ? thrown.detail : String(thrown)}`);
    } finally {
      setSending(false);
    }
  };
  const steps = isShort ? STEPS.slice(0, 1) : STEPS;
  return (
    <>
      {steps.map(([words, name, stepMs]) => (
        <Button
          key={words}
          disabled={isSending}
          aria-label={`${words}: make it ${name}`}
          onClick={() => void extend(stepMs)}
        >
          {words}
        </Button>
      ))}
    </>
  );
}
