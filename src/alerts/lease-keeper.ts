/**
 * Lets no alert run out before the peers were asked: a refresh is known only where it was posted, so each node asks for
 * itself, seconds before a lease ends, whoever was alive since it last heard of the alert. It must watch the store, and
 * runs on timers until it is stopped.
 */
import type { Logger } from 'pino';
import { type Alert, isResolved } from '../model/alert.ts';
import type { Now } from '../model/now.ts';
import type { System, Timer } from '../system.ts';
import type { AlertChange, AlertStore, AlertWatcher } from './alert-store.ts';
import { heardAtMs, LEASE_JITTER_MS, leaseMs } from './lease.ts';
import { ANSWER_WITHIN_MS, askForLeases, type LeasePeers } from './lease-questions.ts';
import { decideRunOut, type RunOutDecision } from './run-out.ts';

const SCAN_EVERY_MS = 1_000;
/** All alerts are looked at so often, and those that end soon after are remembered: a second's scan costs only these. */
const SEARCH_EVERY_MS = 10_000;
/** A scan's interval, an answer's deadline, and what messages take. */
const ASK_AHEAD_MS = 2_000;
/** Many that end together are asked about earlier, some each scan: all at once would hold up the process, and the peers. */
const MOST_A_SCAN = 20_000;
const MOST_AHEAD_MS = 8_000;

export type RunOutCounts = Readonly<Record<RunOutDecision['reason'], number>>;

export interface LeaseKeeperDependencies {
  readonly system: System;
  readonly logger: Logger;
  readonly alerts: AlertStore;
  readonly peers: LeasePeers;
  /** Called before anything is decided: a stall or a clock jump must be noticed first. */
  readonly beforeScan: (now: Now) => void;
  /** Called with how many alerts got one more lease. */
  readonly onExtended?: (alerts: number) => void;
}

/** For whose sake an alert got one more lease since it was heard of. */
interface Wait {
  readonly heardAtMs: number;
  readonly peers: Set<string>;
}

