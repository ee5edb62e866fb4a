/**
 * The contract of a receiver: it puts one notification in front of a human or a machine, once, and says what became of it.
 * A receiver never retries and never keeps time: the one retry loop is src/notify/tell.ts, and the deadlines are kept by src/notify/attempt.ts.
 */
import type { Notification } from '../src/model/notification.ts';

/** The labels of `alertmanager_notifications_failed_total{reason}`. */
export type FailureReason =
  | 'other'
  | 'clientError'
  | 'serverError'
  | 'authError'
  | 'rateLimited'
  | 'contextCanceled'
  | 'contextDeadlineExceeded';

/**
 * sent: the other side took it. refused: surely not delivered. unknown: the request was written, the answer was lost, so
 * it may or may not have been delivered. Messages carry no secrets: they go to logs and to the API.
 */
export type Outcome =
  | { readonly kind: 'sent' }
  | {
      readonly kind: 'refused';
      /** False if the same request would be refused again (a 4xx): the next tick tries again, not the retry loop. */
      readonly retryable: boolean;
      readonly reason: FailureReason;
      readonly message: string;
      /** The other side's own word on when to come back. */
      readonly retryAfterMs?: number;
    }
  | {
      readonly kind: 'unknown';
      readonly reason: FailureReason;
      readonly message: string;
      /** As above: some of several messages arrived, and the other side asked for a pause before the rest. */
      readonly retryAfterMs?: number;
    };

/**
 * Told line by line what is said (`> …`), what is answered (`< …`) and what else happens (`* …`). Lines hold no secrets; whoever
 * takes them bounds them.
 */
export type Trace = (line: string) => void;

export interface SendOptions {
  readonly signal: AbortSignal;
  /** For whoever tries the receiver out; a page has none. */
  readonly trace?: Trace | undefined;
}

export interface Receiver {
  /** `webhook`, `email` …: the integration label of metrics and logs. */
  readonly integration: string;
  readonly sendResolved: boolean;
  /**
   * Where it tells, in full; it is only ever hashed, to recognise the same destination after a reload or on a peer. So it is
   * the same wherever the configuration's hash is: of a file it has the name alone.
   */
  readonly destination: string;
  /** One attempt's deadline. */
  readonly attemptTimeoutMs: number;
  /**
   * One attempt. Resolves, whatever happens, soon after the signal aborts: refused if nothing was written yet, else
   * unknown. Rejects only on a programming error.
   */
  send(notification: Notification, options: SendOptions): Promise<Outcome>;
  /**
   * Called once the configuration is in force: begins to keep connections that should stand before the first message. A
   * receiver that was never started must be able to send all the same.
   */
  start?(): void;
  /** Ends connections kept for reuse. */
  close?(): Promise<void>;
}
