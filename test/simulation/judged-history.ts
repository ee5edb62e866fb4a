/** A history as the promises look at it: its messages with what became of them, and who surely knew of what. Pure. */
import type { RingPlan } from './ring-plan.ts';
import { Spreading } from './spreading.ts';
import { Standing } from './standing.ts';
import { common, holdsAt, holdsThroughout, merged, type Stretch, type Stretches, without } from './stretches.ts';
import type { AlertText, AttemptHappening, ListedAlert, WorldEvent } from './world-event.ts';

export interface JudgedMessage extends AttemptHappening {
  readonly atMs: number;
  readonly toldAtMs: number | undefined;
  /** What its node heard of it; undefined if nothing. */
  readonly outcome: 'sent' | 'refused' | 'unknown' | undefined;
  readonly answeredAtMs: number | undefined;
}

export type Excuse =
  | 'its sender died before everybody could know'
  | 'its sender was frozen meanwhile'
  | 'its answer was lost'
  | 'its sender could not be heard'
  | 'a disk was lost';

export interface Violation {
  /** As the promises are numbered in the design. */
  readonly promise: 1 | 2 | 3 | 4 | 5 | 7;
  readonly atMs: number;
  readonly text: string;
}

/** A message after its record is on disk and with the peers; a disk may take 250 ms. */
export const RECORDED_AFTER_MS = 1_000;

/** In touch for so long, two nodes speak neither twice nor at once, however close their ticks. */
const TOGETHER_MS = 30_000;

/** A beat, and a second in which the time is not worked out anew. */
const CLOCK_KNOWN_AFTER_MS = 3_000;

export interface JudgedOptions {
  readonly peerTimeoutMs: number;
}

export class JudgedHistory {
  readonly standing: Standing;
  readonly spreading: Spreading;
  readonly peerTimeoutMs: number;
  /** In the order in which they were begun. */
  readonly messages: readonly JudgedMessage[];
  readonly #knowing = new Map<string, Stretches>();

  constructor(events: readonly WorldEvent[], rings: readonly RingPlan[], { peerTimeoutMs }: JudgedOptions) {
    this.standing = new Standing(events, rings);
    this.spreading = new Spreading(this.standing);
    this.peerTimeoutMs = peerTimeoutMs;
    const told = new Map(this.standing.of('is told').map((event) => [event.attempt, event.atMs]));
    const answers = new Map(this.standing.of('answers').map((event) => [event.attempt, event]));
    this.messages = this.standing.of('attempts').map((attempt) => ({
      ...attempt,
      toldAtMs: told.get(attempt.attempt),
      outcome: answers.get(attempt.attempt)?.outcome,
      answeredAtMs: answers.get(attempt.attempt)?.atMs,
    }));
  }

  /** To a place, about an alert, in the order in which they were begun. */
  messagesAbout(alert: AlertText, place: string): readonly JudgedMessage[] {
    return this.messages.filter((message) => message.place === place && statusIn(message, alert) !== undefined);
  }

  /** What the newest message says of the alert that the place had taken by then. A place may take an older one later. */
  lastTold(alert: AlertText, place: string, atMs: number): ListedAlert['status'] | undefined {
    const last = this.messagesAbout(alert, place).findLast(
      ({ toldAtMs }) => toldAtMs !== undefined && toldAtMs <= atMs,
    );
    return last && statusIn(last, alert);
  }

  /**
   * While a node surely knows that the alert fires: it took a checker's word, or a peer that did must have told it, and
   * no checker's word has run out since.
   */
  knowsFiring(node: string, alert: AlertText): Stretches {
    return this.#knows(node, { alert, status: 'firing' });
  }

  /** While a node surely knows that the alert is over, since a checker said so to it, or to a peer. */
  knowsOver(node: string, alert: AlertText): Stretches {
    return this.#knows(node, { alert, status: 'resolved' });
  }