export class LeaseKeeper implements AlertWatcher {
  readonly #dependencies: LeaseKeeperDependencies;
  /** What ends before the next search, by fingerprint: the end that is decided, or being decided, about. */
  readonly #soon = new Map<string, number>();
  readonly #waits = new Map<string, Wait>();
  /** When each peer was alive for the last time, on the monotonic clock. One that left or died stays: it may have heard. */
  readonly #aliveMs = new Map<string, number>();
  readonly #stopping = new AbortController();
  readonly #counts = {
    'put off meanwhile': 0,
    'one more lease: this node reaches nobody': 0,
    'one more lease: a peer cannot answer': 0,
    'nobody knows better': 0,
    'its peers were waited for': 0,
  };
  #searchedMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(dependencies: LeaseKeeperDependencies) {
    this.#dependencies = dependencies;
  }

  /** Since the start, by what was decided. */
  get counts(): RunOutCounts {
    return { ...this.#counts };
  }

  start(): void {
    this.#timer = this.#dependencies.system.setTimer(SCAN_EVERY_MS, () => this.start());
    this.#scan();
  }

  /** Questions under way are given up; nothing is decided any more. */
  stop(): void {
    this.#timer?.cancel();
    this.#stopping.abort();
  }

  /** One that a peer told of, or a checker posts for a moment, may end before the next search. */
  onAlertChange(alert: Alert, _change: AlertChange, now: Now): void {
    if (endsSoon(alert, now)) this.#remember(alert);
  }

  onAlertRemoved({ fingerprint }: Alert): void {
    this.#soon.delete(fingerprint);
    this.#waits.delete(fingerprint);
  }

  #scan(): void {
    const { system, peers, beforeScan } = this.#dependencies;
    const now = system.now();
    beforeScan(now);
    for (const peer of peers.alive()) this.#aliveMs.set(peer, now.monotonicMs);
    if (now.monotonicMs - this.#searchedMs >= SEARCH_EVERY_MS) this.#search(now);
    const due = this.#due(now);
    if (due.length > 0) void this.#ask(due, now);
  }

  #search(now: Now): void {
    this.#searchedMs = now.monotonicMs;
    let longestUnheardMs = 0;
    for (const alert of this.#dependencies.alerts.values()) {
      if (isResolved(alert, now.wallMs)) continue;
      longestUnheardMs = Math.max(longestUnheardMs, now.wallMs - heardAtMs(alert));
      if (endsSoon(alert, now)) this.#remember(alert);
    }
    // Who was gone before the last word of every alert knows none of them better.
    for (const [peer, aliveMs] of this.#aliveMs) {
      if (now.monotonicMs - aliveMs > longestUnheardMs + SCAN_EVERY_MS) this.#aliveMs.delete(peer);
    }
  }

  #remember({ fingerprint }: Alert): void {
    if (!this.#soon.has(fingerprint)) this.#soon.set(fingerprint, Number.NEGATIVE_INFINITY);
  }

  #due(now: Now): Alert[] {
    const scans = this.#soon.size / MOST_A_SCAN;
    const aheadMs = Math.min(MOST_AHEAD_MS, ASK_AHEAD_MS + scans * SCAN_EVERY_MS);
    const due: Alert[] = [];
    for (const [fingerprint, decidedEndsAtMs] of this.#soon) {
      const alert = this.#dependencies.alerts.get(fingerprint);
      if (!alert || !endsSoon(alert, now)) {
        this.#soon.delete(fingerprint);
        continue;
      }
      const leftMs = alert.endsAtMs - now.wallMs;
      const isDue = leftMs <= ASK_AHEAD_MS || (leftMs <= aheadMs && due.length < MOST_A_SCAN);
      if (!isDue || alert.endsAtMs === decidedEndsAtMs) continue;
      this.#soon.set(fingerprint, alert.endsAtMs);
      due.push(alert);
    }
    return due;
  }

  async #ask(due: readonly Alert[], now: Now): Promise<void> {
    const asked = new Map(due.map((alert) => [alert, this.#aliveSinceHeard(alert, now)]));
    const unanswered = await askForLeases(this.#dependencies, asked, this.#stopping.signal);
    if (this.#stopping.signal.aborted) return;
    this.#decide(due, unanswered);
  }

  #aliveSinceHeard(alert: Alert, now: Now): string[] {
    const heardMs = now.monotonicMs - Math.max(0, now.wallMs - heardAtMs(alert));
    // Rounded down to a scan: it may have died just after it was seen.
    return [...this.#aliveMs].filter(([, aliveMs]) => aliveMs + SCAN_EVERY_MS >= heardMs).map(([peer]) => peer);
  }

  #decide(due: readonly Alert[], unanswered: ReadonlyMap<string, readonly string[]>): void {
    const { system, logger, alerts, peers, beforeScan, onExtended } = this.#dependencies;
    const now = system.now();
    // A stall while they were asked made the answers late, not absent.
    beforeScan(now);
    const isCutOff = peers.hasConfiguredPeers && peers.alive().length === 0;
    const checkerHeardAgoMs = now.monotonicMs - alerts.checkerHeardMs;
    const extended = new Map<RunOutDecision['reason'], string[]>();
    for (const alert of due) {
      const { fingerprint } = alert;
      const current = alerts.get(fingerprint);
      if (!current) continue;
      const silent = unanswered.get(fingerprint) ?? [];
      const wait = this.#waitFor(current);
      const { runsOut, reason } = decideRunOut({
        isPutOff: current.endsAtMs > alert.endsAtMs,
        unanswered: silent,
        waitedFor: wait.peers,
        isCutOff,
        checkerHeardAgoMs,
        leaseMs: leaseMs(current),
      });
      this.#counts[reason] += 1;
      if (runsOut || reason === 'put off meanwhile') continue;
      for (const peer of silent) wait.peers.add(peer);
      this.#waits.set(fingerprint, wait);
      const fingerprints = extended.get(reason);
      if (fingerprints) fingerprints.push(fingerprint);
      else extended.set(reason, [fingerprint]);
    }
    for (const [reason, fingerprints] of extended) {
      alerts.giveOneMoreLease(fingerprints, now);
      onExtended?.(fingerprints.length);
      logger.info({ alerts: fingerprints.length, reason }, 'Alerts about to run out got one more lease');
    }
  }

  #waitFor(alert: Alert): Wait {
    const wait = this.#waits.get(alert.fingerprint);
    if (wait && heardAtMs(alert) <= wait.heardAtMs + LEASE_JITTER_MS) return wait;
    this.#waits.delete(alert.fingerprint);
    return { heardAtMs: heardAtMs(alert), peers: new Set() };
  }
}

/** It fires, and may have to be asked about before the next search. */
function endsSoon({ endsAtMs }: Alert, { wallMs }: Now): boolean {
  const leftMs = endsAtMs - wallMs;
  return leftMs > 0 && leftMs <= SEARCH_EVERY_MS + MOST_AHEAD_MS + ANSWER_WITHIN_MS;
}
