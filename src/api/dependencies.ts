/** What the HTTP API needs of the rest, declared here at the consumer; app.ts hands in the real parts. */
import type { Logger } from 'pino';
import type { Config, InhibitRule } from '../config/config.ts';
import type { Metrics } from '../metrics.ts';
import type { Alert } from '../model/alert.ts';
import type { HistoryQuery } from '../model/history-query.ts';
import type { Labels } from '../model/labels.ts';
import type { Now } from '../model/now.ts';
import type { Silence } from '../model/silence.ts';
import type { HistoryEntry } from '../shapes/history.ts';
import type { System } from '../system.ts';
import type { ClusterReport, Pace } from './cluster-report.ts';
import type { NodeStatus } from './node-status.ts';
import type { ReceiversReport } from './receivers-report.ts';
import type { ApiRoute, ApiRouting } from './routing-dependencies.ts';

export interface ApiAlerts {
  /**
   * Merges normalised, valid alerts. Resolves once the changes are on disk and a peer, if one lives, has them, or 250 ms
   * have passed; it never rejects because of the disk or the peers. The returned entries were not taken, each with what to do about it.
   */
  put(
    alerts: readonly Alert[],
    now: Now,
    options?: {
      /** Who posts, for the record. */
      readonly client?: string;
    },
  ): Promise<readonly { readonly alert: Alert; readonly message: string }[]>;
  /** Every alert in memory, also ended ones. */
  values(): Iterable<Alert>;
}

export interface ApiSilences {
  get(id: string): Silence | undefined;
  values(): Iterable<Silence>;
  /**
   * Creates (id '') or updates. Resolves with the id under which it now stands once it is on disk.
   * Throws SilenceError (state/silences.ts) with code NOT_FOUND, INVALID, TOO_MANY or TOO_LARGE.
   */
  set(silence: Omit<Silence, 'updatedAtMs'>, now: Now): Promise<string>;
  /** Throws SilenceError NOT_FOUND. Expiring an expired one is a success. */
  expire(id: string, now: Now): Promise<void>;
  /** Ids of the active silences that match. */
  silencedBy(alert: Alert, now: Now): readonly string[];
  /** Ids of all silences that match, whatever their state. Cheap: remembered per alert. */
  matching(alert: Alert): readonly string[];
}

export interface ApiInhibitor {
  /** Fingerprint of a firing alert that inhibits this one. */
  inhibitedBy(alert: Alert, now: Now): string | undefined;
}

export interface ApiGroup {
  readonly labels: Labels;
  readonly routeLabels: Labels;
  readonly receiver: string;
  /** Names of the time intervals that mute the group now; [] when none does. */
  readonly mutedBy: readonly string[];
  readonly fingerprints: Iterable<string>;
}

export interface ApiDispatcher {
  /** Receiver names of the routes an alert with these labels takes, in route order, duplicates kept. Cheap: cached per alert. */
  receiversOf(alert: Alert): readonly string[];
  groups(now: Now): Iterable<ApiGroup>;
}

/** One integration of a group's receiver. */
export interface ApiPlaceState {
  readonly integration: string;
  /** Among the integrations of the receiver. */
  readonly index: number;
  readonly state: 'not yet' | 'telling' | 'sent' | 'refused' | 'unknown';
  /** On the wall clock, as all instants here. */
  readonly atMs: number | undefined;
  /** Name of the node that said it. */
  readonly node: string | undefined;
  /** The last error this node had there; '' for none. */
  readonly message: string;
}

export interface ApiFiringGroup {
  /** The same on every node with the same routes. */
  readonly id: string;
  readonly key: string;
  readonly labels: Labels;
  readonly receiver: string;
  readonly mutedBy: readonly string[];
  readonly fingerprints: ReadonlySet<string>;
  readonly nextFlushMs: number;
  /** What each integration was last told of the group. Not cheap: for those that are shown. */
  readonly places: () => readonly ApiPlaceState[];
}

export interface ApiFiring {
  alert(fingerprint: string): Alert | undefined;
  groups(now: Now): Iterable<ApiFiringGroup>;
  /** Since when nothing fires; undefined while something does. */
  quietSinceMs(now: Now): number | undefined;
  /** Where an alert with these labels, which need not exist, goes now and why. Not cheap: for one at a time. */
  explain(labels: Labels, now: Now): ApiExplanation;
}

export interface ApiExplanation {
  /** Every route, parents before children. */
  readonly routes: readonly {
    readonly route: ApiRoute;
    readonly depth: number;
    readonly verdict: 'taken' | 'passed through' | 'not matched' | 'not reached';
    readonly reason: string;
  }[];
  readonly destinations: readonly {
    readonly route: ApiRoute;
    readonly integrations: readonly string[];
    readonly groupLabels: Labels;
    readonly groupKey: string;
    readonly groupId: string;
    readonly exists: boolean;
    readonly mutedBy: readonly string[];
    readonly next: { readonly atMs: number | undefined; readonly what: string };
  }[];
  /** Those that mute it now. */
  readonly silences: readonly Silence[];
  readonly inhibition:
    | { readonly fingerprint: string; readonly labels: Labels; readonly rule: InhibitRule }
    | undefined;
}

