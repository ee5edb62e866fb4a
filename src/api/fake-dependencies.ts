/** The rest of the node as the API sees it, in memory and under the test's control. For tests only. */
import { pino } from 'pino';
import { defaultReceiverDefaults } from '../../receivers/defaults.ts';
import type { Config, ReceiverConfig } from '../config/config.ts';
import { createMetrics } from '../metrics.ts';
import type { Alert } from '../model/alert.ts';
import { groupIdOf } from '../model/group-id.ts';
import { fingerprint, formatLabels } from '../model/labels.ts';
import { matchesAll } from '../model/matcher.ts';
import type { Now } from '../model/now.ts';
import { type Silence, silenceState } from '../model/silence.ts';
import { realSystem, type System } from '../system.ts';
import { noWebConfig } from '../web-config/load-web-config.ts';
import { createApiApp } from './app.ts';
import type { ClusterReport } from './cluster-report.ts';
import type {
  ApiCluster,
  ApiDependencies,
  ApiEvents,
  ApiExplanation,
  ApiFiringGroup,
  ApiGroup,
  ApiHistory,
  ClusterHint,
  ReceiverTestResult,
  ReloadResult,
} from './dependencies.ts';
import type { NodeStatus } from './node-status.ts';
import type { ApiOptions } from './options.ts';
import type { ReceiversReport } from './receivers-report.ts';
import type { ApiApp } from './resource.ts';
import type { ApiRoute, ApiRouting } from './routing-dependencies.ts';

const ONLY_ROUTE: ApiRoute = {
  ...{
    id: '{}',
    receiver: 'default',
    groupBy: new Set<string>(),
    matchers: [],
    continue: false,
    labels: {},
    routes: [],
  },
  ...{ groupWaitMs: 30_000, groupIntervalMs: 300_000, repeatIntervalMs: 14_400_000 },
  ...{ muteTimeIntervals: [], activeTimeIntervals: [] },
};

export const NOW_MS = Date.UTC(2026, 0, 15, 12, 0, 0);

/** Everything a test may set or look at. */
export class FakeNode {
  #app: ApiApp | undefined;
  nowMs = NOW_MS;
  readonly alerts = new Map<string, Alert>();
  readonly silences = new Map<string, Silence>();
  /** Thrown by the next change of a silence. */
  silenceError: Error | undefined;
  /** By fingerprint of the inhibited alert. */
  readonly inhibitedBy = new Map<string, string>();
  /** By fingerprint; ['default'] where there is none. */
  readonly receiversOf = new Map<string, readonly string[]>();
  groups: ApiGroup[] = [];
  firingGroups: ApiFiringGroup[] = [];
  quietSinceMs: number | undefined;
  explanation: ApiExplanation = { routes: [], destinations: [], silences: [], inhibition: undefined };
  receivers: ReceiverConfig[] = [receiver('default')];
  cluster: ApiCluster = { status: 'ready', name: 'a', peers: [{ name: 'a', address: '10.0.0.1:9094' }] };
  clusterReport: ClusterReport | undefined;
  hints: readonly ClusterHint[] = [];
  isReady = true;
  status: NodeStatus = {
    ...{ id: 'node-a', name: 'node-a', version: '1.2.3', configFile: '/etc/tocsin.yml', configLoadedAtMs: NOW_MS },
    flags: [{ name: 'log.level', value: 'debug', isDefault: false }],
    lastReload: { atMs: NOW_MS, error: '' },
    configWarnings: [],
    storage: { isHealthy: true, error: '', historyBytes: null },
  };
  receiversReport: ReceiversReport = { nodes: [], receivers: [] };
  /** One route, which takes everything. */
  routing: ApiRouting = {
    tree: () => ({ root: ONLY_ROUTE, match: () => [ONLY_ROUTE] }),
    routesOf: () => [ONLY_ROUTE],
    groupRoutes: () => this.groups.map(() => ONLY_ROUTE),
    groupKey: () => '{}:{}',
    mutedBy: () => [],
    tryConfiguration: async () => ({ ok: false, errors: [{ line: 1, column: 2, path: 'route', message: 'is wrong' }] }),
  };
  timeKnown: Promise<void> | undefined;
  reload: () => Promise<ReloadResult> = async () => ({ ok: true });
  history: ApiHistory = {
    read: async () => ({ entries: [], next: undefined, nodes: [], keptSinceMs: undefined }),
    chart: async () => ({ numbers: { firing: [], sent: [], failed: [] }, nodes: [] }),
  };
  openEvents: ApiEvents['open'] = () => 'full';
  testReceiver: (name: string, signal: AbortSignal) => Promise<readonly ReceiverTestResult[] | undefined> = async () =>
    undefined;
  /** By fingerprint: why the store does not take the alert. */
  readonly notTaken = new Map<string, string>();
  /** Called before alerts are stored; a test may throw or wait here. */
  beforePut: () => Promise<void> = async () => {};
  onValues: () => void = () => {};
  onMonotonic: () => number = () => realSystem.now().monotonicMs;
  readonly logged: string[] = [];
  readonly metrics = createMetrics({ processMetrics: false });
  /** The wall clock stands still; timers and the monotonic clock are real unless a test puts its own here. */
  system: System = { ...realSystem, now: () => ({ monotonicMs: this.onMonotonic(), wallMs: this.nowMs }) };

