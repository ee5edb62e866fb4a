/**
 * Judges what a receiver heard from a node that died and came back: which messages told it nothing new. Two things are
 * excused. A node that dies between a send and the record of it must say it again, once. And one that dies between
 * deciding to send and sending must believe that it did: it may say that something ended of which nobody heard.
 */

export interface HeardMessage {
  /** Which life of the node sent it, from 0. */
  readonly life: number;
  readonly groupKey: string;
  readonly alerts: readonly { readonly id: string; readonly status: 'firing' | 'resolved' }[];
}

export interface Judgement {
  /** Messages without news and without excuse, in words. */
  readonly repeats: readonly string[];
  /** How many messages an excuse was needed for. */
  readonly excused: number;
  /** What the receiver believes in the end, by alert. */
  readonly believed: ReadonlyMap<string, 'firing' | 'resolved'>;
}

/**
 * @param recorded how many messages of a group a life has recorded as sent, by its own word; infinite for one that ended
 * in peace. A life tells one message of a group after the other, so what it has not recorded are its last ones.
 */
export function judge(
  messages: readonly HeardMessage[],
  recorded: (life: number, groupKey: string) => number,
): Judgement {
  const believed = new Map<string, 'firing' | 'resolved'>();
  const doubtful = new Map<string, 'firing' | 'resolved'>();
  const heardOf = new Map<string, number>();
  const repeats: string[] = [];
  let excused = 0;
  const wasKilledBefore = ({ life, groupKey }: HeardMessage) =>
    Array.from({ length: life }, (_, earlier) => recorded(earlier, groupKey)).some(Number.isFinite);
  for (const message of messages) {
    const series = `${message.life} ${message.groupKey}`;
    const heard = (heardOf.get(series) ?? 0) + 1;
    heardOf.set(series, heard);
    const news = message.alerts.filter(({ id, status }) => {
      const before = believed.get(id);
      // The end of what nobody heard of may be listed, but is no reason to speak.
      return status === 'firing' ? before !== 'firing' : before === 'firing';
    });
    // Whoever came back to it still firing would have told of it instead, so this can only be the first word of a life.
    const isFirstAfterDeath = heard === 1 && wasKilledBefore(message);
    const again = message.alerts.filter(({ id, status }) => {
      if (doubtful.get(id) === status) return true;
      return isFirstAfterDeath && status === 'resolved' && !believed.has(id);
    });
    if (news.length === 0 && again.length === 0) {
      const alerts = message.alerts.map(({ id, status }) => `${id} ${status}`).join(', ');
      repeats.push(`life ${message.life}, ${message.groupKey}: ${alerts}`);
    } else if (news.length === 0) excused++;
    const isDoubtful = heard > recorded(message.life, message.groupKey);
    for (const { id, status } of [...news, ...again]) {
      if (isDoubtful) doubtful.set(id, status);
      else doubtful.delete(id);
    }
    for (const { id, status } of message.alerts) believed.set(id, status);
  }
  return { repeats, excused, believed };
}
