/**
 * What happens on this node, told to those who watch and to those who keep: puts the parts of src/history/ together and says
 * which part tells them what. Whatever goes wrong in here harms nobody: nothing decides on events.
 */
import type { Logger } from 'pino';
import type { Cluster } from '../cluster/cluster.ts';
import type { MemberChange } from '../cluster/member-changes.ts';
import type { AlertStore } from './alerts/alert-store.ts';
import type { Inhibitor } from './alerts/inhibitor.ts';
import { SliceQueue } from './api/pacer.ts';
import type { Disturbance } from './clock-watch.ts';
import type { ConfigureResult } from './configure.ts';
import type { DispatcherDependencies } from './dispatch/dispatcher.ts';
import { version } from './flags.ts';
import { AlertNotes } from './history/alert-notes.ts';
import { CountNotes } from './history/count-notes.ts';
import { EventHub } from './history/event-hub.ts';
import { GroupNotes } from './history/group-notes.ts';
import { LiveFeed } from './history/live-feed.ts';
import type { MergedHistory } from './history/merged-history.ts';
import { SilenceNotes } from './history/silence-notes.ts';
import { KeptHistory, type KeptHistoryOptions } from './keep-history.ts';
import type { Now } from './model/now.ts';
import type { Pipeline, PipelineDependencies } from './notify/pipeline.ts';
import type { TurnDependencies } from './notify/take-turn.ts';
import type { NotificationLog } from './state/notification-log.ts';
import type { Silences, SilencesOptions } from './state/silences.ts';
import type { System } from './system.ts';

export interface NodeHistoryDependencies {
  /** This machine's. */
  readonly system: System;
  readonly logger: Logger;
  /** By the cluster's clock; not asked before something happens. */
  readonly now: () => Now;
  readonly targets: Pipeline['targets'];
  readonly cluster: () => Cluster | undefined;
}

export interface NodeHistoryOptions extends KeptHistoryOptions {
  readonly boot: string;
}

export interface WatchedParts {
  /** With the cluster's wall clock. */
  readonly system: System;
  readonly alerts: AlertStore;
  readonly silences: Silences;
  readonly log: NotificationLog;
  readonly inhibitor: Inhibitor;
}

export class NodeHistory {
  readonly feed: LiveFeed;
  readonly #logger: Logger;
  readonly #hub: EventHub;
  readonly #kept: KeptHistory;
  readonly #alertNotes: AlertNotes;
  readonly #groupNotes: GroupNotes;
  #silenceNotes: SilenceNotes | undefined;
  #countNotes: CountNotes | undefined;

