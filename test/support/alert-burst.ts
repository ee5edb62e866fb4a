/**
 * Many checkers and people at once, from a seed, against a node that may vanish at any moment: new alerts, ends of
 * alerts, silences and their ends. Like real checkers they repeat what was not answered, and they remember what was.
 */
import { type AlertApi, AnswerError } from './alert-api.ts';
import type { SeededRandom } from './seeded-random.ts';

export interface BurstAlert {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Made of a silence that was in force before the alert was posted. */
  readonly isSilenced: boolean;
  /** Answered 200. */
  accepted: boolean;
  /** When its end was posted first, whether or not anybody answered. */
  endAskedAtMs: number | undefined;
  endAccepted: boolean;
}

const CHECKERS = 4;
/** Of one checker, between two of its posts. */
const LONGEST_PAUSE_MS = 30;
const GROUPS = 24;

export class AlertBurst {
  readonly alerts: BurstAlert[] = [];
  /** Those answered 200, by id; the value is whether it was ended, too. */
  readonly silences = new Map<string, { ended: boolean }>();
  readonly #random: SeededRandom;
  readonly #node: () => Promise<AlertApi>;
  #stopped = false;
  #checkers: Promise<unknown> = Promise.resolve();

  /** `node` gives the node that runs, or resolves with it once it does. */
  constructor(random: SeededRandom, node: () => Promise<AlertApi>) {
    this.#random = random;
    this.#node = node;
  }

  begin(): void {
    this.#stopped = false;
    this.#checkers = Promise.all(Array.from({ length: CHECKERS }, () => this.#check()));
  }

  /** Resolves when everything that was to be said has been answered. */
  async end(): Promise<void> {
    this.#stopped = true;
    await this.#checkers;
  }

  async #check(): Promise<void> {
    while (!this.#stopped) {
      const kind = this.#random.fraction();
      if (kind < 0.5) await this.#fire(1 + this.#below(4));
      else if (kind < 0.85) await this.#resolve();
      else if (kind < 0.95) await this.#silence();
      else await this.#endSilence();
      await new Promise((resolve) => setTimeout(resolve, this.#below(LONGEST_PAUSE_MS)));
    }
  }

  async #fire(count: number): Promise<void> {
    const alerts = Array.from({ length: count }, () => this.#newAlert());
    await this.#untilAnswered((node) => node.post(...alerts.map(({ labels }) => ({ labels }))));
    for (const alert of alerts) alert.accepted = true;
  }

  async #resolve(): Promise<void> {
    const firing = this.alerts.filter((alert) => alert.accepted && alert.endAskedAtMs === undefined);
    const alert = firing[this.#below(firing.length)];
    if (!alert) return;
    alert.endAskedAtMs = Date.now();
    const endsAt = new Date(alert.endAskedAtMs).toISOString();
    await this.#untilAnswered((node) => node.post({ labels: alert.labels, endsAt }));
    alert.endAccepted = true;
  }

  /** And an alert that it silences. A silence without an answer is nobody's: its maker knows no id. */
  async #silence(): Promise<void> {
    const room = `room-${this.#random.uint32().toString(36)}`;
    const id = await (await this.#node()).silence('room', room).catch(() => undefined);
    if (id === undefined) return;
    this.silences.set(id, { ended: false });
    const alert = this.#newAlert({ room });
    await this.#untilAnswered((node) => node.post({ labels: alert.labels }));
    alert.accepted = true;
  }

  async #endSilence(): Promise<void> {
    const id = await (await this.#node()).silence('nothing', 'at all').catch(() => undefined);
    if (id === undefined) return;
    this.silences.set(id, { ended: false });
    await this.#untilAnswered((node) => node.expire(id));
    this.silences.set(id, { ended: true });
  }

  #newAlert(silenced?: { room: string }): BurstAlert {
    const id = `alert-${this.alerts.length}`;
    const labels = { alertname: 'Burst', group: `group-${this.#below(GROUPS)}`, id, ...silenced };
    const alert = { id, labels, isSilenced: !!silenced, accepted: false, endAskedAtMs: undefined, endAccepted: false };
    this.alerts.push(alert);
    return alert;
  }

  /** The node may be gone, or go while it is asked: what was refused for another reason would be refused for ever. */
  async #untilAnswered(ask: (node: AlertApi) => Promise<void>): Promise<void> {
    for (;;) {
      const node = await this.#node();
      try {
        return await ask(node);
      } catch (cause) {
        if (cause instanceof AnswerError) throw cause;
      }
    }
  }

  #below(limit: number): number {
    return Math.floor(this.#random.fraction() * limit);
  }
}