export interface ApiCluster {
  readonly status: 'ready' | 'settling' | 'disabled';
  readonly name: string;
  readonly peers: readonly { readonly name: string; readonly address: string }[];
}

/** Something about those who post that makes a cluster tell twice, and what to do about it. */
export interface ClusterHint {
  readonly kind: 'replica label';
  readonly label: string;
  readonly values: readonly string[];
  /** That fire under several values of the label and are otherwise the same. */
  readonly alerts: number;
  /** One of them, without the label. */
  readonly example: Labels;
  readonly text: string;
  /** What to add to prometheus.yml, as YAML. */
  readonly prometheusConfig: string;
}

export type ReloadResult = { readonly ok: true } | { readonly ok: false; readonly message: string };

export interface ApiNode {
  config(): Config;
  status(): NodeStatus;
  cluster(): ApiCluster;
  /** Undefined without a cluster. */
  clusterReport(pace: Pace): Promise<ClusterReport | undefined>;
  /** Also without a cluster: two checkers may post to one node. */
  hints(): readonly ClusterHint[];
  /** True readiness: alerts, silences and log are loaded and notifications go out. */
  isReady(): boolean;
  /** Undefined if this node knows what time it is; else, in its first second, a promise of that. */
  untilTimeKnown(): Promise<void> | undefined;
  reload(): Promise<ReloadResult>;
  readonly startedAtMs: number;
  /** Asks the peers, too, and waits for them no longer than seconds. Never rejects. */
  receiversReport(signal: AbortSignal): Promise<ReceiversReport>;
  /** Sends a marked test message through the real path of the receiver and says what became of each integration. */
  testReceiver(name: string, signal: AbortSignal): Promise<readonly ReceiverTestResult[] | undefined>;
}

export interface ReceiverTestResult {
  readonly integration: string;
  readonly index: number;
  readonly outcome: 'sent' | 'refused' | 'unknown';
  readonly message: string;
  readonly durationMs: number;
  /** What was said and answered, line by line, without secrets. */
  readonly transcript: readonly string[];
}

export interface ApiEvents {
  /** Open now. */
  readonly streamCount: number;
  /**
   * Server-sent events in UTF-8, from what came after the event with the id `lastEventId` on. `full`: there are as many
   * streams as there may be. `stopping`: the node stops.
   */
  open(lastEventId: string | undefined): ReadableStream<Uint8Array> | 'full' | 'stopping';
}

/** A node's part in the history. */
export interface ApiHistoryPart {
  readonly node: string;
  readonly name: string;
  readonly isSelf: boolean;
  /** Why it is missing; '' if it is not. */
  readonly missing: string;
  /** What else is to be said about its part. */
  readonly remark: string;
}

export interface ApiHistoryPage {
  /** The latest first. */
  readonly entries: readonly HistoryEntry[];
  /** The cursor that goes on from here; undefined at the end. */
  readonly next: string | undefined;
  readonly nodes: readonly ApiHistoryPart[];
  /** On this node, by the cluster's clock. */
  readonly keptSinceMs: number | undefined;
}

interface ReadingOptions {
  readonly pace: Pace;
  /** Aborts when nobody wants the answer any more. */
  readonly signal: AbortSignal;
}

/** Of the whole cluster. Both reject as the pace does. */
export interface ApiHistory {
  /** May be short, or empty, and go on. Throws a CursorError (told by its name) for a cursor that it never gave. */
  read(
    query: HistoryQuery,
    options: ReadingOptions & { readonly cursor: string | undefined; readonly limit: number },
  ): Promise<ApiHistoryPage>;
  /** One entry of each list a point. */
  chart(
    question: {
      readonly query: HistoryQuery;
      readonly fromMs: number;
      readonly stepMs: number;
      readonly points: number;
    },
    options: ReadingOptions,
  ): Promise<{
    readonly numbers: {
      /** Urgent, important, interesting, other; null where nothing is known. */
      readonly firing: readonly (readonly [number, number, number, number] | null)[];
      readonly sent: readonly number[];
      readonly failed: readonly number[];
    };
    readonly nodes: readonly ApiHistoryPart[];
  }>;
}

/** Everything the API is built from. */
export interface ApiDependencies {
  readonly events: ApiEvents;
  readonly history: ApiHistory;
  readonly alerts: ApiAlerts;
  readonly silences: ApiSilences;
  readonly inhibitor: ApiInhibitor;
  readonly dispatcher: ApiDispatcher;
  readonly firing: ApiFiring;
  readonly routing: ApiRouting;
  readonly node: ApiNode;
  readonly metrics: Metrics;
  readonly system: System;
  readonly logger: Logger;
}