  dependencies(): ApiDependencies {
    const self = this;
    return {
      alerts: {
        async put(alerts: readonly Alert[]) {
          await self.beforePut();
          const refused: { alert: Alert; message: string }[] = [];
          for (const alert of alerts) {
            const message = self.notTaken.get(alert.fingerprint);
            if (message === undefined) self.alerts.set(alert.fingerprint, alert);
            else refused.push({ alert, message });
          }
          return refused;
        },
        values() {
          self.onValues();
          return self.alerts.values();
        },
      },
      silences: {
        get: (id) => self.silences.get(id),
        values: () => self.silences.values(),
        async set(silence, now: Now) {
          if (self.silenceError !== undefined) throw self.silenceError;
          if (silence.id !== '' && !self.silences.has(silence.id)) throw silenceError('NOT_FOUND', 'silence not found');
          const id = silence.id === '' ? self.system.uuid() : silence.id;
          self.silences.set(id, { ...silence, id, updatedAtMs: now.wallMs });
          return id;
        },
        async expire(id, now: Now) {
          if (self.silenceError !== undefined) throw self.silenceError;
          const silence = self.silences.get(id);
          if (silence === undefined) throw silenceError('NOT_FOUND', 'silence not found');
          if (silenceState(silence, now.wallMs) !== 'expired') {
            self.silences.set(id, { ...silence, endsAtMs: now.wallMs - 1 });
          }
        },
        silencedBy: (alert, now: Now) =>
          [...self.silences.values()]
            .filter((silence) => silenceState(silence, now.wallMs) === 'active')
            .filter((silence) => matchesAll(silence.matchers, alert.labels))
            .map((silence) => silence.id),
        matching: (alert) =>
          [...self.silences.values()]
            .filter((silence) => matchesAll(silence.matchers, alert.labels))
            .map((silence) => silence.id),
      },
      inhibitor: { inhibitedBy: (alert) => self.inhibitedBy.get(alert.fingerprint) },
      dispatcher: {
        receiversOf: (alert) => self.receiversOf.get(alert.fingerprint) ?? ['default'],
        groups: () => self.groups,
      },
      firing: {
        alert: (fingerprint) => self.alerts.get(fingerprint),
        groups: () => self.firingGroups,
        quietSinceMs: () => self.quietSinceMs,
        explain: () => self.explanation,
      },
      history: self.history,
      events: { streamCount: 3, open: (lastEventId) => self.openEvents(lastEventId) },
      routing: self.routing,
      node: {
        config: () => self.config(),
        status: () => self.status,
        cluster: () => self.cluster,
        clusterReport: async () => self.clusterReport,
        hints: () => self.hints,
        isReady: () => self.isReady,
        untilTimeKnown: () => self.timeKnown,
        reload: () => self.reload(),
        startedAtMs: NOW_MS - 60_000,
        receiversReport: async () => self.receiversReport,
        testReceiver: (name, signal) => self.testReceiver(name, signal),
      },
      metrics: this.metrics,
      system: this.system,
      logger: pino({ level: 'trace' }, { write: (line: string) => void self.logged.push(line) }),
    };
  }

