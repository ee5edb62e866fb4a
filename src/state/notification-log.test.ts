/** What was told is remembered per alert, its age is right after a restart, and nothing is kept for ever. */
import { describe, expect, test } from 'vitest';
import { MemoryDisk } from '../../test/support/memory-disk.ts';
import { notificationLog } from '../../test/support/notification-log.ts';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import type { Told } from './notification-log.ts';

const HOUR_MS = 3_600_000;

class Fixture {
  readonly system = new VirtualSystem();
  memory = new MemoryDisk(this.system);
  log = notificationLog({ disk: this.memory.disk, system: this.system }, { retentionMs: HOUR_MS });

  async restart(): Promise<void> {
    this.memory = await this.memory.afterKill();
    this.log = notificationLog({ disk: this.memory.disk, system: this.system }, { retentionMs: HOUR_MS });
    await this.log.load(this.system.now());
  }

  record(told: Record<string, Told | undefined>, { group = 'group', receiver = 'receiver', toldNow = false } = {}) {
    const now = this.system.now();
    const change = { groupKey: group, receiverKey: receiver, told: new Map(Object.entries(told)) };
    const claim = { state: 'sent', tickMs: now.monotonicMs, untilMs: now.monotonicMs } as const;
    return this.log.record(toldNow ? { ...change, claim } : change, now);
  }

  told(receiver = 'receiver'): Record<string, Told> | undefined {
    const entry = this.log.entry('group', receiver);
    return entry && Object.fromEntries(entry.told);
  }
}

describe('a change', () => {
  test('touches only the alerts it names', async () => {
    const fixture = new Fixture();
    await fixture.record({ a: 'firing', b: 'firing' });
    await fixture.record({ b: 'resolved', c: 'intent' });
    expect(fixture.told()).toEqual({ a: 'firing', b: 'resolved', c: 'intent' });
  });

  test('may forget an alert', async () => {
    const fixture = new Fixture();
    await fixture.record({ a: 'firing', b: 'firing' });
    await fixture.record({ a: undefined });
    expect(fixture.told()).toEqual({ b: 'firing' });
  });

  test('that is no message leaves the tick of the last one', async () => {
    const fixture = new Fixture();
    await fixture.record({ a: 'firing' }, { toldNow: true });
    const { monotonicMs } = fixture.system.now();
    await fixture.system.advance(1_000);
    await fixture.record({ b: 'intent' });
    expect(fixture.log.entry('group', 'receiver')?.toldAtMs).toBe(monotonicMs);
  });

  test('does not mix receivers or groups', async () => {
    const fixture = new Fixture();
    await fixture.record({ a: 'firing' });
    await fixture.record({ b: 'firing' }, { receiver: 'other' });
    await fixture.record({ c: 'firing' }, { group: 'other' });
    expect(fixture.told()).toEqual({ a: 'firing' });
    expect(fixture.told('other')).toEqual({ b: 'firing' });
  });
});

describe('after a restart', () => {
  test('everything recorded is there', async () => {
    const fixture = new Fixture();
    await fixture.record({ a: 'firing', b: 'resolved', c: 'intent' }, { toldNow: true });
    await fixture.restart();
    expect(fixture.told()).toEqual({ a: 'firing', b: 'resolved', c: 'intent' });
  });

  test('the last message is as old as the wall clock says', async () => {
    const fixture = new Fixture();
    await fixture.record({ a: 'firing' }, { toldNow: true });
    await fixture.system.advance(HOUR_MS);
    fixture.system.jumpWallClock(HOUR_MS);
    await fixture.restart();
    const toldAtMs = fixture.log.entry('group', 'receiver')?.toldAtMs ?? Number.NaN;
    expect(fixture.system.now().monotonicMs - toldAtMs).toBe(2 * HOUR_MS);
  });

  test('with a wall clock set back, it is as old as nothing', async () => {
    const fixture = new Fixture();
    await fixture.record({ a: 'firing' }, { toldNow: true });
    fixture.system.jumpWallClock(-HOUR_MS);
    await fixture.restart();
    expect(fixture.log.entry('group', 'receiver')?.toldAtMs).toBe(fixture.system.now().monotonicMs);
  });

  test('a jump of the wall clock before the message does not count towards its age', async () => {
    const fixture = new Fixture();
    await fixture.record({ a: 'firing' }, { receiver: 'earlier' });
    fixture.system.jumpWallClock(HOUR_MS);
    await fixture.record({ a: 'firing' }, { toldNow: true });
    await fixture.restart();
    expect(fixture.log.entry('group', 'receiver')?.toldAtMs).toBe(fixture.system.now().monotonicMs);
  });

  test('a damaged record is left out, and the others stand', async () => {
    const fixture = new Fixture();
    await fixture.record({ a: 'firing' });
    await fixture.memory.store.store.put('turns/x', '{"claims":[]}');
    await fixture.memory.store.store.put('told/y', 'not json');
    await fixture.restart();
    expect(fixture.log.size).toBe(1);
    expect(fixture.told()).toEqual({ a: 'firing' });
  });
});

