/**
 * The other side of a receiver, shared by all nodes: somebody else's machine, which takes, refuses, keeps waiting or loses
 * its answers, and in whose mailbox it can be read who told what and when.
 */
import type { Outcome, Receiver } from '../../receivers/receiver.ts';
import { type Labels, labelValue } from '../../src/model/labels.ts';
import type { Notification } from '../../src/model/notification.ts';
import type { System } from '../../src/system.ts';
import type { History } from './history.ts';
import { type NodeProcess, never } from './node-process.ts';
import { DEFAULT_ATTEMPT_TIMEOUT_MS } from './ring-plan.ts';
import type { AttemptHappening } from './world-event.ts';

export type PlaceBehaviour =
  /** A request that was written is taken, also if whoever sent it has given up or died meanwhile. */
  | { readonly kind: 'takes'; readonly afterMs?: number }
  /** Surely not delivered. */
  | { readonly kind: 'refuses'; readonly retryable: boolean; readonly retryAfterMs?: number }
  /** Taken at once, but the connection breaks after a while, or nothing is ever heard of it. */
  | { readonly kind: 'loses the answer'; readonly breaksAfterMs?: number }
  /** Neither taken nor answered. */
  | { readonly kind: 'hangs' };

export interface Message extends AttemptHappening {
  /** When it was taken; undefined if it was not. */
  toldAtMs: number | undefined;
}

export class Place {
  readonly name: string;
  /** Every attempt so far. */
  readonly messages: Message[] = [];
  /** For the next attempts, one each, before the behaviour set. */
  readonly next: PlaceBehaviour[] = [];
  readonly #world: PlaceWorld;
  #behaviour: PlaceBehaviour = { kind: 'takes' };

  constructor(world: PlaceWorld, name: string) {
    this.#world = world;
    this.name = name;
  }

  set behaviour(behaviour: PlaceBehaviour) {
    this.#behaviour = behaviour;
    const { kind, ...how } = behaviour;
    const text = Object.entries(how).map(([name, value]) => ` ${name} ${value}`);
    const takesAfterMs = behaviour.kind === 'takes' ? (behaviour.afterMs ?? 0) : Number.POSITIVE_INFINITY;
    this.#world.history.add({
      what: 'behaves',
      place: this.name,
      how: kind + text.join(','),
      works: takesAfterMs < DEFAULT_ATTEMPT_TIMEOUT_MS,
      isPrompt: takesAfterMs === 0,
    });
  }

  get told(): readonly Message[] {
    return this.messages.filter(({ toldAtMs }) => toldAtMs !== undefined);
  }

  /** One attempt of a process to tell it. */
  hear(process: NodeProcess, { node, notification, signal }: Attempt): Promise<Outcome> {
    const behaviour = this.next.shift() ?? this.#behaviour;
    let message: Message | undefined;
    const lives = process.does('message', () => {
      message = this.#receive(this.#messageOf(process, node, notification), behaviour);
    });
    return message && lives ? this.#answer(process, { behaviour, message, signal }) : never<Outcome>();
  }

  #receive(message: Message, behaviour: PlaceBehaviour): Message {
    this.messages.push(message);
    this.#world.history.add(happening(message));
    const takesAfterMs = behaviour.kind === 'takes' ? (behaviour.afterMs ?? 0) : 0;
    if (takesAfterMs > 0) this.#world.system.setTimer(takesAfterMs, () => this.#take(message));
    else if (behaviour.kind === 'takes' || behaviour.kind === 'loses the answer') this.#take(message);
    return message;
  }

  #answer(
    process: NodeProcess,
    { behaviour, message, signal }: { behaviour: PlaceBehaviour; message: Message; signal: AbortSignal },
  ): Promise<Outcome> {
    const { history, system } = this.#world;
    return new Promise((resolve) => {
      let isOver = false;
      const hears = (outcome: Outcome) => {
        if (isOver) return;
        isOver = true;
        signal.removeEventListener('abort', givesUp);
        history.add({ what: 'answers', place: this.name, attempt: message.attempt, outcome: outcome.kind });
        resolve(outcome);
      };
      const givesUp = () => hears({ kind: 'unknown', reason: 'contextDeadlineExceeded', message: 'no answer in time' });
      signal.addEventListener('abort', givesUp, { once: true });
      const answer = answerOf(behaviour);
      if (!answer) return;
      const arrives = () => process.hear(() => hears(answer.outcome));
      if (answer.afterMs > 0) system.setTimer(answer.afterMs, arrives);
      else arrives();
    });
  }

  #take(message: Message): void {
    message.toldAtMs = this.#world.nowMs();
    this.#world.history.add({ what: 'is told', place: this.name, attempt: message.attempt });
  }

  /** A notification knows its tick by a wall clock: its node's own, or the cluster's, which is nearly the world's. */
  #tickAgeMs(process: NodeProcess, tickWallMs: number): number {
    const ages = [process.system, this.#world.system].map((system) => system.now().wallMs - tickWallMs);
    return ages.reduce((one, other) => (Math.abs(other) < Math.abs(one) ? other : one));
  }

  #messageOf(process: NodeProcess, node: string, notification: Notification): Message {
    const { groupKey, reason, alerts, nowMs } = notification;
    return {
      what: 'attempts',
      attempt: this.#world.nextAttempt(),
      node,
      place: this.name,
      groupKey,
      reason,
      tickMs: this.#world.nowMs() - this.#tickAgeMs(process, nowMs),
      alerts: alerts.map(({ labels, status }) => ({ alert: alertText(labels), status })),
      toldAtMs: undefined,
    };
  }
}

