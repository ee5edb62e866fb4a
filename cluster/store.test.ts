/** A node starts whatever is wrong with its store, keeps what can be kept, and destroys nothing. With real files. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClassicLevel } from 'classic-level';
import { describe, expect, test } from 'vitest';
import { errorText } from '../src/model/error-text.ts';
import { silentLogger } from '../test/support/memory-disk.ts';
import { TemporaryDirectory } from '../test/support/temporary-directory.ts';
import type { TextStore } from './disk.ts';
import { type OpenedStore, openStore, StoreError } from './store.ts';

const NOW_MS = Date.UTC(2026, 0, 5, 12);

interface Opened extends OpenedStore {
  readonly entries: ReadonlyMap<string, string>;
}

/** Opens it as a node does, reading everything. */
async function open(directory: string, { refuses = 0 } = {}): Promise<Opened> {
  let entries = new Map<string, string>();
  let refusals = refuses;
  const load = async (store: TextStore) => {
    entries = new Map(await store.iterator().all());
    if (refusals-- > 0) throw new Error('cannot read that');
  };
  const opened = await openStore({ logger: silentLogger }, { directory, nowMs: NOW_MS, load });
  return { ...opened, entries };
}

async function openAndClose(directory: string, options = {}): Promise<Opened> {
  const opened = await open(directory, options);
  await opened.store.close();
  return opened;
}

/** A directory with a store of `count` records, the first half of them in a table, the rest in the log. */
async function filled(count = 200): Promise<TemporaryDirectory> {
  const directory = new TemporaryDirectory();
  for (const half of [0, 1]) {
    const { store } = await open(directory.path);
    const keys = Array.from({ length: count / 2 }, (_, index) => `key-${half}-${index}`);
    await store.batch(keys.map((key) => ({ type: 'put' as const, key, value: 'x'.repeat(100) })));
    if (half === 0) await (store as unknown as ClassicLevel).compactRange('', '\uffff');
    await store.close();
  }
  return directory;
}

async function filesOf(directory: TemporaryDirectory, pattern: RegExp): Promise<string[]> {
  const store = directory.join('store');
  return (await readdir(store)).filter((name) => pattern.test(name)).map((name) => join(store, name));
}

async function damage(files: readonly string[], how: (file: string, size: number) => Promise<void>): Promise<void> {
  if (files.length === 0) throw new Error('there is no such file to damage');
  for (const file of files) await how(file, (await readFile(file)).length);
}

const garbage = (file: string, size: number) => writeFile(file, Buffer.alloc(Math.max(size, 100), 0xa5));

describe('a store in good health', () => {
  test('begins empty, in a directory made for it', async () => {
    using directory = new TemporaryDirectory();
    const { entries, damage: found } = await openAndClose(directory.join('a/b/c'));
    expect([entries.size, found]).toEqual([0, undefined]);
  });

  test('has everything after it was closed', async () => {
    using directory = await filled();
    const { entries, damage: found } = await openAndClose(directory.path);
    expect([entries.size, found]).toEqual([200, undefined]);
  });
});