describe('an end is owed', () => {
  test.each<[Told, boolean]>([
    ['firing', true],
    ['intent', true],
    ['resolved', false],
  ])('to a receiver that was told %s: %s', async (told, isOwed) => {
    const fixture = new Fixture();
    await fixture.record({ a: told });
    expect(fixture.log.isOwed('group', 'a', ['receiver'])).toBe(isOwed);
  });

  test('by those that are asked about only', async () => {
    const fixture = new Fixture();
    await fixture.record({ a: 'firing' });
    expect(fixture.log.isOwed('group', 'a', ['other'])).toBe(false);
    expect(fixture.log.isOwed('other', 'a', ['receiver'])).toBe(false);
    expect(fixture.log.isOwed('group', 'b', ['receiver'])).toBe(false);
  });
});

describe('the rhythm of a group', () => {
  test('is that of its latest message to any of the receivers', async () => {
    const fixture = new Fixture();
    await fixture.record({ a: 'firing' }, { receiver: 'first', toldNow: true });
    await fixture.system.advance(1_000);
    await fixture.record({ a: 'firing' }, { receiver: 'second', toldNow: true });
    const { monotonicMs } = fixture.system.now();
    expect(fixture.log.lastTickMs('group', ['second', 'first'])).toBe(monotonicMs);
    expect(fixture.log.lastTickMs('group', ['first'])).toBe(monotonicMs - 1_000);
    expect(fixture.log.lastTickMs('group', ['third'])).toBeUndefined();
  });

  test('is unfinished while one receiver got nothing, or may have got nothing', async () => {
    const fixture = new Fixture();
    await fixture.record({ a: 'firing' }, { receiver: 'first', toldNow: true });
    expect(fixture.log.isUnfinished('group', ['first'])).toBe(false);
    expect(fixture.log.isUnfinished('group', ['first', 'second'])).toBe(true);
    await fixture.record({ a: 'firing' }, { receiver: 'second', toldNow: true });
    expect(fixture.log.isUnfinished('group', ['first', 'second'])).toBe(false);
    await fixture.record({ b: 'intent' }, { receiver: 'second' });
    expect(fixture.log.isUnfinished('group', ['first', 'second'])).toBe(true);
  });
});

describe('forgetting', () => {
  const retention = (isGone: boolean) => ({ isGone: () => isGone });

  test('a group takes all its receivers along, but those of a twin', async () => {
    const fixture = new Fixture();
    await fixture.record({ a: 'firing' }, { receiver: 'mine' });
    await fixture.record({ a: 'firing' }, { receiver: 'twins' });
    await fixture.log.forgetGroup('group', new Set(['twins']));
    expect([fixture.told('mine'), fixture.told('twins')]).toEqual([undefined, { a: 'firing' }]);
    await fixture.log.forgetGroup('group', new Set());
    expect(fixture.told('twins')).toBeUndefined();
    await fixture.restart();
    expect(fixture.log.size).toBe(0);
  });

  test('collects what no group stands for and nobody touched for the retention', async () => {
    const fixture = new Fixture();
    await fixture.record({ a: 'firing' });
    await fixture.system.advance(HOUR_MS);
    await fixture.log.collectGarbage(fixture.system.now(), retention(true));
    expect(fixture.log.size).toBe(1);
    await fixture.system.advance(1);
    await fixture.log.collectGarbage(fixture.system.now(), retention(false));
    expect(fixture.log.size).toBe(1);
    await fixture.log.collectGarbage(fixture.system.now(), retention(true));
    expect(fixture.log.size).toBe(0);
    expect(fixture.told()).toBeUndefined();
    await fixture.restart();
    expect(fixture.log.size).toBe(0);
  });
});

test('a hanging disk delays a record by a second at most', async () => {
  const fixture = new Fixture();
  fixture.memory.store.behaviour = 'hang';
  let isDone = false;
  const recorded = fixture.record({ a: 'firing' }).then(() => {
    isDone = true;
  });
  await fixture.system.advance(999);
  expect(isDone).toBe(false);
  expect(fixture.told()).toEqual({ a: 'firing' });
  await fixture.system.advance(1);
  await recorded;
});
