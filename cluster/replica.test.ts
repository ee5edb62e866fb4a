/** A map that is merged in memory and found again on disk. */
import { describe, expect, test } from 'vitest';
import { MemoryDisk, silentLogger } from '../test/support/memory-disk.ts';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { Replica } from './replica.ts';

/** Of sets of words; merging is union. */
function createWords(memory: MemoryDisk, name = 'words'): Replica<readonly string[]> {
  return new Replica<readonly string[]>(
    { disk: memory.disk, logger: silentLogger },
    {
      name,
      merge: (stored, incoming) =>
        incoming.every((word) => stored.includes(word)) ? stored : [...new Set([...stored, ...incoming])],
      encode: (words) => words.join(' '),
      decode: (text) => {
        if (text === '') throw new Error('no words');
        return text.split(' ');
      },
    },
  );
}

const sync = { sync: true };

describe('in memory', () => {
  test('a first value is taken as it is, another merged with it', () => {
    const words = createWords(new MemoryDisk(new VirtualSystem()));
    expect(words.merge('key', ['a'])).toEqual(['a']);
    expect(words.merge('key', ['b'])).toEqual(['a', 'b']);
    expect([words.get('key'), words.size]).toEqual([['a', 'b'], 1]);
  });

  test('a value that changes nothing leaves the very same one', () => {
    const words = createWords(new MemoryDisk(new VirtualSystem()));
    const stored = words.merge('key', ['a', 'b']);
    expect(words.merge('key', ['b'])).toBe(stored);
  });

  test('a key that objects have by nature is a key like any other', () => {
    const words = createWords(new MemoryDisk(new VirtualSystem()));
    expect(words.get('__proto__')).toBeUndefined();
    words.merge('__proto__', ['a']);
    expect([...words.keys()]).toEqual(['__proto__']);
  });
});

describe('on disk', () => {
  test('is what was persisted, and nothing else', async () => {
    const memory = new MemoryDisk(new VirtualSystem());
    const words = createWords(memory);
    words.merge('kept', ['a']);
    words.merge('not yet', ['b']);
    expect(await words.persist(['kept'], sync)).toBe(true);
    const next = createWords(await memory.afterKill());
    await next.load();
    expect([...next.keys()]).toEqual(['kept']);
    expect(next.get('kept')).toEqual(['a']);
  });

  test('is what stands when the batch leaves, not when it was asked for', async () => {
    const memory = new MemoryDisk(new VirtualSystem());
    const words = createWords(memory);
    words.merge('key', ['a']);
    const persisted = words.persist(['key'], sync);
    words.merge('key', ['b']);
    await persisted;
    expect(await memory.store.entries()).toEqual([['words/key', 'a b']]);
  });

  test('a key deleted in memory is deleted when it is persisted', async () => {
    const memory = new MemoryDisk(new VirtualSystem());
    const words = createWords(memory);
    words.merge('key', ['a']);
    await words.persist(['key'], sync);
    expect(words.delete('key')).toBe(true);
    await words.persist(['key'], sync);
    expect(await memory.store.entries()).toEqual([]);
  });

  test('maps do not see each other, even if one is named like the beginning of another', async () => {
    const memory = new MemoryDisk(new VirtualSystem());
    for (const name of ['word', 'words']) {
      const words = createWords(memory, name);
      words.merge(name, [name]);
      await words.persist([name], sync);
    }
    const next = await memory.afterKill();
    const loaded = createWords(next, 'word');
    await loaded.load();
    expect([...loaded.keys()]).toEqual(['word']);
  });

  test('keys of any text are found again', async () => {
    const memory = new MemoryDisk(new VirtualSystem());
    const words = createWords(memory);
    const keys = ['', '/', 'a\u0000b', '{a="b"}:{c="ü😀"}', 'x\uffff', 'y'.repeat(5_000)];
    for (const key of keys) words.merge(key, ['a']);
    await words.persist(keys, sync);
    const next = createWords(await memory.afterKill());
    await next.load();
    expect([...next.keys()].toSorted()).toEqual(keys.toSorted());
  });

  test('a damaged record is left where it is, counted, and disturbs no other', async () => {
    const memory = new MemoryDisk(new VirtualSystem());
    const words = createWords(memory);
    words.merge('key', ['a']);
    await words.persist(['key'], sync);
    await memory.store.store.put('words/damaged', '');
    const after = await memory.afterKill();
    const next = createWords(after);
    expect(await next.load()).toEqual({ damaged: 1 });
    expect([...next.keys()]).toEqual(['key']);
    expect(await after.store.entries()).toContainEqual(['words/damaged', '']);
  });

  test('a disk that refuses says so and loses nothing in memory', async () => {
    const memory = new MemoryDisk(new VirtualSystem());
    memory.store.behaviour = 'refuse';
    const words = createWords(memory);
    words.merge('key', ['a']);
    expect(await words.persist(['key'], sync)).toBe(false);
    expect(words.get('key')).toEqual(['a']);
  });

  test('a disk that hangs is waited for no longer than wanted', async () => {
    const system = new VirtualSystem();
    const memory = new MemoryDisk(system);
    memory.store.behaviour = 'hang';
    const words = createWords(memory);
    words.merge('key', ['a']);
    const persisted = words.persist(['key'], { sync: true, withinMs: 250 });
    await system.advance(250);
    expect(await persisted).toBe(false);
    memory.store.behaviour = 'work';
    await system.settle();
    expect(await memory.store.entries()).toEqual([['words/key', 'a']]);
  });
});