  constructor(dependencies: NodeHistoryDependencies, options: NodeHistoryOptions) {
    const { system, logger, now, targets, cluster } = dependencies;
    this.#logger = logger;
    this.feed = new LiveFeed({ system, wallMs: () => now().wallMs }, { ...options, version });
    const hub = new EventHub({ system, logger, now }, options);
    hub.addTaker(this.feed);
    this.#kept = new KeptHistory({ system, logger, cluster, wallMs: () => now().wallMs }, options);
    hub.addTaker(this.#kept.recorder);
    this.#hub = hub;
    this.#alertNotes = new AlertNotes({ notes: hub, nameOf: (node) => cluster()?.membership.nameOf(node) });
    this.#groupNotes = new GroupNotes({ notes: hub, now, targets });
  }

  /** The record of the cluster. */
  get record(): MergedHistory {
    return this.#kept.merged;
  }

  /** Of what is kept; undefined while nothing can be. */
  get bytes(): number | undefined {
    return this.#kept.recorder.kept?.segments.bytes;
  }

  /** Before the cluster starts. Nobody waits for the disk. */
  open(): void {
    this.#kept.open();
  }

  /** Once alerts, silences and log are loaded: what was known before is no event. */
  watch({ system, alerts, silences, log, inhibitor }: WatchedParts): void {
    alerts.addWatcher(this.#alertNotes);
    log.onClaim(() => this.#hub.changed('notifications'));
    const queue = new SliceQueue(system);
    this.#silenceNotes = new SilenceNotes({ notes: this.#hub, system, silences: () => silences.values() });
    this.#countNotes = new CountNotes({
      notes: this.#hub,
      system,
      alerts: () => alerts.values(),
      isSuppressed: (alert) =>
        inhibitor.inhibitedBy(alert, system.now()) !== undefined || silences.silencedBy(alert, system.now()).length > 0,
      pace: (signal) => queue.pacer(signal),
    });
    this.#silenceNotes.start();
    this.#countNotes.start();
  }

  // --- what the parts tell ------------------------------------------------------------------------------------------

  readonly onGroup: NonNullable<DispatcherDependencies['onGroup']> = (group, change) =>
    this.#safely(() => this.#groupNotes.onGroup(group, change));

  readonly onMutes: NonNullable<PipelineDependencies['onMutes']> = (flush, mutes) =>
    this.#safely(() => this.#groupNotes.onMutes(flush, mutes));

  readonly onAttempt: NonNullable<PipelineDependencies['onAttempt']> = (attempt) =>
    this.#safely(() => this.#groupNotes.onAttempt(attempt));

  readonly onTurn: NonNullable<TurnDependencies['onDecision']> = ({ receiverKey }, decision, flush) =>
    this.#safely(() => this.#groupNotes.onTurn(flush, receiverKey, decision));

  readonly onSilenceChange: NonNullable<SilencesOptions['onChange']> = (silence, change) =>
    this.#safely(() => this.#silenceNotes?.onChange(silence, change));

  readonly onMemberChange = (change: MemberChange, name: string | undefined): void => {
    this.#hub.changed('cluster');
    if (change.change !== 'alive' && change.change !== 'dead') return;
    const { reason, node: member } = change;
    const said = change.change === 'alive' ? 'joined' : reason === 'left' ? 'left' : 'lost';
    if (reason === 'this node') return;
    this.#hub.note('member', () => ({ kind: 'member', change: said, member: name ?? member, reason }));
  };

  onConfiguration(result: ConfigureResult, message: string): void {
    this.#hub.note('configuration', () => ({
      kind: 'configuration',
      change: result.ok ? 'loaded' : 'refused',
      hash: result.ok ? result.configured.config.hash : '',
      message: message.slice(0, 10_000),
    }));
    this.#hub.changed('configuration', 'receivers', 'alerts');
  }

  onDisturbance(disturbance: Disturbance): void {
    const { kind } = disturbance;
    const ms = Math.round(kind === 'stall' ? disturbance.stalledMs : disturbance.jumpedMs);
    const message =
      kind === 'stall' ? `this process stood still for ${ms} ms` : `the wall clock was set by ${ms} ms at once`;
    this.#hub.note('node', () => ({ kind: 'node', change: kind === 'stall' ? 'stood still' : 'clock set', message }));
    this.#hub.changed('cluster');
  }

  onStarted(): void {
    this.#hub.note('node', () => ({ kind: 'node', change: 'started', message: `Tocsin ${version}` }));
    this.#hub.changed('cluster');
  }

  /** The first thing of a stop. */
  onStopping(): void {
    this.#hub.note('node', () => ({ kind: 'node', change: 'stopping', message: '' }));
  }

  // ------------------------------------------------------------------------------------------------------------------

  /** Nobody can watch any more; what happens until {@link stop} is kept all the same. */
  stopWatchers(): void {
    this.feed.stop();
  }

  async stop(): Promise<void> {
    this.#countNotes?.stop();
    this.#silenceNotes?.stop();
    this.#hub.stop();
    await this.#kept.stop();
  }

  #safely(note: () => void): void {
    try {
      note();
    } catch (cause) {
      this.#logger.warn({ err: cause }, 'An event could not be noted');
    }
  }
}
