/** Waiting, asking and answering: who is about to tell, and who leaves it to another. */
import { describe, expect, it } from 'vitest';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import type { LoggedClaim } from '../state/notification-log.ts';
import type { Flush } from './flush.ts';
import { type Question, type TurnPeers, TurnTaker } from './take-turn.ts';
import type { Turn } from './turn.ts';
import type { Answer } from './turn-rules.ts';

const PEER_TIMEOUT_MS = 15_000;

class Stage {
  readonly system = new VirtualSystem();
  readonly asked: Question[] = [];
  claims: LoggedClaim[] = [];
  line: string[] = ['a', 'b'];
  undisturbedSinceMs = 0;
  isWanted = true;
  answer: (question: Question) => Promise<Answer> = async () => ({ answer: 'go' });
  readonly #listeners = new Set<() => void>();
  readonly #peers: TurnPeers;
  readonly taker: TurnTaker;

  constructor(self: string) {
    this.#peers = {
      self,
      line: () => this.line,
      isAlive: (node) => this.line.includes(node),
      undisturbedSinceMs: () => this.undisturbedSinceMs,
      ask: (question) => {
        this.asked.push(question);
        return this.answer(question);
      },
      onChange: (_, listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
    const { system } = this;
    this.taker = new TurnTaker(
      { system, peers: this.#peers, claims: () => this.claims },
      { peerTimeoutMs: PEER_TIMEOUT_MS },
    );
  }

  get nowMs(): number {
    return this.system.now().monotonicMs;
  }

  flush(): Flush {
    return {
      now: this.system.now(),
      quietSinceMs: this.nowMs - 60_000,
      groupKey: 'group',
      groupLabels: {},
      route: {
        receiver: 'team',
        groupIntervalMs: 60_000,
        repeatIntervalMs: 3_600_000,
        muteTimeIntervals: [],
        activeTimeIntervals: [],
        labels: {},
      },
      alerts: [],
    };
  }

  /** Begins, and keeps what comes of it. */
  take(signal = new AbortController().signal): { turn: Turn | undefined } {
    const taken: { turn: Turn | undefined } = { turn: undefined };
    const turning = this.taker.takeTurn(this.flush(), 'team', { signal, isWanted: () => this.isWanted });
    void turning.then((turn) => {
      taken.turn = turn;
    });
    return taken;
  }

  hears(node: string, state: LoggedClaim['state'], forMs = 10_000): void {
    const { nowMs } = this;
    const claim = { node, writer: `${node}.1`, state, tickMs: nowMs, madeMs: nowMs, untilMs: nowMs + forMs };
    this.claims = [...this.claims.filter((known) => known.node !== node), claim];
    this.changes();
  }

  changes(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  question(change: Partial<Question> = {}): Question {
    const { nowMs } = this;
    return { groupKey: 'group', receiverKey: 'team', tickMs: nowMs, groupIntervalMs: 60_000, rank: 1, ...change };
  }
}

describe('the first in line', () => {
  it('goes at once, and asks nobody', async () => {
    const stage = new Stage('a');
    const taken = stage.take();
    await stage.system.settle();
    expect([taken.turn?.turn, stage.asked.length]).toEqual(['go', 0]);
  });

  it('asks before it goes, if it stood still since the last tick', async () => {
    const stage = new Stage('a');
    stage.undisturbedSinceMs = stage.nowMs - 1;
    const taken = stage.take();
    await stage.system.settle();
    expect([taken.turn?.turn, stage.asked.length]).toEqual(['go', 1]);
  });

  it('waits while a peer answers that it is sending, then asks again', async () => {
    const stage = new Stage('a');
    stage.undisturbedSinceMs = stage.nowMs - 1;
    stage.answer = async () =>
      stage.asked.length === 1 ? { answer: 'wait', untilMs: stage.nowMs + 5_000 } : { answer: 'go' };
    const taken = stage.take();
    await stage.system.advance(4_999);
    expect(taken.turn).toBeUndefined();
    await stage.system.advance(1);
    expect([taken.turn?.turn, stage.asked.length]).toEqual(['go', 2]);
  });
});

describe('a turn that was given', () => {
  const given = async () => {
    const stage = new Stage('a');
    const taken = stage.take();
    await stage.system.settle();
    if (taken.turn?.turn !== 'go') throw new Error('the first in line goes at once');
    return { stage, turn: taken.turn };
  };

  it('is still given while nobody else speaks', async () => {
    const { stage, turn } = await given();
    stage.line = ['b', 'a'];
    await stage.system.advance(5_000);
    expect(turn.isStillGiven()).toBe(true);
  });

  it.each(['intent', 'sent'] as const)('is lost to a peer whose claim says %s', async (state) => {
    const { stage, turn } = await given();
    stage.hears('b', state);
    expect(turn.isStillGiven()).toBe(false);
  });

  it('that was owed since the last tick is still owed when it is lost', async () => {
    const stage = new Stage('a');
    stage.hears('b', 'sent');
    const first = stage.take();
    await stage.system.advance(60_000);
    stage.hears('b', 'sent');
    const second = stage.take();
    await stage.system.settle();
    if (second.turn?.turn !== 'go') throw new Error('what was left out twice is said');
    stage.hears('b', 'intent');
    const wasGiven = second.turn.isStillGiven();
    second.turn[Symbol.dispose]();
    const third = stage.take();
    await stage.system.advance(1_000);
    stage.hears('b', 'sent');
    await stage.system.settle();
    expect([first.turn?.turn, wasGiven, third.turn?.turn]).toEqual(['over', false, 'go']);
  });

  it('is not lost to one that was refused', async () => {
    const { stage, turn } = await given();
    stage.hears('b', 'refused');
    expect(turn.isStillGiven()).toBe(true);
  });
});

describe('a node that stood still while it asked', () => {
  const STILL_MS = 5_000;
  const standsStill = (stage: Stage): Promise<Answer> =>
    new Promise((resolve) => stage.system.setTimer(STILL_MS, () => resolve({ answer: 'go' })));

  it('asks again, since the answers may have been waiting for it', async () => {
    const stage = new Stage('a');
    stage.undisturbedSinceMs = stage.nowMs - 1;
    stage.answer = async () =>
      stage.asked.length === 1 ? standsStill(stage) : { answer: 'wait', untilMs: stage.nowMs + 5_000 };
    const taken = stage.take();
    await stage.system.advance(STILL_MS);
    expect([taken.turn, stage.asked.length]).toEqual([undefined, 2]);
  });

  it('again and again speaks in the end', async () => {
    const stage = new Stage('a');
    stage.undisturbedSinceMs = stage.nowMs - 1;
    stage.answer = () => standsStill(stage);
    const taken = stage.take();
    await stage.system.advance(3 * STILL_MS);
    expect([taken.turn?.turn, stage.asked.length]).toEqual(['go', 3]);
  });
});

describe('the second in line', () => {
  it('leaves it to the first, and is done when that has told', async () => {
    const stage = new Stage('b');
    const taken = stage.take();
    await stage.system.advance(5_000);
    stage.isWanted = false;
    stage.changes();
    await stage.system.settle();
    expect(taken.turn).toMatchObject({ turn: 'over', reason: 'nothing left to say' });
    expect(stage.listeners).toBe(0);
  });

  it('asks and steps in after a peer timeout, if the first stays silent', async () => {
    const stage = new Stage('b');
    const taken = stage.take();
    await stage.system.advance(PEER_TIMEOUT_MS - 1);
    expect([taken.turn, stage.asked.length]).toEqual([undefined, 0]);
    await stage.system.advance(1);
    expect([taken.turn?.turn, stage.asked.length]).toEqual(['go', 1]);
  });

  it('steps in at once when the first dies', async () => {
    const stage = new Stage('b');
    const taken = stage.take();
    await stage.system.advance(1_000);
    stage.line = ['b'];
    stage.undisturbedSinceMs = stage.nowMs;
    stage.changes();
    await stage.system.settle();
    expect([taken.turn?.turn, stage.asked.length]).toEqual(['go', 1]);
  });

  it('steps in at once when the first was refused', async () => {
    const stage = new Stage('b');
    const taken = stage.take();
    await stage.system.settle();
    stage.hears('a', 'refused');
    await stage.system.settle();
    expect([taken.turn?.turn, stage.asked.length]).toEqual(['go', 1]);
  });

  it('lets a sender have its deadline', async () => {
    const stage = new Stage('b');
    const taken = stage.take();
    await stage.system.settle();
    stage.hears('a', 'intent', 40_000);
    await stage.system.advance(39_999);
    expect(taken.turn).toBeUndefined();
    await stage.system.advance(1);
    expect(taken.turn?.turn).toBe('go');
  });
});

describe('what another left out', () => {
  it('waits for the next tick, and is said then by whoever knows of it', async () => {
    const stage = new Stage('b');
    const first = stage.take();
    await stage.system.settle();
    stage.hears('a', 'sent');
    await stage.system.settle();
    expect(first.turn).toMatchObject({ turn: 'over', reason: 'another has spoken' });

    await stage.system.advance(60_000);
    stage.hears('a', 'sent');
    const second = stage.take();
    await stage.system.settle();
    expect(second.turn?.turn).toBe('go');
  });

  it('waits one tick again when it had its turn', async () => {
    const stage = new Stage('b');
    for (const expected of ['over', 'go', 'over']) {
      stage.hears('a', 'sent');
      const taken = stage.take();
      await stage.system.settle();
      expect(taken.turn?.turn).toBe(expected);
      taken.turn?.[Symbol.dispose]();
      await stage.system.advance(60_000);
    }
  });
});

it('ends without a turn when time is up', async () => {
  const stage = new Stage('b');
  const controller = new AbortController();
  const taken = stage.take(controller.signal);
  await stage.system.settle();
  controller.abort(new Error('the node stops'));
  await stage.system.settle();
  expect(taken.turn).toMatchObject({ turn: 'over', reason: 'out of time' });
  expect(stage.system.pendingTimers).toBe(0);
});

describe('a peer that asks', () => {
  it('is told to go, and then counts as sending for a moment', async () => {
    const stage = new Stage('b');
    expect(stage.taker.answer('c', stage.question({ rank: 2 }))).toEqual({ answer: 'go' });
    stage.line = ['b', 'c'];
    const taken = stage.take();
    await stage.system.settle();
    expect(taken.turn).toBeUndefined();
    await stage.system.advance(2_000);
    expect(taken.turn?.turn).toBe('go');
  });

  it('that dies with its word holds nobody up', async () => {
    const stage = new Stage('b');
    stage.line = ['a', 'b'];
    stage.taker.answer('a', stage.question());
    const taken = stage.take();
    await stage.system.settle();
    expect(taken.turn).toBeUndefined();
    stage.line = ['b'];
    stage.changes();
    await stage.system.settle();
    expect(taken.turn?.turn).toBe('go');
  });

  it('waits for one that sends', async () => {
    const stage = new Stage('a');
    const taken = stage.take();
    await stage.system.settle();
    expect(stage.taker.answer('b', stage.question())).toMatchObject({ answer: 'wait' });
    taken.turn?.[Symbol.dispose]();
    expect(stage.taker.answer('b', stage.question())).toEqual({ answer: 'go' });
  });

  it('waits for one that still sends about an earlier tick', async () => {
    const stage = new Stage('a');
    const taken = stage.take();
    await stage.system.settle();
    const later = stage.question({ tickMs: stage.nowMs + 60_000 });
    expect(stage.taker.answer('b', later)).toMatchObject({ answer: 'wait' });
    taken.turn?.[Symbol.dispose]();
    expect(stage.taker.answer('b', later)).toEqual({ answer: 'go' });
  });
});
