/**
 * What stood when, read from a history: which processes ran, which links were sound, which places worked, what was true.
 * Pure; everything is in stretches of time. Where the history leaves doubt it claims less, so that nobody is accused of
 * not knowing what he could not know.
 */
import { DEFAULT_GROUP_BY, type RingPlan } from './ring-plan.ts';
import { common, holdsThroughout, merged, type Stretch, type Stretches, whileTrue, without } from './stretches.ts';
import type { AlertText, PostHappening, WorldEvent } from './world-event.ts';

/** A lost link is dialled again after a second; the rest is for the way and a busy moment. */
const RELINKED_AFTER_MS = 2_500;
/** A node tries every five seconds to write what its disk refused. */
const DISK_CAUGHT_UP_AFTER_MS = 10_000;

const RIGHT_WITHIN_MS = 1_000;

type Of<What extends WorldEvent['what']> = WorldEvent & { readonly what: What };

/** Once asked, an answer stands: the history does not change. */
class Answers<Answer> {
  readonly #answers = new Map<string, Answer>();

  get(key: string, find: () => Answer): Answer {
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      answer = find();
      this.#answers.set(key, answer);
    }
    return answer;
  }
}

export class Standing {
  readonly events: readonly WorldEvent[];
  readonly rings: readonly RingPlan[];
  readonly nodes: readonly string[];
  readonly endMs: number;
  readonly posts: readonly (PostHappening & { readonly atMs: number })[];
  readonly #linked: ReadonlySet<string>;
  readonly #events = new Answers<readonly WorldEvent[]>();
  readonly #stretches = new Answers<Stretches>();

  constructor(events: readonly WorldEvent[], rings: readonly RingPlan[]) {
    this.events = events;
    this.rings = rings;
    this.nodes = [...new Set(this.of('starts').map(({ node }) => node))];
    this.endMs = events.at(-1)?.atMs ?? 0;
    this.posts = this.of('posts');
    this.#linked = new Set(this.of('are linked').map(({ between }) => between.join(' ')));
  }

