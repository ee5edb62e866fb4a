/**
 * Histories made by hand, to show that each promise's violation is caught: nodes that are well and know everything, unless
 * said otherwise. Instants are in seconds.
 */
import type { RingPlan } from './ring-plan.ts';
import type { AlertText, Happening, ListedAlert, WorldEvent } from './world-event.ts';

/** Its group waits 10 s, ticks every minute, repeats every ten. */
export const PAGE: RingPlan = {
  severity: 'page',
  places: [{ name: 'phone' }],
  groupWaitMs: 10_000,
  groupIntervalMs: 60_000,
  repeatIntervalMs: 600_000,
};

export interface MadeMessage {
  readonly node?: string;
  readonly place?: string;
  /** The instant it is begun, unless given. */
  readonly tick?: number;
  /** `Down firing, Up resolved` */
  readonly says?: string;
  /** When it was taken; at once, unless given; undefined if never. */
  readonly told?: number | undefined;
  /** What its node heard, and when: sent, at once, unless given. */
  readonly outcome?: 'sent' | 'refused' | 'unknown' | undefined;
  readonly answered?: number;
}

export class HandMadeHistory {
  readonly #events: WorldEvent[] = [];
  readonly #nodes: readonly string[];
  #attempts = 0;

  constructor(nodes = ['n1', 'n2', 'n3']) {
    this.#nodes = nodes;
    for (const node of nodes) this.at(0, { what: 'starts', node, with: 'its own disk' });
    for (const node of nodes) this.at(0, { what: 'is ready', node });
    for (const [index, one] of nodes.entries()) {
      for (const two of nodes.slice(index + 1)) this.at(0, { what: 'are linked', between: [one, two] });
    }
  }

  at(seconds: number, ...happenings: readonly Happening[]): this {
    for (const happening of happenings) this.#events.push({ ...happening, atMs: seconds * 1000 });
    return this;
  }

  /** It begins and ends then, and a checker says so to all nodes that run every 15 s, and for five minutes after. */
  fires(alert: AlertText, { from, to }: { from: number; to: number }, tellsOnly = this.#nodes): this {
    this.at(from, { what: 'begins', alert, labels: { alertname: alert, severity: 'page' } });
    this.at(to, { what: 'ends', alert });
    for (let seconds = from; seconds < to + 300; seconds += 15) {
      const isFiring = seconds < to;
      for (const node of tellsOnly) {
        this.at(seconds, {
          what: 'posts',
          checker: 'c1',
          node,
          sentAtMs: seconds * 1000,
          goodUntilMs: (seconds + 60) * 1000,
          firing: isFiring ? [alert] : [],
          resolved: isFiring ? [] : [alert],
          answer: 'taken',
        });
      }
    }
    return this;
  }

  message(seconds: number, made: MadeMessage = {}): this {
    const { node = 'n1', place = 'phone', tick = seconds, says = 'Down firing', answered = seconds } = made;
    this.#attempts += 1;
    const attempt = this.#attempts;
    const alerts = says.split(', ').map((text): ListedAlert => {
      const [alert = '', status] = text.split(' ');
      return { alert, status: status === 'resolved' ? 'resolved' : 'firing' };
    });
    this.at(seconds, {
      what: 'attempts',
      attempt,
      node,
      place,
      groupKey: 'group',
      reason: 'unknown',
      tickMs: tick * 1000,
      alerts,
    });
    const told = 'told' in made ? made.told : seconds;
    if (told !== undefined) this.at(told, { what: 'is told', place, attempt });
    const outcome = 'outcome' in made ? made.outcome : 'sent';
    if (outcome !== undefined) this.at(answered, { what: 'answers', place, attempt, outcome });
    return this;
  }

  /** Until then nothing else happens. */
  until(seconds: number): readonly WorldEvent[] {
    this.at(seconds, { what: 'shows', node: 'nobody', alerts: [], silences: [] });
    // As they happened; of one instant in the order in which they were written down.
    return this.#events.filter(({ atMs }) => atMs <= seconds * 1000).sort((a, b) => a.atMs - b.atMs);
  }
}
