/** How a silence stands in time, in words. */
import type { ShownSilence } from '../../../../src/shapes/silences.ts';
import { ageText } from '../../words/age.ts';

export const STATE_WORDS: Readonly<Record<ShownSilence['state'], string>> = {
  active: 'Active',
  pending: 'Pending',
  expired: 'Expired',
};

/** Rounded, so that what was made for 4 h a moment ago does not end in 3 h 59 min. */
export function leftWords(ms: number): string {
  return ageText(ms < 60_000 ? ms : ms + 30_000);
}

/** `ends in 2 h`, `begins in 5 min`, `ended 3 d ago`. The server's word on the state counts: clocks differ a little. */
export function whenWords(
  { state, startsAt, endsAt }: Pick<ShownSilence, 'state' | 'startsAt' | 'endsAt'>,
  nowMs: number,
): string {
  const [startsAtMs, endsAtMs] = [Date.parse(startsAt), Date.parse(endsAt)];
  switch (state) {
    case 'pending':
      return `begins in ${leftWords(startsAtMs - nowMs)}, lasts ${ageText(endsAtMs - startsAtMs)}`;
    case 'active':
      return `ends in ${leftWords(endsAtMs - nowMs)}`;
    case 'expired':
      return `ended ${ageText(nowMs - endsAtMs)} ago`;
  }
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
