/**
 * Nodes that hold alerts together, in virtual time: each with clocks, a disk, a store and a lease keeper of its own, joined
 * by calls that take the time of a message. What is announced arrives unless the link is cut; what was lost that way comes
 * with {@link AlertCluster.exchange}, as anti-entropy brings it.
 */
import type { ReplicaPeers } from '../../cluster/shared-replica.ts';
import type { SyncedMap } from '../../cluster/synced-map.ts';
import { HybridClock, writerOf } from '../../cluster/version.ts';
import { AlertStore } from '../../src/alerts/alert-store.ts';
import { LeaseKeeper } from '../../src/alerts/lease-keeper.ts';
import type { LeasePeers } from '../../src/alerts/lease-questions.ts';
import { ClockWatch } from '../../src/clock-watch.ts';
import { type Alert, isResolved } from '../../src/model/alert.ts';
import { fingerprint } from '../../src/model/labels.ts';
import { MemoryDisk, silentLogger } from './memory-disk.ts';
import { type Skew, SkewedSystem } from './skewed-system.ts';
import { VirtualSystem } from './virtual-system.ts';

export const MINUTE_MS = 60_000;
export const RESOLVE_TIMEOUT_MS = 5 * MINUTE_MS;
/** What a message takes. */
const TRANSIT_MS = 20;
/** Whoever falls silent is taken for alive so long. */
const VERDICT_AFTER_MS = 3_000;

export interface AlertNodeOptions extends Skew {
  readonly perAlertnameLimit?: number;
}

export class AlertCluster {
  readonly system = new VirtualSystem();
  readonly nodes: readonly AlertNode[];
  /** Since when two nodes cannot reach each other. */
  readonly cutMs = new Map<string, number>();
  /** Every record that was announced: who did, and of which alert. */
  readonly announced: { readonly by: string; readonly atMs: number }[] = [];

  constructor(nodes: Readonly<Record<string, AlertNodeOptions>>) {
    this.nodes = Object.entries(nodes).map(([id, options]) => new AlertNode(this, id, options));
  }

  node(id: string): AlertNode {
    const node = this.nodes.find((each) => each.id === id);
    if (!node) throw new Error(`there is no node ${id}`);
    return node;
  }

  async load(): Promise<void> {
    for (const node of this.nodes) await node.load();
  }

  advance(byMs: number): Promise<void> {
    return this.system.advance(byMs);
  }

  cut(a: string, b: string): void {
    this.cutMs.set(linkOf(a, b), this.system.now().monotonicMs);
  }

  heal(): void {
    this.cutMs.clear();
  }

  isLinked(a: AlertNode, b: AlertNode): boolean {
    return !a.isDead && !b.isDead && !this.cutMs.has(linkOf(a.id, b.id));
  }

  /** Undefined while they reach each other. */
  partedMs(a: AlertNode, b: AlertNode): number | undefined {
    return b.diedMs ?? this.cutMs.get(linkOf(a.id, b.id));
  }

  /** What anti-entropy does, between all that reach each other. */
  exchange(): void {
    for (const from of this.nodes) {
      for (const to of this.nodes) if (from !== to && this.isLinked(from, to)) from.pushTo(to);
    }
  }

  /** Alert by alert, what each node believes: `firing`, `ended` or `unknown`. */
  states(alertname: string): Record<string, string> {
    return Object.fromEntries(this.nodes.map((node) => [node.id, node.state(alertname)]));
  }

  stop(): void {
    for (const node of this.nodes) node.stop();
  }
}

export class AlertNode {
  readonly id: string;
  system: SkewedSystem;
  store: AlertStore;
  /** What the store told its watchers. */
  readonly heard: string[] = [];
  diedMs: number | undefined;
  readonly #cluster: AlertCluster;
  readonly #options: AlertNodeOptions;
  #memory: MemoryDisk;
  #keeper: LeaseKeeper;
  #clockWatch: ClockWatch;
  #map: SyncedMap | undefined;
  #boot = 1;

  constructor(cluster: AlertCluster, id: string, options: AlertNodeOptions) {
    this.#cluster = cluster;
    this.id = id;
    this.#options = options;
    this.system = new SkewedSystem(cluster.system, options);
    this.#memory = new MemoryDisk(this.system);
    this.store = this.#createStore();
    this.#clockWatch = this.#createClockWatch();
    this.#keeper = this.#createKeeper();
  }

  get isDead(): boolean {
    return this.diedMs !== undefined;
  }

  async load(): Promise<void> {
    await this.store.load(this.system.now());
    this.#clockWatch.start();
    this.#keeper.start();
  }

  /** As kill -9. */
  kill(): void {
    this.diedMs = this.#cluster.system.now().monotonicMs;
    this.system.end();
  }

