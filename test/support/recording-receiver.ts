/** A receiver that remembers what it was told and when, and behaves as badly as a story wants. */
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

export class RecordingReceiver implements Receiver {
  readonly integration = 'webhook';
  readonly attemptTimeoutMs = 10_000;
  readonly sendResolved: boolean;
  readonly destination: string;
  readonly told: ToldMessage[] = [];
  /** Also those that did not arrive. */
  attempts = 0;
  behaviour: Behaviour = { kind: 'take' };
  readonly #system: System;

  constructor(system: System, options: { sendResolved: boolean; destination: string }) {
    this.#system = system;
    this.sendResolved = options.sendResolved;
    this.destination = options.destination;
  }

  async send(notification: Notification, { signal }: { signal: AbortSignal }): Promise<Outcome> {
    this.attempts++;
    const behaviour = this.behaviour;
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