/** What a place needs of its world. */
export interface PlaceWorld {
  readonly system: System;
  readonly history: History;
  /** Since the world began. */
  nowMs(): number;
  nextAttempt(): number;
}

interface Attempt {
  readonly node: string;
  readonly notification: Notification;
  readonly signal: AbortSignal;
}

/** The receiver a node's configuration makes, to reach a place. */
export class PlaceReceiver implements Receiver {
  readonly integration = 'webhook';
  readonly sendResolved: boolean;
  readonly destination: string;
  readonly attemptTimeoutMs: number;
  readonly #place: Place;
  readonly #from: { readonly process: NodeProcess; readonly node: string };
  #isClosed = false;

  constructor(
    dependencies: { place: Place; process: NodeProcess; node: string },
    options: { sendResolved: boolean; destination: string; timeoutMs: number },
  ) {
    this.#place = dependencies.place;
    this.#from = dependencies;
    this.sendResolved = options.sendResolved;
    this.destination = options.destination;
    this.attemptTimeoutMs = options.timeoutMs || DEFAULT_ATTEMPT_TIMEOUT_MS;
  }

  async send(notification: Notification, { signal }: { signal: AbortSignal }): Promise<Outcome> {
    if (this.#isClosed)
      return { kind: 'refused', retryable: true, reason: 'other', message: 'the receiver was closed' };
    const { process, node } = this.#from;
    return this.#place.hear(process, { node, notification, signal });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }
}

/** `alertname/instance`, or the name alone. */
export function alertText(labels: Labels): string {
  const instance = labelValue(labels, 'instance');
  const name = labelValue(labels, 'alertname');
  return instance === '' ? name : `${name}/${instance}`;
}

function answerOf(behaviour: PlaceBehaviour): { readonly outcome: Outcome; readonly afterMs: number } | undefined {
  switch (behaviour.kind) {
    case 'takes':
      return { outcome: { kind: 'sent' }, afterMs: behaviour.afterMs ?? 0 };
    case 'refuses': {
      const { retryable, retryAfterMs } = behaviour;
      const reason = retryable ? 'serverError' : 'clientError';
      const outcome: Outcome = { kind: 'refused', retryable, reason, message: 'refused' };
      return { outcome: retryAfterMs === undefined ? outcome : { ...outcome, retryAfterMs }, afterMs: 0 };
    }
    case 'loses the answer':
      return behaviour.breaksAfterMs === undefined
        ? undefined
        : {
            outcome: { kind: 'unknown', reason: 'other', message: 'connection reset' },
            afterMs: behaviour.breaksAfterMs,
          };
    case 'hangs':
      return undefined;
  }
}

function happening({ toldAtMs: _, ...attempt }: Message): AttemptHappening {
  return attempt;
}
