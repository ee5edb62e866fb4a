/**
 * A checker such as Prometheus, with a hundred alerts that come and go: each round it posts all of them to every node, and
 * what a node does not answer it says again in the next. An alert changes only once its last change has been told, so that
 * each change is owed a message.
 */
import type { AlertApi } from './alert-api.ts';
import type { HeardMessage } from './retold.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { ReceivedNotification } from './webhook-sink.ts';

const ALERTS = 100;
const GROUPS = 20;
const ROUND_MS = 500;
const CHANGES_PER_ROUND = 10;
/** How long a post may be believed. */
const LEASE_MS = 60_000;

interface CheckedAlert {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  startsAtMs: number;
  /** Undefined while it fires. */
  endsAtMs: number | undefined;
  changes: number;
}

export class SteadyChecker implements AsyncDisposable {
  readonly alerts: readonly CheckedAlert[];
  readonly #random: SeededRandom;
  readonly #nodes: readonly AlertApi[];
  readonly #told: () => ReadonlyMap<string, 'firing' | 'resolved'>;
  readonly #stop = new AbortController();
  #isSteady = false;
  #rounds = 0;
  readonly #running: Promise<void>;

  /** `told` is what the receiver believes of each alert, by id. */
  constructor(
    dependencies: { random: SeededRandom; nodes: readonly AlertApi[] },
    { told }: { told: () => ReadonlyMap<string, 'firing' | 'resolved'> },
  ) {
    this.#random = dependencies.random;
    this.#nodes = dependencies.nodes;
    this.#told = told;
    this.alerts = Array.from({ length: ALERTS }, (_, index) => {
      const labels = { alertname: 'Checked', group: `group-${index % GROUPS}`, id: `alert-${index}` };
      return { id: labels.id, labels, startsAtMs: Date.now(), endsAtMs: undefined, changes: 1 };
    });
    this.#running = this.#run();
  }

  /** Changes nothing any more, and goes on posting. */
  holdStill(): void {
    this.#isSteady = true;
  }

  get rounds(): number {
    return this.#rounds;
  }

  get changes(): number {
    return this.alerts.reduce((sum, { changes }) => sum + changes, 0);
  }

  /** Those of which the receiver believes something else. */
  untold(): string[] {
    const told = this.#told();
    return this.alerts.filter((alert) => told.get(alert.id) !== stateOf(alert)).map(({ id }) => id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const begunMs = Date.now();
      const endsAt = new Date(begunMs + LEASE_MS).toISOString();
      const posted = this.alerts.map(({ labels, startsAtMs, endsAtMs }) => ({
        labels,
        startsAt: new Date(startsAtMs).toISOString(),
        endsAt: endsAtMs === undefined ? endsAt : new Date(endsAtMs).toISOString(),
      }));
      await Promise.allSettled(this.#nodes.map((node) => node.post(...posted)));
      this.#rounds += 1;
      if (!this.#isSteady) this.#change();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, begunMs + ROUND_MS - Date.now())));
    }
  }

  #change(): void {
    const told = this.#told();
    const ripe = this.alerts.filter((alert) => told.get(alert.id) === stateOf(alert));
    for (let count = 0; count < CHANGES_PER_ROUND && ripe.length > 0; count += 1) {
      const [alert] = ripe.splice(Math.floor(this.#random.fraction() * ripe.length), 1);
      if (!alert) return;
      if (alert.endsAtMs === undefined) alert.endsAtMs = Date.now();
      else Object.assign(alert, { startsAtMs: Date.now(), endsAtMs: undefined });
      alert.changes += 1;
    }
  }
}

/** As one life that ended in peace, since no node's death excuses anything here. */
export function heardMessages(received: readonly ReceivedNotification[]): HeardMessage[] {
  return received.map(({ body }) => ({
    life: 0,
    groupKey: body.groupKey,
    alerts: body.alerts.map(({ labels, status }) => ({ id: labels.id ?? '', status })),
  }));
}

function stateOf({ endsAtMs }: CheckedAlert): 'firing' | 'resolved' {
  return endsAtMs === undefined ? 'firing' : 'resolved';
}
