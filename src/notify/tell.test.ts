/** One flush for one receiver: what its answers lead to, who goes first, what the log says. */
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import type { Outcome, Receiver } from '../../receivers/receiver.ts';
import { MemoryDisk } from '../../test/support/memory-disk.ts';
import { notificationLog } from '../../test/support/notification-log.ts';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { createMetrics } from '../metrics.ts';
import type { Notification } from '../model/notification.ts';
import { sleep } from '../system.ts';
import { buildNotification } from './build-notification.ts';
import type { Flush } from './flush.ts';
import { Gate } from './gate.ts';
import { PlaceHealth } from './place-health.ts';
import { type ReceiverTarget, type Telling, tell } from './tell.ts';
import { alwaysGo, type TakeTurn } from './turn.ts';

const UNKNOWN = { kind: 'unknown', reason: 'other' } as const;
const REFUSED = { kind: 'refused', retryable: true, reason: 'serverError' } as const;

class Fixture {
  readonly system = new VirtualSystem();
  /** Those of warnings. */
  readonly logged: string[] = [];
  /** When each attempt began, in ms since the beginning, and the group it was for. */
  readonly attempts: { readonly atMs: number; readonly groupKey: string }[] = [];
  answer: (attempt: number) => Outcome | Promise<Outcome> = () => ({ kind: 'sent' });
  takeTurn: TakeTurn = alwaysGo;
  readonly #log = notificationLog({ disk: new MemoryDisk(this.system).disk, system: this.system });
  readonly #logger = pino(
    { level: 'warn' },
    { write: (line: string) => void this.logged.push((JSON.parse(line) as { error: string }).error) },
  );
  readonly #target: ReceiverTarget;
  readonly #beganMs = this.system.now().monotonicMs;

  constructor({ sendsAtOnce = 32 } = {}) {
    const receiver: Receiver = {
      integration: 'webhook',
      sendResolved: true,
      destination: '',
      attemptTimeoutMs: 10_000,
      send: async ({ groupKey }: Notification) => {
        this.attempts.push({ atMs: this.system.now().monotonicMs - this.#beganMs, groupKey });
        return this.answer(this.attempts.length);
      },
    };
    this.#target = {
      name: 'team',
      key: 'team',
      receiver,
      gate: new Gate({ system: this.system }, sendsAtOnce),
      health: new PlaceHealth(),
    };
  }

  get told(): string[] {
    return this.attempts.map(({ groupKey }) => groupKey);
  }

  tell(groupKey: string, severity = 'important'): Promise<Telling> {
    const { signal } = new AbortController();
    return tell(
      {
        system: this.system,
        logger: this.#logger,
        metrics: createMetrics({ processMetrics: false }),
        log: this.#log,
        takeTurn: this.takeTurn,
        currentTarget: (target) => target,
        currentAlert: () => undefined,
        remute: (flush) => flush,
        buildNotification: (flush, alerts, reason) => buildNotification(flush, { alerts, reason, externalURL: '' }),
      },
      this.#target,
      { flush: this.#flush(groupKey, severity), signals: { deadline: signal, stopping: signal } },
    );
  }

  #flush(groupKey: string, severity: string): Flush {
    const alert = {
      fingerprint: groupKey,
      labels: { alertname: groupKey, severity },
      annotations: {},
      generatorURL: '',
      startsAtMs: 0,
      endsAtMs: Number.POSITIVE_INFINITY,
      timeout: false,
      updatedAtMs: 0,
      receivedAtMs: 0,
    };
    return {
      now: this.system.now(),
      quietSinceMs: this.system.now().monotonicMs,
      groupKey,
      groupLabels: {},
      route: {
        receiver: 'team',
        groupIntervalMs: 300_000,
        repeatIntervalMs: 14_400_000,
        muteTimeIntervals: [],
        activeTimeIntervals: [],
        labels: {},
      },
      alerts: [{ alert, status: 'firing', isMuted: false }],
    };
  }
}

describe('a receiver that took some of it and asked for a pause', () => {
  test('is asked for the rest when the pause is over', async () => {
    const fixture = new Fixture();
    fixture.answer = (attempt) =>
      attempt === 1 ? { ...UNKNOWN, message: 'sent 1 of 3 messages', retryAfterMs: 40_000 } : { kind: 'sent' };
    const telling = fixture.tell('large');
    await fixture.system.advance(39_999);
    expect(fixture.attempts).toHaveLength(1);
    await fixture.system.advance(1);
    expect(await telling).toBe('told');
    expect(fixture.attempts.map(({ atMs }) => atMs)).toEqual([0, 40_000]);
  });

  test('hears of no other group before', async () => {
    const fixture = new Fixture({ sendsAtOnce: 1 });
    fixture.answer = (attempt) =>
      attempt === 1 ? { ...UNKNOWN, message: 'sent 1 of 3 messages', retryAfterMs: 40_000 } : { kind: 'sent' };
    void fixture.tell('large');
    void fixture.tell('other');
    await fixture.system.advance(39_999);
    expect(fixture.told).toEqual(['large']);
    await fixture.system.advance(1);
    expect(fixture.told.toSorted()).toEqual(['large', 'large', 'other']);
  });
});

test('what is urgent goes before hundreds that wait for a slow receiver', async () => {
  const fixture = new Fixture();
  fixture.answer = async () => {
    await sleep(fixture.system, 2_000);
    return { kind: 'sent' };
  };
  for (let count = 0; count < 300; count++) void fixture.tell(`quiet ${count}`, 'interesting');
  await fixture.system.advance(1_000);
  void fixture.tell('page', 'urgent');
  await fixture.system.advance(60_000);
  expect(fixture.attempts.find(({ groupKey }) => groupKey === 'page')?.atMs).toBe(1_000);
  expect(new Set(fixture.told).size).toBe(301);
});

describe('a turn that is lost while it waits for room', () => {
  test('is taken again, and nothing is sent if then another has spoken', async () => {
    const fixture = new Fixture();
    let asked = 0;
    fixture.takeTurn = async (...place) => {
      asked += 1;
      if (asked > 1) return { turn: 'over', reason: 'another has spoken', [Symbol.dispose]() {} };
      return { ...(await alwaysGo(...place)), turn: 'go', reason: 'first in line', isStillGiven: () => false };
    };
    expect([await fixture.tell('a'), asked, fixture.told]).toEqual(['quiet', 2, []]);
  });
});

describe('the log', () => {
  test('says the same error once, also if it counts seconds down', async () => {
    const fixture = new Fixture();
    const messages = [
      'no result within 14998 ms; 198 lines wait',
      'no result within 14731.25 ms; 7 lines wait',
      'no result within 9 ms; 11 lines wait',
    ];
    fixture.answer = (attempt) => {
      const message = messages[attempt - 1];
      return message === undefined ? { kind: 'sent' } : { ...REFUSED, message };
    };
    const telling = fixture.tell('group');
    await fixture.system.advance(10_000);
    expect(await telling).toBe('told');
    expect(fixture.logged).toEqual(['no result within 14998 ms; 198 lines wait']);
  });

  test('says another error, and the same one when it means something else', async () => {
    const fixture = new Fixture();
    const failures: Outcome[] = [
      { ...REFUSED, message: 'busy' },
      { ...REFUSED, message: 'gone' },
      { ...UNKNOWN, message: 'gone' },
    ];
    fixture.answer = (attempt) => failures[attempt - 1] ?? { kind: 'sent' };
    const telling = fixture.tell('group');
    await fixture.system.advance(10_000);
    expect(await telling).toBe('told');
    expect(fixture.logged).toEqual(['busy', 'gone', 'gone']);
  });
});