  of<What extends WorldEvent['what']>(...whats: readonly What[]): readonly Of<What>[] {
    const found = this.#events.get(whats.join(), () =>
      this.events.filter(({ what }) => (whats as readonly string[]).includes(what)),
    );
    return found as readonly Of<What>[];
  }

  /** From ready until it ends, also while frozen. */
  runs(node: string): Stretches {
    return this.#stretches.get(`runs ${node}`, () => {
      const changes = this.of('is ready', 'is killed', 'vanishes', 'is told to stop').filter(
        (event) => event.node === node,
      );
      // A restart within an instant is one all the same.
      return whileTrue(
        changes.map(({ what, atMs }) => (what === 'is ready' ? { atMs, is: true } : { atMs: atMs - 1, is: false })),
        false,
      );
    });
  }

  /** Runs, and is not frozen. */
  up(node: string): Stretches {
    return this.#stretches.get(`up ${node}`, () => {
      const frozen = this.#since(
        this.of('is frozen', 'is thawed', 'starts').filter((event) => event.node === node),
        (event) => event.what === 'is frozen',
        false,
      );
      return common(this.runs(node), without(frozen));
    });
  }

  /** When the process that runs then, or ran last, was started. */
  startedMs(node: string, atMs: number): number {
    return this.of('starts').findLast((event) => event.node === node && event.atMs <= atMs)?.atMs ?? 0;
  }

  /** Whether its wall clock is as good as NTP makes one. */
  isClockRight(node: string, atMs: number): boolean {
    const settings = this.of('clock is set').filter((event) => event.node === node && event.atMs <= atMs);
    return Math.abs(settings.reduce((error, { byMs }) => error + byMs, 0)) < RIGHT_WITHIN_MS;
  }

  diskWorks(node: string): Stretches {
    const changes = this.of('disk').filter((event) => event.node === node);
    return this.#since(changes, ({ works }) => works, true);
  }

  /** Between two losses of its disk, or of what it did not take: what is known on it stays known. */
  diskLives(node: string): readonly Stretch[] {
    const works = this.diskWorks(node);
    const losses = this.of('starts', 'is killed', 'has stopped', 'vanishes').filter((event) => {
      if (event.node !== node || event.atMs === 0) return false;
      if (event.what === 'starts') return event.with !== 'its own disk';
      // What was not synced as the power failed may be lost, and what waited for the disk to work again.
      return event.what === 'vanishes' || !holdsThroughout(works, event.atMs - DISK_CAUGHT_UP_AFTER_MS, event.atMs);
    });
    const lossesMs = losses.map(({ atMs }) => atMs);
    const edges = [Number.NEGATIVE_INFINITY, ...lossesMs, Number.POSITIVE_INFINITY];
    return edges.slice(1).map((toMs, index) => ({ fromMs: edges[index] ?? 0, toMs }));
  }

  /** Runs on an old copy of its disk: what it takes for told may have ended and begun anew since. */
  isOutdated(node: string): Stretches {
    const starts = this.of('starts').filter((event) => event.node === node);
    return this.#since(starts, (event) => event.with === 'an old copy of its disk', false);
  }

  /** Both processes run, and messages pass both ways between them. */
  sound(one: string, two: string): Stretches {
    const between = one < two ? `${one} ${two}` : `${two} ${one}`;
    return this.#stretches.get(`sound ${between}`, () => {
      if (!this.#linked.has(between)) return [];
      const faulty: Stretch[] = [];
      let sinceMs: number | undefined;
      for (const { atMs, fault } of this.of('link').filter((event) => event.between.join(' ') === between)) {
        if (fault !== undefined) sinceMs ??= atMs;
        else if (sinceMs !== undefined) {
          faulty.push({ fromMs: sinceMs, toMs: atMs + RELINKED_AFTER_MS });
          sinceMs = undefined;
        }
      }
      if (sinceMs !== undefined) faulty.push({ fromMs: sinceMs, toMs: Number.POSITIVE_INFINITY });
      return common(this.runs(one), this.runs(two), without(merged(faulty)));
    });
  }

  works(place: string): Stretches {
    return this.#stretches.get(`works ${place}`, () => this.#behaves(place, ({ works }) => works));
  }

  isPrompt(place: string): Stretches {
    return this.#stretches.get(`prompt ${place}`, () => this.#behaves(place, ({ isPrompt }) => isPrompt));
  }

  /** Every link between two of the nodes is sound. */
  soundAmong(nodes: readonly string[]): Stretches {
    const links = [...this.#linked].map((between) => between.split(' '));
    return common(
      ...links.flatMap(([one = '', two = '']) =>
        nodes.includes(one) && nodes.includes(two) ? [this.sound(one, two)] : [],
      ),
    );
  }

  /** Disks work, and nobody touches a clock or a configuration. */
  calm(): Stretches {
    return this.#stretches.get('calm', () => {
      const touched = this.of('clock is set', 'reloads').map(({ atMs }) => ({ fromMs: atMs, toMs: atMs + 1 }));
      return common(...this.nodes.map((node) => this.diskWorks(node)), without(merged(touched)));
    });
  }

  /** Besides, every node is up and every link sound. */
  undisturbed(): Stretches {
    return this.#stretches.get('undisturbed', () =>
      common(this.calm(), this.soundAmong(this.nodes), ...this.nodes.map((node) => this.up(node))),
    );
  }

  alerts(): readonly AlertText[] {
    return [...new Set(this.of('begins').map(({ alert }) => alert))];
  }

  labels(alert: AlertText): Readonly<Record<string, string>> {
    return this.of('begins').find((event) => event.alert === alert)?.labels ?? {};
  }

  ring(alert: AlertText): RingPlan | undefined {
    const { severity } = this.labels(alert);
    return this.rings.find((ring) => ring.severity === severity);
  }

  /** While it is the case. */
  fires(alert: AlertText): Stretches {
    return this.#stretches.get(`fires ${alert}`, () =>
      this.#since(
        this.of('begins', 'ends').filter((event) => event.alert === alert),
        (event) => event.what === 'begins',
        false,
      ),
    );
  }

  /** While somebody may take it for silenced. A peer may learn of an expired silence late, but no later than it ends. */
  mayBeSilenced(alert: AlertText): Stretches {
    return this.#stretches.get(`silenced ${alert}`, () => {
      const labels = this.labels(alert);
      return merged(
        this.of('is asked to silence').flatMap(({ atMs, matchers, untilMs }) =>
          Object.entries(matchers).every(([name, value]) => labels[name] === value)
            ? [{ fromMs: atMs, toMs: untilMs }]
            : [],
        ),
      );
    });
  }

  /** The labels of an alert that its group shares, as text. */
  group(alert: AlertText): string {
    const labels = this.labels(alert);
    const { severity = '', groupBy = DEFAULT_GROUP_BY } = this.ring(alert) ?? {};
    return [severity, ...groupBy.map((name) => labels[name] ?? '')].join(' ');
  }

  #behaves(place: string, well: (event: Of<'behaves'>) => boolean): Stretches {
    const changes = this.of('behaves').filter((event) => event.place === place);
    return this.#since(changes, well, true);
  }

  #since<Event extends WorldEvent>(
    changes: readonly Event[],
    is: (event: Event) => boolean,
    initially: boolean,
  ): Stretches {
    return whileTrue(
      changes.map((event) => ({ atMs: event.atMs, is: is(event) })),
      initially,
    );
  }
}
