/** Lanes: each receiver of a group hears of one flush at a time, and what goes wrong in one lane stays there. */
import { describe, expect, test } from 'vitest';
import { MemoryDisk, silentLogger } from '../../test/support/memory-disk.ts';
import { notificationLog } from '../../test/support/notification-log.ts';
import { RecordingReceiver, ToldPlace } from '../../test/support/recording-receiver.ts';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { createMetrics } from '../metrics.ts';
import type { AlertStatus } from '../model/notification.ts';
import type { Flush } from './flush.ts';
import { Gate } from './gate.ts';
import { Pipeline, type PipelineConfig } from './pipeline.ts';
import { PlaceHealth } from './place-health.ts';
import { alwaysGo } from './turn.ts';

class Fixture {
  readonly system = new VirtualSystem();
  readonly log = notificationLog({ disk: new MemoryDisk(this.system).disk, system: this.system });
  readonly places = { team: new ToldPlace(this.system), pager: new ToldPlace(this.system) };
  readonly pipeline: Pipeline;
  silenced = new Set<string>();
  #done = 0;

  constructor({ sendsAtOnce = 32, ...config }: Partial<PipelineConfig> & { sendsAtOnce?: number } = {}) {
    const targets = Object.entries(this.places).map(([key, place]) => ({
      name: 'team',
      key,
      receiver: new RecordingReceiver(place, { sendResolved: true, destination: key }),
      gate: new Gate({ system: this.system }, sendsAtOnce),
      health: new PlaceHealth(),
    }));
    this.pipeline = new Pipeline(
      {
        system: this.system,
        logger: silentLogger,
        metrics: createMetrics({ processMetrics: false }),
        log: this.log,
        takeTurn: alwaysGo,
        inhibitedBy: () => undefined,
        currentAlert: () => undefined,
        silencedBy: ({ fingerprint }) => (this.silenced.has(fingerprint) ? ['silence'] : []),
      },
      {
        targets: new Map([
          ['team', targets],
          ['nobody', []],
        ]),
        timeIntervals: new Map(),
        externalURL: () => 'http://tocsin.test',
        renderRouteLabels: (labels) => labels,
        ...config,
      },
    );
  }

  flush(states: Record<string, AlertStatus>, { groupKey = 'group', receiver = 'team' } = {}): Flush {
    return {
      now: this.system.now(),
      quietSinceMs: this.system.now().monotonicMs,
      groupKey,
      groupLabels: {},
      route: {
        receiver,
        groupIntervalMs: 300_000,
        repeatIntervalMs: 14_400_000,
        muteTimeIntervals: [],
        activeTimeIntervals: [],
        labels: {},
      },
      alerts: Object.entries(states).map(([name, status]) => ({
        alert: {
          fingerprint: name,
          labels: { alertname: name },
          annotations: {},
          generatorURL: '',
          startsAtMs: 0,
          endsAtMs: 1,
          timeout: false,
          updatedAtMs: 0,
          receivedAtMs: 0,
        },
        status,
        isMuted: false,
      })),
    };
  }

  /** How often a receiver was done with a flush so far. */
  get done(): number {
    return this.#done;
  }

  run(flush: Flush): Promise<void> {
    return this.pipeline.run(flush, () => {
      this.#done++;
    });
  }
}

const alertsTold = (place: ToldPlace) =>
  place.told.map(({ notification }) => notification.alerts.map(({ fingerprint }) => fingerprint).join(' '));

test('a silence made while a send waits for room holds', async () => {
  const fixture = new Fixture({ sendsAtOnce: 1 });
  const { team } = fixture.places;
  team.behaviour = { kind: 'take slowly', afterMs: 3_000 };
  void fixture.run(fixture.flush({ a: 'firing' }, { groupKey: 'one' }));
  void fixture.run(fixture.flush({ b: 'firing' }, { groupKey: 'two' }));
  await fixture.system.advance(1_000);
  fixture.silenced.add('b');
  await fixture.system.advance(10_000);
  expect(alertsTold(team)).toEqual(['a']);
});

