/** How a silence stands in time, in words. */
import type { ShownSilence } from '../../../../src/shapes/silences.ts';
import { ageText } from '../../words/age.ts';

export const STATE_WORDS: Readonly<Record<ShownSilence['state'], string>> = {
  active: 'Active',
  pending: 'Pending',
  expired: 'Expired',
};

/** `ends in 2 h`, `begins in 5 min`, `ended 3 d ago`. */
export function whenWords({ startsAt, endsAt }: Pick<ShownSilence, 'startsAt' | 'endsAt'>, nowMs: number): string {
  const [startsAtMs, endsAtMs] = [Date.parse(startsAt), Date.parse(endsAt)];
  if (nowMs < startsAtMs) return `begins in ${ageText(startsAtMs - nowMs)}, lasts ${ageText(endsAtMs - startsAtMs)}`;
  if (nowMs <= endsAtMs) return `ends in ${ageText(endsAtMs - nowMs)}`;
  return `ended ${ageText(nowMs - endsAtMs)} ago`;
}

/** What it does to alerts, whatever its state. */
export function mutingWords({ state, muting }: Pick<ShownSilence, 'state' | 'muting'>): string {
  const alerts = muting === 1 ? '1 alert' : `${muting} alerts`;
  switch (state) {
    case 'active':
      return muting === 0 ? 'mutes nothing now' : `mutes ${alerts}`;
    case 'pending':
      return muting === 0 ? 'would mute nothing now' : `would mute ${alerts} now`;
    case 'expired':
      return muting === 0 ? 'nothing like it fires' : `${alerts} like it fire`;
  }
}
