/**
 * Everything that happens in a world, as plain values: what the trace prints, one line an event, and what the promises are
 * judged by. Instants are milliseconds since the world began, on the world's own clock, which no node can read.
 */
import type { NotificationReason } from '../../src/model/notification.ts';

/** An alert by its text, `Down/a`: alertname, and instance if it has one. */
export type AlertText = string;

export interface ListedAlert {
  readonly alert: AlertText;
  readonly status: 'firing' | 'resolved';
}

/** What a process starts with. What an old copy knows, it knew when it was made. */
export type DiskFound = 'its own disk' | 'an empty disk' | 'an old copy of its disk';

export type Happening =
  | { readonly what: 'starts'; readonly node: string; readonly with: DiskFound }
  | { readonly what: 'is ready'; readonly node: string }
  /** Killed: its links close, which the others see. Vanished: nobody is told, and what was not synced is lost. */
  | { readonly what: 'is killed' | 'vanishes'; readonly node: string; readonly why: string }
  | { readonly what: 'is told to stop' | 'has stopped' | 'is frozen' | 'is thawed'; readonly node: string }
  | { readonly what: 'clock is set'; readonly node: string; readonly byMs: number }
  | { readonly what: 'reloads'; readonly node: string; readonly ok: boolean }
  | { readonly what: 'disk'; readonly node: string; readonly does: string; readonly works: boolean }
  /** The truth, which checkers notice at their next evaluation. */
  | { readonly what: 'begins'; readonly alert: AlertText; readonly labels: Readonly<Record<string, string>> }
  | { readonly what: 'ends'; readonly alert: AlertText }
  | PostHappening
  | AttemptHappening
  /** The place has it: whoever looks there has read it. */
  | { readonly what: 'is told'; readonly place: string; readonly attempt: number }
  /** What the node heard of its attempt. An attempt whose node heard nothing has no such event. */
  | {
      readonly what: 'answers';
      readonly place: string;
      readonly attempt: number;
      readonly outcome: 'sent' | 'refused' | 'unknown';
    }
  | {
      readonly what: 'behaves';
      readonly place: string;
      readonly how: string;
      /** Whoever tells it now has told it, and knows, before an attempt's deadline. */
      readonly works: boolean;
      /** It works and answers at once. */
      readonly isPrompt: boolean;
    }
  | { readonly what: 'are linked'; readonly between: readonly [string, string] }
  /** A fault between two nodes, in either direction or both; undefined if there is none any more. */
  | { readonly what: 'link'; readonly between: readonly [string, string]; readonly fault: string | undefined }
  /** Whoever asked and got no answer does not know what came of it. */
  | {
      readonly what: 'is asked to silence';
      readonly node: string;
      readonly matchers: Readonly<Record<string, string>>;
      readonly untilMs: number;
    }
  | { readonly what: 'is silenced'; readonly node: string; readonly id: string; readonly untilMs: number }
  | { readonly what: 'is asked to expire' | 'has expired'; readonly node: string; readonly id: string }
  /** What a node's API shows: alerts that fire, and silences that are in force. */
  | {
      readonly what: 'shows';
      readonly node: string;
      readonly alerts: readonly AlertText[];
      readonly silences: readonly string[];
    };

export interface PostHappening {
  readonly what: 'posts';
  readonly checker: string;
  readonly node: string;
  readonly sentAtMs: number;
  /** Until when what fires is to be taken for firing if nobody says more. */
  readonly goodUntilMs: number;
  readonly firing: readonly AlertText[];
  readonly resolved: readonly AlertText[];
  readonly answer: 'taken' | 'refused' | 'no answer';
}

export interface AttemptHappening {
  readonly what: 'attempts';
  /** Counted from 1. */
  readonly attempt: number;
  readonly node: string;
  readonly place: string;
  readonly groupKey: string;
  readonly reason: NotificationReason;
  /** Of the tick it is about. */
  readonly tickMs: number;
  readonly alerts: readonly ListedAlert[];
}

export type WorldEvent = { readonly atMs: number } & Happening;

/** One line, the same for the same event. */
export function eventText(event: WorldEvent): string {
  return `${event.atMs.toFixed(3).padStart(12)} ${happeningText(event)}`;
}

function happeningText(event: Happening): string {
  switch (event.what) {
    case 'starts':
      return `${event.node} starts with ${event.with}`;
    case 'is killed':
    case 'vanishes':
      return `${event.node} ${event.what}: ${event.why}`;
    case 'is ready':
    case 'is told to stop':
    case 'has stopped':
    case 'is frozen':
    case 'is thawed':
      return `${event.node} ${event.what}`;
    case 'clock is set':
      return `${event.node} clock is set by ${event.byMs} ms`;
    case 'reloads':
      return `${event.node} reloads: ${event.ok ? 'in force' : 'refused'}`;
    case 'disk':
      return `${event.node} disk ${event.does}`;
    case 'begins':
    case 'ends':
      return `${event.alert} ${event.what}`;
    case 'posts': {
      const { checker, node, sentAtMs, firing, resolved, answer } = event;
      const said = [...firing.map((alert) => `${alert} firing`), ...resolved.map((alert) => `${alert} resolved`)];
      return `${checker} posted to ${node} at ${sentAtMs.toFixed(3)}: ${said.join(', ')}: ${answer}`;
    }
    case 'attempts':
      return `${event.node} #${event.attempt} to ${event.place}: ${messageText(event)} (tick ${event.tickMs.toFixed(0)})`;
    case 'is told':
      return `${event.place} is told #${event.attempt}`;
    case 'answers':
      return `${event.place} answers #${event.attempt}: ${event.outcome}`;
    case 'behaves':
      return `${event.place} behaves: ${event.how}`;
    case 'are linked':
      return `${event.between.join('–')} are linked`;
    case 'link':
      return `${event.between.join('–')} ${event.fault ?? 'healthy'}`;
    case 'is asked to silence':
      return `${event.node} is asked to silence ${JSON.stringify(event.matchers)} until ${event.untilMs.toFixed(0)}`;
    case 'is silenced':
      return `${event.node} has made the silence ${event.id}`;
    case 'is asked to expire':
    case 'has expired':
      return `${event.node} ${event.what} ${event.id}`;
    case 'shows':
      return `${event.node} shows ${[...event.alerts, ...event.silences].join(', ') || 'nothing'}`;
  }
}

/** `reason: Down/a firing, Down/b resolved` */
export function messageText({ reason, alerts }: Pick<AttemptHappening, 'reason' | 'alerts'>): string {
  const listed = alerts.map(({ alert, status }) => `${alert} ${status}`).sort();
  return `${reason}: ${listed.join(', ')}`;
}
