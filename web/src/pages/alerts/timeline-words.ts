/**
 * What happened to one alert or group, as its own page tells it: the page says which alert it is, so the words need not.
 * Everything is text, and links lead only to pages of this UI.
 */
import type { HappenedEvent } from '../../../../src/shapes/events.ts';

/** Shown as a shape as well as a colour. */
export type TimelineTone = 'fires' | 'good' | 'bad' | 'held' | 'quiet';

export interface TimelineLink {
  readonly text: string;
  readonly path: string;
}

export interface TimelineWords {
  readonly tone: TimelineTone;
  readonly title: string;
  /** Why, or what exactly; empty if the title says it all. */
  readonly detail: string;
  readonly links: readonly TimelineLink[];
}

/** How an instant is said to the reader: in their zone, and short. */
export type SaidInstant = (instant: string) => string;

/** What the channels of a receiver are called, by its name and in its order. */
export type ReceiverPlaces = ReadonlyMap<string, readonly string[]>;

/** Undefined for what concerns no alert or group in particular. */
export function timelineWords(
  event: HappenedEvent,
  said: SaidInstant,
  places: ReceiverPlaces = new Map(),
): TimelineWords | undefined {
  switch (event.kind) {
    case 'alert':
      return {
        tone: event.change === 'ended' ? 'good' : 'fires',
        title: { new: 'Began to fire', 'firing again': 'Fires again', ended: 'Resolved' }[event.change],
        detail: event.from === '' ? '' : `heard from ${event.from}`,
        links: [],
      };
    case 'group':
      return {
        tone: 'quiet',
        title: event.change === 'begun' ? `Grouped for ${event.receiver}` : `Group for ${event.receiver} ended`,
        detail: event.firstFlushAt === null ? '' : `first told ${said(event.firstFlushAt)} at the latest`,
        links: [{ text: 'the group', path: `/groups/${encodeURIComponent(event.groupId)}` }],
      };
    case 'mute':
      return {
        tone: 'held',
        title: `Not told to ${event.receiver}: ${MUTED[event.reason]}`,
        detail: event.reason.endsWith('interval') ? event.by.join(', ') : moreWords(event.by),
        links: mutingLinks(event.reason, event.by),
      };
    case 'turn':
      return {
        tone: 'quiet',
        title: `${event.node} ${TURNS[event.decision]} to ${event.receiver} by ${event.integration}`,
        detail: event.reason,
        links: [],
      };
    case 'notification':
      return notificationWords(event, places);
    case 'silence':
      return {
        tone: 'held',
        title: `Silence ${event.change}${event.by === '' ? '' : ` by ${event.by}`}`,
        detail: [event.comment, event.change === 'ended' ? '' : `until ${said(event.endsAt)}`]
          .filter(Boolean)
          .join(', '),
        links: [{ text: 'the silence', path: `/silences/${encodeURIComponent(event.silenceId)}` }],
      };
    case 'gap':
      return {
        tone: 'quiet',
        title: `${event.events} ${event.events === 1 ? 'event was' : 'events were'} not kept on ${event.node}`,
        detail: event.message,
        links: [],
      };
    default:
      return undefined;
  }
}

const MUTED = {
  inhibition: 'another alert inhibits it',
  silence: 'silenced',
  mute_time_interval: 'muted at this time',
  active_time_interval: 'not active at this time',
} as const;

const TURNS = {
  waits: 'waits before it tells',
  asks: 'asks its peers before it tells',
  'leaves it': 'leaves it to another peer to tell',
} as const;

const MOST_LINKS = 4;

function mutingLinks(reason: keyof typeof MUTED, by: readonly string[]): TimelineLink[] {
  if (reason !== 'silence' && reason !== 'inhibition') return [];
  const [word, place] = reason === 'silence' ? ['silence', '/silences'] : ['alert', '/alerts'];
  return by
    .slice(0, MOST_LINKS)
    .map((id) => ({ text: `${word} ${id.slice(0, 8)}`, path: `${place}/${encodeURIComponent(id)}` }));
}

function moreWords(by: readonly string[]): string {
  return by.length > MOST_LINKS ? `and ${by.length - MOST_LINKS} more` : '';
}

type NotificationEvent = Extract<HappenedEvent, { kind: 'notification' }>;

function notificationWords(event: NotificationEvent, places: ReceiverPlaces): TimelineWords {
  const place = places.get(event.receiver)?.[event.index] ?? event.integration;
  const where = `${event.receiver} by ${place}`;
  const counts = [
    event.firing > 0 ? `${event.firing} firing` : '',
    event.resolved > 0 ? `${event.resolved} resolved` : '',
  ].filter(Boolean);
  const next = event.willRetry ? 'it is tried again' : 'it is not tried again';
  const attempt = event.attempt > 1 ? `attempt ${event.attempt}` : '';
  const took = `took ${tookWords(event.durationMs)}`;
  const details = (...parts: readonly string[]) => parts.filter(Boolean).join(' · ');
  switch (event.outcome) {
    case 'sent':
      return {
        tone: 'good',
        title: `${event.node} told ${where}`,
        detail: details(event.reason, counts.join(', '), attempt, took),
        links: [],
      };
    case 'refused':
      return {
        tone: 'bad',
        title: `${event.node} could not tell ${where}`,
        detail: details(event.message, next, attempt, took),
        links: [],
      };
    case 'unknown':
      return {
        tone: 'bad',
        title: `${event.node} may have told ${where}; the answer was lost`,
        detail: details(event.message, next, attempt, took),
        links: [],
      };
  }
}

function tookWords(durationMs: number): string {
  return durationMs < 1000 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1000).toFixed(1)} s`;
}