describe('a damaged store', () => {
  test.each<[string, RegExp, (file: string, size: number) => Promise<void>]>([
    ['a CURRENT that names no file', /^CURRENT$/, (file) => writeFile(file, 'MANIFEST-999999\n')],
    ['a CURRENT of garbage', /^CURRENT$/, garbage],
    ['an empty CURRENT', /^CURRENT$/, (file) => truncate(file, 0)],
    ['a manifest of garbage', /^MANIFEST/, garbage],
    ['an empty manifest', /^MANIFEST/, (file) => truncate(file, 0)],
    ['tables of garbage', /\.ldb$/, garbage],
    ['tables cut in half', /\.ldb$/, (file, size) => truncate(file, Math.floor(size / 2))],
    ['empty tables', /\.ldb$/, (file) => truncate(file, 0)],
  ])('with %s is moved aside, and the node starts with what is left', async (_, files, how) => {
    using directory = await filled();
    await damage(await filesOf(directory, files), how);
    const opened = await open(directory.path);
    expect(opened.damage?.message).not.toBe('');
    expect(await readdir(opened.damage?.movedTo ?? '')).toContain('CURRENT');
    await opened.store.put('new', 'value');
    await opened.store.close();
    const next = await openAndClose(directory.path);
    expect(next.entries.get('new')).toBe('value');
    expect(next.damage).toBeUndefined();
  });

  test.each<[string, RegExp]>([
    ['CURRENT', /^CURRENT$/],
    ['the manifest', /^MANIFEST/],
  ])('in which only %s is bad loses nothing', async (_, files) => {
    using directory = await filled();
    await damage(await filesOf(directory, files), garbage);
    const { entries, damage: found } = await openAndClose(directory.path);
    expect([entries.size, found?.repaired]).toEqual([200, true]);
  });

  test('in which the tables are bad keeps what is in the log', async () => {
    using directory = await filled();
    await damage(await filesOf(directory, /\.ldb$/), garbage);
    const { entries } = await openAndClose(directory.path);
    expect([...entries.keys()].every((key) => key.startsWith('key-1-'))).toBe(true);
    expect(entries.size).toBe(100);
  });

  test('whose log a power cut has torn keeps what came before, and is not called damaged', async () => {
    using directory = await filled();
    await damage(await filesOf(directory, /\.log$/), (file, size) => truncate(file, size - 10));
    const { entries, damage: found } = await openAndClose(directory.path);
    expect(found).toBeUndefined();
    expect([...entries.keys()].filter((key) => key.startsWith('key-0-'))).toHaveLength(100);
  });

  test('whose log is garbage keeps the tables', async () => {
    using directory = await filled();
    await damage(await filesOf(directory, /\.log$/), garbage);
    const { entries } = await openAndClose(directory.path);
    expect([...entries.keys()].filter((key) => key.startsWith('key-0-'))).toHaveLength(100);
  });

  test('that is a file is moved aside like any other', async () => {
    using directory = new TemporaryDirectory();
    directory.write('store', 'not a store');
    const { entries, damage: found } = await openAndClose(directory.path);
    expect([entries.size, found?.repaired]).toEqual([0, false]);
    expect(await readFile(found?.movedTo ?? '', 'utf8')).toBe('not a store');
  });

  test('that opens but cannot be read through is treated the same', async () => {
    using directory = await filled();
    const { entries, damage: found } = await openAndClose(directory.path, { refuses: 1 });
    expect([entries.size, found?.repaired, found?.message]).toEqual([200, true, 'cannot read that']);
  });

  test('that no repair helps is kept aside, and the node starts empty', async () => {
    using directory = await filled();
    const { entries, damage: found } = await openAndClose(directory.path, { refuses: 2 });
    expect([entries.size, found?.repaired]).toEqual([0, false]);
    expect((await readdir(found?.movedTo ?? '')).length).toBeGreaterThan(2);
  });

  test('can be damaged twice', async () => {
    using directory = await filled();
    await openAndClose(directory.path, { refuses: 2 });
    await damage(await filesOf(directory, /^CURRENT$/), garbage);
    const { damage: found } = await openAndClose(directory.path);
    expect(found).toBeDefined();
    const aside = (await readdir(directory.path)).filter((name) => name.startsWith('store.damaged-'));
    expect(aside).toHaveLength(2);
  });
});

describe('a start is refused, with what to do,', () => {
  test('when the storage directory cannot be made', async () => {
    using directory = new TemporaryDirectory();
    const file = directory.write('data', '');
    await expect(open(file)).rejects.toThrow(StoreError);
    await expect(open(file)).rejects.toThrow(/--storage\.path/);
  });

  test('when the disk is full; the store is left alone', async () => {
    using directory = await filled();
    // LevelDB writes a new manifest when it opens; writing to this device fails as on a full disk.
    const names = Array.from({ length: 30 }, (_, index) => `MANIFEST-${String(index + 1).padStart(6, '0')}`);
    const present = await readdir(directory.join('store'));
    const full = names.filter((name) => !present.includes(name)).map((name) => join(directory.join('store'), name));
    for (const file of full) await symlink('/dev/full', file);
    await expect(open(directory.path)).rejects.toThrow(/No space left on device.*--storage\.path/);
    for (const file of full) await rm(file, { force: true });
    const { entries, damage: found } = await openAndClose(directory.path);
    expect([entries.size, found]).toEqual([200, undefined]);
  });

  test('when another process uses the store, which is left alone', async () => {
    using directory = await filled();
    const { pathname } = new URL('../node_modules/classic-level/index.js', import.meta.url);
    const script = `
      const { ClassicLevel } = require(${JSON.stringify(pathname)});
      new ClassicLevel(${JSON.stringify(directory.join('store'))}).open().then(() => console.log('open'));
      setInterval(() => {}, 1000);
    `;
    const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(other.stdout, 'data');
      // As it is logged: the advice is read last, after all that the system has to say.
      expect(await open(directory.path).catch(errorText)).toMatch(/^another process uses .*lock.*--storage\.path$/);
    } finally {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
    expect(await readdir(directory.path)).toEqual(['store']);
    expect((await openAndClose(directory.path)).entries.size).toBe(200);
  });
});

test('a copy of a store is a store: a backup can be put back', async () => {
  using directory = await filled();
  using backup = new TemporaryDirectory();
  await mkdir(backup.join('store'));
  for (const file of await filesOf(directory, /./)) {
    await copyFile(file, join(backup.join('store'), file.slice(file.lastIndexOf('/') + 1)));
  }
  expect((await openAndClose(backup.path)).entries.size).toBe(200);
});
