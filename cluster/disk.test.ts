import { MemoryLevel } from 'memory-level';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { Disk, type DiskHealth, type TextStore } from './disk.ts';

const logger = pino({ level: 'silent' });

function memoryStore(): MemoryLevel<string, string> {
  return new MemoryLevel<string, string>();
}

/** A store that refuses every batch while `broken`. */
function breakableStore() {
  const store = memoryStore();
  const state = { broken: false, batches: [] as { keys: string[]; sync: boolean }[] };
  const batch = store.batch.bind(store) as unknown as (operations: { key: string }[], options: object) => Promise<void>;
  Object.assign(store, {
    batch: async (operations: { key: string }[], options: { sync: boolean }) => {
      if (state.broken) throw new Error('ENOSPC: no space left on device');
      state.batches.push({ keys: operations.map(({ key }) => key), sync: options.sync });
      await batch(operations, options);
    },
  });
  return { store: store as TextStore, state };
}

const put = (key: string, value: string) => [[key], () => value] as const;

async function stored(disk: Disk): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const [key, value] of disk.entries('')) found[key] = value;
  return found;
}

test('writes made in one turn leave as one batch', async () => {
  const { store, state } = breakableStore();
  const disk = new Disk({ store, system: new VirtualSystem(), logger });
  await Promise.all([disk.write(...put('a', '1'), { sync: false }), disk.write(...put('b', '2'), { sync: false })]);
  expect(state.batches).toEqual([{ keys: ['a', 'b'], sync: false }]);
});

test('one writer that wants a sync makes the whole batch synced', async () => {
  const { store, state } = breakableStore();
  const disk = new Disk({ store, system: new VirtualSystem(), logger });
  await Promise.all([disk.write(...put('a', '1'), { sync: true }), disk.write(...put('b', '2'), { sync: false })]);
  expect(state.batches).toEqual([{ keys: ['a', 'b'], sync: true }]);
});

test('the latest write of a key wins', async () => {
  const { store } = breakableStore();
  const disk = new Disk({ store, system: new VirtualSystem(), logger });
  await Promise.all([disk.write(...put('a', 'old'), { sync: false }), disk.write(...put('a', 'new'), { sync: false })]);
  expect(await stored(disk)).toEqual({ a: 'new' });
});

test('a full disk rejects nobody, says so once, and everything is written when there is room again', async () => {
  const { store, state } = breakableStore();
  const system = new VirtualSystem();
  const health: DiskHealth[] = [];
  const disk = new Disk({ store, system, logger, onHealthChange: (change) => health.push(change) });
  state.broken = true;
  expect(await disk.write(...put('a', '1'), { sync: true })).toBe(false);
  expect(await disk.write(...put('b', '2'), { sync: false })).toBe(false);
  expect(disk.healthy).toBe(false);
  state.broken = false;
  await system.advance(10_000);
  expect(disk.healthy).toBe(true);
  expect(await stored(disk)).toEqual({ a: '1', b: '2' });
  expect(health.at(0)).toMatchObject({ healthy: false });
  expect(health.at(-1)).toEqual({ healthy: true });
});

test('a burst larger than one batch arrives whole', async () => {
  const { store, state } = breakableStore();
  const disk = new Disk({ store, system: new VirtualSystem(), logger });
  await disk.write(
    Array.from({ length: 5000 }, (_, index) => `key-${index}`),
    () => 'value',
    { sync: true },
  );
  expect(Object.keys(await stored(disk))).toHaveLength(5000);
  expect(state.batches.map(({ sync }) => sync)).toEqual([false, false, true]);
});

test('what is pending is written when the disk closes', async () => {
  const { store, state } = breakableStore();
  const disk = new Disk({ store, system: new VirtualSystem(), logger });
  state.broken = true;
  await disk.write(...put('a', '1'), { sync: true });
  state.broken = false;
  await disk.close();
  await store.open();
  expect(await store.get('a')).toBe('1');
});

/** A store whose batches wait until `answer` is called. */
function hangingStore() {
  const store = memoryStore();
  const batch = store.batch.bind(store) as unknown as (operations: object[], options: object) => Promise<void>;
  const { promise, resolve } = Promise.withResolvers<void>();
  Object.assign(store, {
    batch: async (operations: object[], options: object) => {
      await promise;
      await batch(operations, options);
    },
  });
  return { store: store as TextStore, answer: resolve };
}

test('a write is waited for no longer than wanted, and is made all the same', async () => {
  const { store, answer } = hangingStore();
  const system = new VirtualSystem();
  const disk = new Disk({ store, system, logger });
  let stored: boolean | undefined;
  const written = disk.write(...put('a', '1'), { sync: true, withinMs: 250 }).then((result) => {
    stored = result;
  });
  await system.advance(249);
  expect(stored).toBeUndefined();
  await system.advance(1);
  await written;
  expect(stored).toBe(false);
  answer();
  await system.settle();
  expect(await store.get('a')).toBe('1');
});

test('a write that is in time leaves no timer behind', async () => {
  const { store } = breakableStore();
  const system = new VirtualSystem();
  const disk = new Disk({ store, system, logger });
  expect(await disk.write(...put('a', '1'), { sync: true, withinMs: 250 })).toBe(true);
  expect(system.pendingTimers).toBe(0);
});

test('a disk that does not answer is said to be failing, until it answers', async () => {
  const { store, answer } = hangingStore();
  const system = new VirtualSystem();
  const health: DiskHealth[] = [];
  const disk = new Disk({ store, system, logger, onHealthChange: (change) => health.push(change) });
  const written = disk.write(...put('a', '1'), { sync: true });
  await system.advance(9_999);
  expect(disk.healthy).toBe(true);
  await system.advance(1);
  expect(health).toMatchObject([{ healthy: false, cause: { message: expect.stringContaining('10 s') } }]);
  answer();
  expect(await written).toBe(true);
  expect(health.at(-1)).toEqual({ healthy: true });
});
