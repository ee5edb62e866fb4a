/**
 * Making, changing and ending silences, and what was done last, so that the page that shows it can say so and take it back.
 */
import { signal } from '@preact/signals';
import type { ShownSilence } from '../../../../src/shapes/silences.ts';
import { deleteAnswer, postAnswer } from '../../api/client.ts';
import type { PostedSilence } from './draft.ts';

export interface LastDone {
  /** The silence it now is. */
  readonly id: string;
  readonly what: 'made' | 'changed' | 'ended';
  /** As it was before; undefined for a new one. */
  readonly before: ShownSilence | undefined;
}

/** Of this page, until it is left or taken back. */
export const lastDone = signal<LastDone | undefined>(undefined);

/** Gives the id under which it now stands. Throws ProblemError. */
export async function sendSilence(posted: PostedSilence): Promise<string> {
  const { silenceID } = await postAnswer<{ readonly silenceID: string }>('api/v2/silences', posted);
  return silenceID;
}

/** Ended already is ended. Throws ProblemError. */
export async function endSilence(id: string): Promise<void> {
  await deleteAnswer(`api/v2/silence/${encodeURIComponent(id)}`);
}
