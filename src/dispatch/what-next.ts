/** What happens next to an alert on one of its routes, and when, in words. Pure. Instants are on the wall clock. */
import { formatDuration } from '../model/duration.ts';
import type { Route } from './route.ts';

/** What is known of the group it belongs to. */
export interface StandingGroup {
  readonly dueMs: number;
  /** Whether it is past its group_wait. */
  readonly hasTicked: boolean;
  /** The tick of the last message of the group; undefined if nobody was told of it yet. */
  readonly toldAtMs: number | undefined;
  /** How many of the receiver's integrations know that this alert fires; of one that ended, how many are owed word of it. */
  readonly toldPlaces: number;
}

export interface Standing {
  readonly nowMs: number;
  readonly route: Pick<Route, 'receiver' | 'groupWaitMs' | 'groupIntervalMs' | 'repeatIntervalMs'>;
  /** Integrations of the receiver. */
  readonly places: number;
  /** `unknown`: no such alert is known; what is said then is what would be if it began to fire now. */
  readonly alert: 'firing' | 'ended' | 'unknown';
  readonly group: StandingGroup | undefined;
  /** The end of the last silence that mutes it now. */
  readonly silencedUntilMs: number | undefined;
  /** What inhibits it now, in words. */
  readonly inhibitedBy: string | undefined;
  /** The time intervals that mute the route now, and until when; the end is undefined if none is near. */
  readonly muted: { readonly by: readonly string[]; readonly untilMs: number | undefined } | undefined;
}

export interface Next {
  readonly atMs: number | undefined;
  readonly what: string;
}

/** The mutes first, the longest word of a human before all; what nobody mutes is told at the group's next tick. */
export function whatNext(standing: Standing): Next {
  const { alert, group, places, route, silencedUntilMs, inhibitedBy, muted } = standing;
  if (places === 0)
    return { atMs: undefined, what: `nobody is told: the receiver ${route.receiver} has no integrations` };
  if (alert === 'ended' && (group === undefined || group.toldPlaces === 0)) {
    return { atMs: undefined, what: 'nothing: it has ended, and nobody is owed word of that' };
  }
  // A silence and an inhibition do not hold back that it ended; time intervals do.
  if (alert !== 'ended' && silencedUntilMs !== undefined) {
    const what = `silenced until ${timeOf(silencedUntilMs, standing)}; if it fires then, the next message tells it`;
    return { atMs: silencedUntilMs, what };
  }
  if (alert !== 'ended' && inhibitedBy !== undefined) {
    return { atMs: undefined, what: `nothing while ${inhibitedBy} fires: it inhibits this alert` };
  }
  if (muted !== undefined) return untilUnmuted(muted, standing);
  if (alert === 'ended') return message(group?.dueMs, standing, 'says that it has ended');
  if (group === undefined) return firstOfGroup(standing);
  if (group.toldPlaces >= places) return repetition(group, standing);
  if (!group.hasTicked) {
    return message(group.dueMs, standing, `is the first, after group_wait of ${formatDuration(route.groupWaitMs)}`);
  }
  return message(
    group.dueMs,
    standing,
    `tells it, unless one under way does before; there is one each group_interval of ${formatDuration(route.groupIntervalMs)}`,
  );
}

function untilUnmuted({ by, untilMs }: NonNullable<Standing['muted']>, standing: Standing): Next {
  const names = by.length === 1 ? `the time interval ${by[0]} mutes it` : `the time intervals ${by.join(', ')} mute it`;
  if (untilMs === undefined) return { atMs: undefined, what: `nothing in the next 400 days: ${names}` };
  return { atMs: untilMs, what: `nothing until ${timeOf(untilMs, standing)}: ${names}` };
}

function firstOfGroup({ nowMs, route, alert }: Standing): Next {
  const wait = formatDuration(route.groupWaitMs);
  const what = `a message after group_wait of ${wait}: it begins a new group`;
  return alert === 'firing'
    ? { atMs: nowMs + route.groupWaitMs, what }
    : { atMs: undefined, what: `if it fired now, ${what}` };
}

/** Nothing is said before the repetition unless something changes; that is at a tick, as all messages are. */
function repetition({ dueMs, toldAtMs }: StandingGroup, standing: Standing): Next {
  const { repeatIntervalMs, groupIntervalMs } = standing.route;
  const earliestMs = (toldAtMs ?? dueMs) + repeatIntervalMs;
  const ticks = Math.max(0, Math.ceil((earliestMs - TICK_TOLERANCE_MS - dueMs) / groupIntervalMs));
  const atMs = dueMs + ticks * groupIntervalMs;
  const every = formatDuration(repeatIntervalMs);
  const what = `told; a repetition at ${timeOf(atMs, standing)} if nothing changes, after repeat_interval of ${every}`;
  return { atMs, what: `${what}; a change is told at ${timeOf(dueMs, standing)}` };
}

/** Ticks of peers are known only to within the time that word of them takes. */
const TICK_TOLERANCE_MS = 1_000;

function message(atMs: number | undefined, standing: Standing, what: string): Next {
  const when = atMs === undefined ? 'soon' : atMs <= standing.nowMs ? 'now' : `at ${timeOf(atMs, standing)}`;
  return { atMs, what: `a message ${when} ${what}` };
}

/** `12:00:30 UTC`; with the date if that is another day. */
function timeOf(ms: number, { nowMs }: Pick<Standing, 'nowMs'>): string {
  const text = new Date(ms).toISOString();
  const [day = '', time = ''] = text.split('T');
  return `${new Date(nowMs).toISOString().startsWith(day) ? '' : `${day} `}${time.slice(0, 8)} UTC`;
}
