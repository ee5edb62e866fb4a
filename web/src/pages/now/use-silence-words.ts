/** Who made each silence in force, and why: an id tells nobody anything. Asked for only while something is silenced. */
import { useMemo } from 'preact/hooks';
import type { SilencesAnswer } from '../../../../src/shapes/silences.ts';
import { useAnswer } from '../../api/answer.ts';

const LONGEST_WORDS = 70;

/** By id; of those beyond the first 500 nothing is known. */
export function useSilenceWords(isNeeded: boolean): ReadonlyMap<string, string> {
  const path = isNeeded ? 'api/v3/silences' : undefined;
  const { answer } = useAnswer<SilencesAnswer>(path, { state: ['active'], limit: 500 }, ['silences']);
  return useMemo(
    () => new Map(answer?.silences.map(({ id, createdBy, comment }) => [id, silenceWords(createdBy, comment)])),
    [answer],
  );
}

export function silenceWords(createdBy: string, comment: string): string {
  const words = [createdBy, comment].filter((text) => text.trim() !== '').join(': ');
  return words.length > LONGEST_WORDS ? `${words.slice(0, LONGEST_WORDS)}…` : words || 'somebody';
}
