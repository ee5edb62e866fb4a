/**
 * THE PIPELINE. What happens to a flush, in order:
 *
 *   inhibition → time intervals → silences → for each receiver, independently: turn → decide → deliver → record
 *
 * The first three are pure stages, listed below; the last four are tell.ts. Receivers run side by side, each in a lane of
 * its own per group: a slow or broken one delays no other, and a tick that finds the lane busy waits there, the newest
 * replacing an older one still waiting.
 */
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.ts';
import type { Alert } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { Notification } from '../model/notification.ts';
import type { Now } from '../model/now.ts';
import type { TimeInterval } from '../model/time-interval.ts';
import type { NotificationLog } from '../state/notification-log.ts';
import { deadline, type System } from '../system.ts';
import { buildNotification } from './build-notification.ts';
import { type Flush, isStop, type Stage, type Stop } from './flush.ts';
import { type Mute, muteStage, type OnSuppressed, rerun, timeIntervalStage } from './mute.ts';
import { type ReceiverTarget, type TellDependencies, tell } from './tell.ts';
import type { TakeTurn } from './turn.ts';

/** A flush has at least this long to be delivered, however short the group_interval (Alertmanager's rule). */
const SHORTEST_FLUSH_DEADLINE_MS = 10_000;

export interface PipelineDependencies {
  readonly system: System;
  readonly logger: Logger;
  readonly metrics: TellDependencies['metrics'] & Pick<Metrics, 'notificationsSuppressedTotal'>;
  readonly log: NotificationLog;
  readonly inhibitedBy: (alert: Alert, now: Now) => string | undefined;
  readonly silencedBy: (alert: Alert, now: Now) => readonly string[];
  /** The alert as it is known by now. */
  readonly currentAlert: (fingerprint: string) => Alert | undefined;
  readonly takeTurn: TakeTurn;
  readonly onFailure?: NonNullable<TellDependencies['onFailure']>;
  /** Once a flush: what its alerts were held back for, [] if none was. Must not throw and must not wait. */
  readonly onMutes?: ((flush: Flush, mutes: readonly Mute[]) => void) | undefined;
  readonly onAttempt?: TellDependencies['onAttempt'];
}

/** What a configuration decides; replaced as a whole on reload. */
export interface PipelineConfig {
  readonly targets: ReadonlyMap<string, readonly ReceiverTarget[]>;
  readonly timeIntervals: ReadonlyMap<string, readonly TimeInterval[]>;
  /** Asked at each send: the port may be known only after listening. Without trailing slash. */
  readonly externalURL: () => string;
  readonly renderRouteLabels: (labels: Labels, notification: Notification) => Labels;
}

type MutedBy = (alert: Alert, now: Now) => readonly string[];

const NOTHING: readonly string[] = [];

interface Lane {
  readonly done: Promise<void>;
  next: { readonly flush: Flush; readonly finished: () => void } | undefined;
}

export class Pipeline {
  readonly #dependencies: PipelineDependencies;
  readonly #lanes = new Map<string, Lane>();
  readonly #stopping = new AbortController();
  readonly #ending = new AbortController();
  #config: PipelineConfig;
  /** Of the flush that runs through the stages. */
  #mutes: Mute[] = [];
  #stages: readonly Stage[];
  /** The same, for looking again: what they hold back is not counted twice. */
  #silentStages: readonly Stage[];

