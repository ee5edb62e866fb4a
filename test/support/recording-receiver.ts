/**
 * The other side of a receiver, in two parts: a place, somebody else's machine, which remembers what it was told and when
 * and behaves as badly as a story wants; and the receiver a configuration makes to reach it.
 */
import type { Outcome, Receiver } from '../../receivers/receiver.ts';
import type { Notification } from '../../src/model/notification.ts';
import { type System, sleep } from '../../src/system.ts';

/** What the other side does with the next messages. */
export type Behaviour =
  | { readonly kind: 'take' }
  | { readonly kind: 'take slowly'; readonly afterMs: number }
  /** Surely not delivered. */
  | { readonly kind: 'refuse'; readonly retryable: boolean; readonly retryAfterMs?: number }
  /** Delivered, but the answer is lost. */
  | { readonly kind: 'lose the answer' }
  /** Neither delivered nor answered, not even when told to give up. */
  | { readonly kind: 'hang' };

export interface ToldMessage {
  readonly atMs: number;
  readonly notification: Notification;
}

export class ToldPlace {
  readonly told: ToldMessage[] = [];
  /** When each attempt began, also those that did not arrive. */
  readonly attemptsAtMs: number[] = [];
  behaviour: Behaviour = { kind: 'take' };
  /** For the next attempts, one each, before `behaviour`. */
  readonly next: Behaviour[] = [];
  readonly #system: System;

  constructor(system: System) {
    this.#system = system;
  }

  get attempts(): number {
    return this.attemptsAtMs.length;
  }

  async hear(notification: Notification, signal: AbortSignal): Promise<Outcome> {
    this.attemptsAtMs.push(this.#system.now().monotonicMs);
    const behaviour = this.next.shift() ?? this.behaviour;
    switch (behaviour.kind) {
      case 'take slowly':
        try {
          await sleep(this.#system, behaviour.afterMs, signal);
        } catch {
          return { kind: 'unknown', reason: 'contextDeadlineExceeded', message: 'no answer in time' };
        }
        break;
      case 'refuse':
        return {
          ...behaviour,
          kind: 'refused',
          reason: behaviour.retryable ? 'serverError' : 'clientError',
          message: 'refused',
        };
      case 'hang':
        return new Promise(() => {});
      case 'lose the answer':
        this.#take(notification);
        return { kind: 'unknown', reason: 'other', message: 'connection reset' };
    }
    this.#take(notification);
    return { kind: 'sent' };
  }

  #take(notification: Notification): void {
    this.told.push({ atMs: this.#system.now().monotonicMs, notification });
  }
}

export class RecordingReceiver implements Receiver {
  readonly integration = 'webhook';
  readonly attemptTimeoutMs: number;
  readonly sendResolved: boolean;
  readonly destination: string;
  readonly #place: ToldPlace;
  #isClosed = false;

  constructor(place: ToldPlace, options: { sendResolved: boolean; destination: string; attemptTimeoutMs?: number }) {
    this.#place = place;
    this.sendResolved = options.sendResolved;
    this.destination = options.destination;
    this.attemptTimeoutMs = options.attemptTimeoutMs || 10_000;
  }

  async send(notification: Notification, { signal }: { signal: AbortSignal }): Promise<Outcome> {
    // As every receiver with connections does.
    if (this.#isClosed)
      return { kind: 'refused', retryable: true, reason: 'other', message: 'the receiver was closed' };
    return this.#place.hear(notification, signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }
}