  /** A new process, which finds what the last one has written. */
  async restart(): Promise<void> {
    this.kill();
    this.#memory = await this.#memory.afterKill();
    this.#boot += 1;
    this.system = new SkewedSystem(this.#cluster.system, this.#options);
    this.store = this.#createStore();
    this.#clockWatch = this.#createClockWatch();
    this.#keeper = this.#createKeeper();
    this.diedMs = undefined;
    await this.load();
  }

  stop(): void {
    this.#keeper.stop();
    this.#clockWatch.stop();
  }

  async post(alertname: string, fields: Partial<Alert> = {}) {
    const { wallMs } = this.system.now();
    const labels = { alertname };
    const startsAtMs = this.get(alertname)?.startsAtMs ?? wallMs;
    const alert: Alert = {
      fingerprint: fingerprint(labels),
      labels,
      annotations: {},
      generatorURL: '',
      startsAtMs,
      endsAtMs: wallMs + RESOLVE_TIMEOUT_MS,
      timeout: true,
      updatedAtMs: wallMs,
      receivedAtMs: wallMs,
      ...fields,
    };
    return this.store.put([alert], this.system.now());
  }

  end(alertname: string) {
    return this.post(alertname, { endsAtMs: this.system.now().wallMs, timeout: false });
  }

  get(alertname: string): Alert | undefined {
    return this.store.get(fingerprint({ alertname }));
  }

  state(alertname: string): 'firing' | 'ended' | 'unknown' {
    const alert = this.get(alertname);
    if (!alert) return 'unknown';
    return isResolved(alert, this.system.now().wallMs) ? 'ended' : 'firing';
  }

  /** Minutes from now until the alert ends; not positive if it is over. */
  minutesLeft(alertname: string): number {
    return ((this.get(alertname)?.endsAtMs ?? Number.NaN) - this.system.now().wallMs) / MINUTE_MS;
  }

  /** As a flush does that tells of its end. */
  actOnEnds(): void {
    const { wallMs } = this.system.now();
    this.store.confirmEnded([...this.store.values()].filter((alert) => isResolved(alert, wallMs)));
  }

  pushTo(to: AlertNode): void {
    const [own, others] = [this.#shared, to.#shared];
    for (const { fingerprint: key } of this.store.values()) {
      const hash = own.hashes.hashOf(key, this.system.now());
      if (hash !== others.hashes.hashOf(key, to.system.now())) to.#receive(this, key);
    }
  }

  /** As if the other node were of a newer version, which says something besides about the alert. */
  hearBesides(from: AlertNode, alertname: string, besides: Readonly<Record<string, unknown>>): void {
    const key = fingerprint({ alertname });
    const record = { ...(from.#shared.encodeRecord(key, from.system.now()) as object), ...besides };
    this.#shared.receive(key, JSON.parse(JSON.stringify(record)), { from: from.id, now: this.system.now() });
  }

  #announce(key: string): void {
    this.#cluster.announced.push({ by: this.id, atMs: this.#cluster.system.now().monotonicMs });
    const { system, nodes } = this.#cluster;
    const record = JSON.stringify(this.#shared.encodeRecord(key, this.system.now()));
    for (const to of nodes) {
      if (to === this) continue;
      system.setTimer(TRANSIT_MS, () => {
        if (!this.#cluster.isLinked(this, to)) return;
        to.#shared.receive(key, JSON.parse(record), { from: this.id, now: to.system.now() });
      });
    }
  }

  #receive(from: AlertNode, key: string): void {
    const record = JSON.stringify(from.#shared.encodeRecord(key, from.system.now()));
    this.#shared.receive(key, JSON.parse(record), { from: from.id, now: this.system.now() });
  }

  #createStore(): AlertStore {
    const peers: ReplicaPeers = {
      share: (map) => {
        this.#map = map;
      },
      announce: (_, key) => this.#announce(key),
      acknowledged: async () => true,
    };
    const { perAlertnameLimit = 0 } = this.#options;
    const store = new AlertStore(
      {
        disk: this.#memory.disk,
        logger: silentLogger,
        versions: new HybridClock(writerOf(this.id, String(this.#boot))),
        peers,
      },
      { resolveTimeoutMs: RESOLVE_TIMEOUT_MS, perAlertnameLimit },
    );
    store.addWatcher({
      onAlertChange: ({ labels }, change) => this.heard.push(`${labels.alertname} ${change}`),
      onAlertRemoved: ({ labels }) => this.heard.push(`${labels.alertname} removed`),
    });
    return store;
  }

  #createClockWatch(): ClockWatch {
    return new ClockWatch({
      system: this.system,
      onDisturbance: ({ kind, sinceWallMs }, now) => this.store.extendLeases(now, { reason: kind, sinceWallMs }),
    });
  }

  #createKeeper(): LeaseKeeper {
    const { system, store: alerts } = this;
    const beforeScan = () => this.#clockWatch.check();
    const keeper = new LeaseKeeper({ system, logger: silentLogger, alerts, peers: this.#peers(), beforeScan });
    alerts.addWatcher(keeper);
    return keeper;
  }

  get #shared(): SyncedMap {
    if (!this.#map) throw new Error('the store has shared nothing');
    return this.#map;
  }

  #peers(): LeasePeers {
    const cluster = this.#cluster;
    const others = () => cluster.nodes.filter((node) => node !== this);
    return {
      hasConfiguredPeers: true,
      alive: () =>
        others()
          .filter((node) => {
            const partedMs = cluster.partedMs(this, node);
            return partedMs === undefined || cluster.system.now().monotonicMs < partedMs + VERDICT_AFTER_MS;
          })
          .map(({ id }) => id),
      ask: (id, fingerprints, { signal }) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          const peer = cluster.node(id);
          cluster.system.setTimer(TRANSIT_MS, () => {
            if (!cluster.isLinked(this, peer)) return;
            const words = JSON.stringify(peer.store.answerLeases(fingerprints, peer.system.now()));
            cluster.system.setTimer(TRANSIT_MS, () => resolve(JSON.parse(words)));
          });
        }),
    };
  }
}

function linkOf(a: string, b: string): string {
  return [a, b].sort().join(' ');
}