  /** The node's one app; options count only the first time. */
  app(options: Partial<ApiOptions> = {}): ApiApp {
    this.#app ??= createApiApp(this.dependencies(), { nodeName: 'node-a', ...options });
    return this.#app;
  }

  addAlert(labels: Record<string, string>, fields: Partial<Alert> = {}): Alert {
    const alert: Alert = {
      fingerprint: fingerprint(labels),
      labels,
      annotations: {},
      generatorURL: '',
      startsAtMs: this.nowMs - 60_000,
      endsAtMs: this.nowMs + 300_000,
      timeout: true,
      updatedAtMs: this.nowMs,
      receivedAtMs: this.nowMs - 60_000,
      ...fields,
    };
    this.alerts.set(alert.fingerprint, alert);
    return alert;
  }

  /** Of alerts that are there already. */
  addFiringGroup(alerts: readonly Alert[], fields: Partial<ApiFiringGroup> = {}): ApiFiringGroup {
    const { receiver = 'default', labels = {} } = fields;
    const key = fields.key ?? `{}:${formatLabels(labels)}`;
    const group: ApiFiringGroup = {
      id: groupIdOf(key, receiver),
      ...{ key, labels, receiver, mutedBy: [], nextFlushMs: this.nowMs + 60_000, places: () => [] },
      fingerprints: new Set(alerts.map(({ fingerprint }) => fingerprint)),
      ...fields,
    };
    this.firingGroups.push(group);
    return group;
  }

  addSilence(silence: Partial<Silence> & Pick<Silence, 'matchers'>): Silence {
    const added: Silence = {
      id: this.system.uuid(),
      startsAtMs: this.nowMs - 60_000,
      endsAtMs: this.nowMs + 60_000,
      updatedAtMs: this.nowMs,
      createdBy: 'ops',
      comment: 'planned work',
      annotations: {},
      ...silence,
    };
    this.silences.set(added.id, added);
    return added;
  }

  private config(): Config {
    return {
      global: { resolveTimeoutMs: 300_000, receiverDefaults: defaultReceiverDefaults },
      route: {
        receiver: 'default',
        groupBy: undefined,
        groupWaitMs: undefined,
        groupIntervalMs: undefined,
        repeatIntervalMs: undefined,
        matchers: [],
        continue: false,
        muteTimeIntervals: [],
        activeTimeIntervals: [],
        labels: {},
        routes: [],
      },
      receivers: this.receivers,
      inhibitRules: [],
      timeIntervals: new Map(),
      templates: [],
      shown: 'route:\n  receiver: default\n',
      hash: '00ff00ff00ff00ff',
    };
  }
}

/** Plain HTTP for everybody. */
export const OPEN_DOOR = {
  webConfig: { current: () => noWebConfig },
  login: { check: () => ({ kind: 'welcome' }) as const },
};

export function receiver(name: string, labels: Record<string, string> = {}): ReceiverConfig {
  return { name, labels: { ...labels, name }, integrations: [] };
}

/** What state/silences.ts throws, told by its name and code alone. */
export function silenceError(code: string, message: string): Error {
  return Object.assign(new Error(message), { name: 'SilenceError', code });
}