  constructor(dependencies: PipelineDependencies, config: PipelineConfig) {
    this.#dependencies = dependencies;
    this.#config = config;
    [this.#stages, this.#silentStages] = this.#buildStages();
  }

  /** An attempt under way ends with the configuration it began with; the next one takes this. */
  useConfig(config: PipelineConfig): void {
    this.#config = config;
    [this.#stages, this.#silentStages] = this.#buildStages();
  }

  /** The integrations of a receiver, in the configuration's order. */
  targets(receiver: string): readonly ReceiverTarget[] {
    return this.#config.targets.get(receiver) ?? [];
  }

  /**
   * Runs a flush. Resolves when every receiver is done with it, or it was stopped for all of them; never rejects.
   * `onReceiverDone` is called after each.
   */
  async run(flush: Flush, onReceiverDone: () => void): Promise<void> {
    this.#mutes = [];
    const left = rerun(this.#stages, flush);
    this.#dependencies.onMutes?.(flush, this.#mutes);
    if (isStop(left)) {
      this.#dependencies.logger.debug({ groupKey: flush.groupKey, ...left }, 'Flush stopped');
      return onReceiverDone();
    }
    const targets = this.targets(flush.route.receiver);
    // A receiver without integrations is a way to tell nobody.
    if (targets.length === 0) return onReceiverDone();
    await Promise.all(targets.map((target) => this.#inLane(target, left).then(onReceiverDone)));
  }

  /** Lets attempts under way end, begins no further ones, and after `drainMs` aborts what is left. */
  async stop(drainMs: number): Promise<void> {
    this.#stopping.abort(new Error('the node stops'));
    const drained = Promise.all([...this.#lanes.values()].map(({ done }) => done));
    const timer = this.#dependencies.system.setTimer(drainMs, () => this.#ending.abort(new Error('the node stops')));
    await drained;
    timer.cancel();
  }

  #buildStages(): [readonly Stage[], readonly Stage[]] {
    const { inhibitedBy, silencedBy, metrics } = this.#dependencies;
    const { timeIntervals } = this.#config;
    const stages = (onSuppressed: OnSuppressed): readonly Stage[] => [
      muteStage(
        'inhibition',
        this.#orNot((alert, now) => {
          const by = inhibitedBy(alert, now);
          return by === undefined ? NOTHING : [by];
        }),
        onSuppressed,
      ),
      timeIntervalStage(timeIntervals, onSuppressed),
      muteStage(
        'silence',
        this.#orNot((alert, now) => silencedBy(alert, now)),
        onSuppressed,
      ),
    ];
    const count = (mute: Mute) => {
      metrics.notificationsSuppressedTotal.inc({ reason: mute.reason }, mute.alerts.length);
      this.#mutes.push(mute);
    };
    return [stages(count), stages(() => {})];
  }

  /** A mute that cannot be evaluated does not mute: rather a page too many than none. */
  #orNot(mutedBy: MutedBy): MutedBy {
    return (alert, now) => {
      try {
        return mutedBy(alert, now);
      } catch (cause) {
        this.#dependencies.logger.error(
          { err: cause, alert: alert.fingerprint },
          'A mute could not be evaluated; the alert is told',
        );
        return NOTHING;
      }
    };
  }

  #inLane(target: ReceiverTarget, flush: Flush): Promise<void> {
    const key = `${flush.groupKey}\u0000${target.key}`;
    const busy = this.#lanes.get(key);
    if (busy) {
      busy.next?.finished();
      return new Promise((finished) => {
        busy.next = { flush, finished };
      });
    }
    const done = this.#tell(target, flush).finally(() => {
      const next = this.#lanes.get(key)?.next;
      this.#lanes.delete(key);
      if (next) void this.#inLane(target, next.flush).then(next.finished);
    });
    this.#lanes.set(key, { done, next: undefined });
    return done;
  }

  async #tell(target: ReceiverTarget, flush: Flush): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const { system, logger } = this.#dependencies;
    const leftMs =
      flush.now.monotonicMs +
      Math.max(flush.route.groupIntervalMs, SHORTEST_FLUSH_DEADLINE_MS) -
      system.now().monotonicMs;
    using limit = deadline(system, Math.max(leftMs, SHORTEST_FLUSH_DEADLINE_MS), this.#ending.signal);
    try {
      await tell(this.#tellDependencies(), target, {
        flush,
        signals: { deadline: limit.signal, stopping: this.#stopping.signal },
      });
    } catch (cause) {
      // A bug in one lane may not stop the others, nor the group's next tick.
      logger.error(
        { err: cause, receiver: target.name, groupKey: flush.groupKey },
        'Notification broke off; the group tries again at its next tick',
      );
    }
  }

  #tellDependencies(): TellDependencies {
    return {
      ...this.#dependencies,
      currentTarget: ({ name, key }) => this.targets(name).find((target) => target.key === key),
      remute: (flush: Flush): Flush | Stop => rerun(this.#silentStages, flush),
      buildNotification: (flush, alerts, reason) => {
        const { externalURL, renderRouteLabels } = this.#config;
        const notification = buildNotification(flush, { alerts, reason, externalURL: externalURL() });
        return { ...notification, routeLabels: renderRouteLabels(flush.route.labels, notification) };
      },
    };
  }
}