describe('a flush', () => {
  test('is done when all receivers are, and says so for each', async () => {
    const fixture = new Fixture();
    fixture.places.pager.behaviour = { kind: 'take slowly', afterMs: 5_000 };
    let isDone = false;
    void fixture.run(fixture.flush({ a: 'firing' })).then(() => {
      isDone = true;
    });
    await fixture.system.advance(4_999);
    expect([fixture.done, isDone]).toEqual([1, false]);
    await fixture.system.advance(1);
    expect([fixture.done, isDone]).toEqual([2, true]);
  });

  test('of which nothing is left is done at once', async () => {
    const fixture = new Fixture();
    fixture.silenced.add('a');
    await fixture.run(fixture.flush({ a: 'firing' }));
    expect([fixture.done, fixture.places.team.attempts]).toEqual([1, 0]);
  });

  test('for a receiver that tells nobody is done at once', async () => {
    const fixture = new Fixture();
    await fixture.run(fixture.flush({ a: 'firing' }, { receiver: 'nobody' }));
    expect(fixture.done).toBe(1);
  });

  test('waits while its lane is busy, and gives way to a newer one', async () => {
    const fixture = new Fixture();
    fixture.places.pager.next.push({ kind: 'take slowly', afterMs: 8_000 });
    const flushes = [
      fixture.run(fixture.flush({ a: 'firing' })),
      fixture.run(fixture.flush({ a: 'firing', b: 'firing' })),
      fixture.run(fixture.flush({ a: 'firing', b: 'firing', c: 'firing' })),
    ];
    await fixture.system.advance(8_000);
    await Promise.all(flushes);
    expect(alertsTold(fixture.places.pager)).toEqual(['a', 'a b c']);
  });

  test('of another group does not wait', async () => {
    const fixture = new Fixture();
    fixture.places.pager.next.push({ kind: 'hang' });
    void fixture.run(fixture.flush({ a: 'firing' }));
    void fixture.run(fixture.flush({ b: 'firing' }, { groupKey: 'other' }));
    await fixture.system.settle();
    expect(alertsTold(fixture.places.pager)).toEqual(['b']);
  });

  test('whose words cannot be made harms neither the caller nor the next one', async () => {
    let isBroken = true;
    const fixture = new Fixture({
      renderRouteLabels: (labels) => {
        if (isBroken) throw new Error('a bug');
        return labels;
      },
    });
    await fixture.run(fixture.flush({ a: 'firing' }));
    isBroken = false;
    await fixture.run(fixture.flush({ a: 'firing' }));
    expect(alertsTold(fixture.places.team)).toEqual(['a']);
    expect(fixture.done).toBe(4);
  });
});

describe('what was told is recorded', () => {
  test('with the tick of the flush, however long the sending took', async () => {
    const fixture = new Fixture();
    fixture.places.team.behaviour = { kind: 'take slowly', afterMs: 5_000 };
    const flush = fixture.flush({ a: 'firing', b: 'resolved' });
    const run = fixture.run(flush);
    await fixture.system.settle();
    expect(Object.fromEntries(fixture.log.entry('group', 'team')?.told ?? [])).toEqual({ a: 'intent' });
    await fixture.system.advance(5_000);
    await run;
    const entry = fixture.log.entry('group', 'team');
    expect(Object.fromEntries(entry?.told ?? [])).toEqual({ a: 'firing', b: 'resolved' });
    expect(entry?.toldAtMs).toBe(flush.now.monotonicMs);
  });

  test('not after a refusal: then it is as before', async () => {
    const fixture = new Fixture();
    await fixture.run(fixture.flush({ a: 'firing', b: 'firing' }));
    await fixture.run(fixture.flush({ a: 'resolved', b: 'firing' }));
    fixture.places.team.behaviour = { kind: 'refuse', retryable: false };
    await fixture.run(fixture.flush({ a: 'firing', b: 'firing', c: 'firing' }));
    const { told } = fixture.log.entry('group', 'team') ?? {};
    expect(Object.fromEntries(told ?? [])).toEqual({ a: 'resolved', b: 'firing' });
  });
});

describe('a stop', () => {
  test('waits for attempts under way and begins no more', async () => {
    const fixture = new Fixture();
    fixture.places.team.behaviour = { kind: 'take slowly', afterMs: 3_000 };
    fixture.places.pager.behaviour = { kind: 'refuse', retryable: true };
    void fixture.run(fixture.flush({ a: 'firing' }));
    void fixture.run(fixture.flush({ a: 'firing', b: 'firing' }));
    await fixture.system.settle();
    let isStopped = false;
    const stop = fixture.pipeline.stop(5_000).then(() => {
      isStopped = true;
    });
    await fixture.system.advance(2_999);
    expect(isStopped).toBe(false);
    await fixture.system.advance(1);
    await stop;
    expect(alertsTold(fixture.places.team)).toEqual(['a']);
    expect(fixture.places.pager.attempts).toBe(1);
  });

  test('gives what still hangs the drain time, not more', async () => {
    const fixture = new Fixture();
    fixture.places.team.behaviour = { kind: 'hang' };
    void fixture.run(fixture.flush({ a: 'firing' }));
    await fixture.system.settle();
    const stop = fixture.pipeline.stop(2_000);
    await fixture.system.advance(3_000);
    await stop;
    expect(fixture.system.pendingTimers).toBe(0);
  });

  test('begins nothing for those that wait for a slow receiver', async () => {
    const fixture = new Fixture({ sendsAtOnce: 1 });
    fixture.places.team.behaviour = { kind: 'take slowly', afterMs: 3_000 };
    for (const groupKey of ['one', 'two']) void fixture.run(fixture.flush({ a: 'firing' }, { groupKey }));
    await fixture.system.settle();
    const stop = fixture.pipeline.stop(5_000);
    await fixture.system.advance(6_000);
    await stop;
    expect(fixture.places.team.attempts).toBe(1);
    expect(fixture.log.isOwed('two', 'a', ['team'])).toBe(false);
  });
});