  #knows(node: string, fact: ListedAlert): Stretches {
    const key = `${node} ${fact.alert} ${fact.status}`;
    let knowing = this.#knowing.get(key);
    if (!knowing) {
      const fires = this.standing.fires(fact.alert);
      const episodes = fact.status === 'firing' ? fires : without(fires);
      knowing = merged(episodes.flatMap((episode) => common([episode], this.#knowsEpisode(node, fact, episode))));
      this.#knowing.set(key, knowing);
    }
    return knowing;
  }

  #knowsEpisode(node: string, { alert, status }: ListedAlert, episode: Stretch): Stretches {
    const { standing, spreading } = this;
    // A checker that looks a moment later, or is heard late, may still say the contrary.
    const contrary = status === 'firing' ? 'resolved' : 'firing';
    const fromMs = Math.max(episode.fromMs, ...this.#heardMs({ alert, status: contrary }, episode));
    const taken = standing.posts.filter(
      (post) =>
        post.answer === 'taken' &&
        post[status].includes(alert) &&
        post.sentAtMs >= episode.fromMs &&
        post.atMs >= fromMs &&
        post.atMs < episode.toMs,
    );
    const good = taken.map(({ atMs, goodUntilMs }) => ({
      fromMs: atMs,
      toMs: status === 'firing' ? goodUntilMs : episode.toMs,
    }));
    const own = taken.flatMap((post, index) => {
      // A new disk knows nothing of what its predecessor took.
      const life = standing.diskLives(node).find((one) => one.fromMs <= post.atMs && post.atMs < one.toMs);
      return post.node === node && life ? common(good.slice(index, index + 1), [life]) : [];
    });
    const heard = merged(good).flatMap((stretch) =>
      standing.nodes.flatMap((other) => {
        const first = taken.find((post) => post.node === other && holdsAt([stretch], post.atMs));
        return first && other !== node ? common([stretch], spreading.knows(node, first)) : [];
      }),
    );
    return merged([...own, ...heard]);
  }

  /** When nodes heard a checker say so, or may have: a frozen one hears when it is thawed. */
  #heardMs({ alert, status }: ListedAlert, { fromMs, toMs }: Stretch): readonly number[] {
    const thaws = this.standing.of('is thawed');
    return this.standing.posts
      .filter((post) => post[status].includes(alert) && post.answer !== 'refused')
      .map(({ node, sentAtMs, atMs, answer }) => {
        if (answer === 'taken') return atMs;
        return thaws.find((thaw) => thaw.node === node && thaw.atMs >= sentAtMs)?.atMs ?? atMs;
      })
      .filter((atMs) => fromMs <= atMs && atMs < toMs);
  }

  /**
   * Whether a node must know what time it is: it has surely heard enough right clocks since it began that the wrong ones
   * are a minority, its own counted either way.
   */
  knowsTime(node: string, atMs: number): boolean {
    const { standing, spreading } = this;
    const isRight = (other: string) => standing.isClockRight(other, atMs);
    const others = standing.nodes.filter((other) => other !== node);
    const heard = others.filter((other) => {
      const sinceMs = Math.max(standing.startedMs(node, atMs), standing.startedMs(other, atMs));
      return (
        isRight(other) && holdsAt(spreading.knows(node, { node: other, atMs: sinceMs }), atMs - CLOCK_KNOWN_AFTER_MS)
      );
    });
    const wrong = others.filter((other) => !isRight(other));
    return isRight(node) ? heard.length >= wrong.length - 1 : heard.length > wrong.length + 1;
  }

  #areTogether(earlier: JudgedMessage, later: JudgedMessage): boolean {
    const { standing } = this;
    const [one, two] = [earlier.node, later.node];
    if (one === two) return false;
    const together = common(standing.sound(one, two), standing.up(one), standing.up(two));
    return holdsThroughout(together, earlier.atMs - TOGETHER_MS, later.atMs + 1);
  }

  /** Why a node may not have known, as it began `later`, that `earlier` was on its way or told; undefined if it must have. */
  whyUnknown(earlier: JudgedMessage, later: JudgedMessage): Excuse | undefined {
    const { standing, spreading } = this;
    const { outcome, answeredAtMs } = earlier;
    const runs = standing.runs(earlier.node);
    const untilMs = (answeredAtMs ?? earlier.atMs) + RECORDED_AFTER_MS;
    if (!holdsThroughout(runs, earlier.atMs, untilMs)) return 'its sender died before everybody could know';
    if (!holdsThroughout(standing.up(earlier.node), earlier.atMs, untilMs)) return 'its sender was frozen meanwhile';
    if (outcome !== 'sent' || answeredAtMs === undefined) return 'its answer was lost';
    // While it was under way its sender's claim must have kept others away.
    const knownMs = later.atMs < answeredAtMs ? earlier.atMs : answeredAtMs;
    const known = spreading.knows(later.node, { node: earlier.node, atMs: knownMs });
    if (holdsAt(known, later.atMs) || this.#areTogether(earlier, later)) return undefined;
    const isSameDisk = standing
      .diskLives(later.node)
      .some(({ fromMs, toMs }) => fromMs <= knownMs && later.atMs < toMs);
    return isSameDisk ? 'its sender could not be heard' : 'a disk was lost';
  }
}

export function statusIn(
  { alerts }: Pick<AttemptHappening, 'alerts'>,
  alert: AlertText,
): ListedAlert['status'] | undefined {
  return alerts.find((listed) => listed.alert === alert)?.status;
}

/** May have been told: whoever looks at the place, or nobody, knows. */
export function mayBeTold({ outcome, toldAtMs }: JudgedMessage): boolean {
  return toldAtMs !== undefined || outcome !== 'refused';
}
