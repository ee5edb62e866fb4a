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
  const isSeveral = severalOf(notifications);
  for (const notification of notifications) {
    const words = wordsOf(notification, { nowMs, nextFlushAt });
    const key = `${notification.state}\0${words}\0${notification.message}`;
    const place = placeName(notification, isSeveral);
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

function severalOf(notifications: readonly GroupNotification[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(
    notifications.flatMap(({ integration }) => {
      if (seen.has(integration)) return [integration];
      seen.add(integration);
      return [];
    }),
  );
}

function placeName({ integration, index }: GroupNotification, isSeveral: ReadonlySet<string>): string {
  return isSeveral.has(integration) ? `${integration} ${index + 1}` : integration;
}
