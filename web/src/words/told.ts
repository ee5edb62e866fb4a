/** Who was told of a group, when and by which node, in few words; places that share them are said together. */
import type { GroupNotification } from '../../../src/shapes/groups.ts';
import { ageText } from './age.ts';

export interface Told {
  readonly places: string;
  readonly state: GroupNotification['state'];
  readonly words: string;
  readonly message: string;
  readonly at: string | null;
}

export function toldOf(
  notifications: readonly GroupNotification[],
  { nowMs, nextFlushAt }: { readonly nowMs: number; readonly nextFlushAt: string | null },
): readonly Told[] {
  const told = new Map<string, { places: string[]; first: GroupNotification; words: string }>();
  const names = placeNames(notifications);
  for (const [index, notification] of notifications.entries()) {
    const words = wordsOf(notification, { nowMs, nextFlushAt });
    const key = `${notification.state}\0${words}\0${notification.message}`;
    const place = names[index] ?? notification.integration;
    const same = told.get(key);
    if (same) same.places.push(place);
    else told.set(key, { places: [place], first: notification, words });
  }
  return [...told.values()].map(({ places, first, words }) => ({
    places: places.join(', '),
    state: first.state,
    words,
    message: first.message,
    at: first.at,
  }));
}

function wordsOf(
  { state, at, node }: GroupNotification,
  { nowMs, nextFlushAt }: { readonly nowMs: number; readonly nextFlushAt: string | null },
): string {
  const ago = at === null ? '' : `${ageText(nowMs - Date.parse(at))} ago`;
  const by = node === null ? '' : `by ${node}`;
  switch (state) {
    case 'sent':
      return joined('told', ago, by);
    case 'telling':
      return joined('being told', by);
    case 'refused':
      return joined('refused', ago, by);
    case 'unknown':
      return joined('no answer, asking again', ago, by);
    case 'not yet': {
      const waitMs = nextFlushAt === null ? 0 : Date.parse(nextFlushAt) - nowMs;
      return waitMs > 0 ? `not told yet; next in ${ageText(waitMs)}` : 'not told yet';
    }
  }
}

function joined(...words: readonly string[]): string {
  return words.filter((word) => word !== '').join(' ');
}

/** What to call each: numbered among its kind where the receiver has more than one of it. */
export function placeNames(notifications: readonly Pick<GroupNotification, 'integration'>[]): readonly string[] {
  const counts = new Map<string, number>();
  const numbers = notifications.map(({ integration }) => {
    const number = (counts.get(integration) ?? 0) + 1;
    counts.set(integration, number);
    return number;
  });
  return notifications.map(({ integration }, index) =>
    counts.get(integration) === 1 ? integration : `${integration} ${numbers[index]}`,
  );
}
