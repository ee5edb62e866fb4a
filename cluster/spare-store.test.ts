/** A store that a node can do without: whatever is wrong with it, the node has one, unless the disk takes none. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../test/support/memory-disk.ts';
import { TemporaryDirectory } from '../test/support/temporary-directory.ts';
import type { TextStore } from './disk.ts';
import { openSpareStore } from './spare-store.ts';

async function open(directory: string, load: (store: TextStore) => Promise<void> = async () => {}): Promise<TextStore> {
  return openSpareStore({ logger: silentLogger }, { directory, load });
}

describe('a spare store', () => {
  test('keeps what was written', async () => {
    using directory = new TemporaryDirectory();
    const path = join(directory.path, 'history');
    const first = await open(path);
    await first.put('key', 'text');
    await first.close();
    const second = await open(path);
    expect(await second.get('key')).toBe('text');
    await second.close();
  });

  test('that is damaged is moved aside and begun anew, as often as it takes', async () => {
    using directory = new TemporaryDirectory();
    for (const _ of [1, 2]) {
      await mkdir(join(directory.path, 'store'), { recursive: true });
      await writeFile(join(directory.path, 'store', 'CURRENT'), 'no name of a manifest\n');
      const store = await open(directory.path);
      await store.put('key', 'text');
      await store.close();
    }
    expect((await readdir(directory.path)).sort()).toEqual(['store', 'store.damaged']);
  });

  test('whose content cannot be used is begun anew', async () => {
    using directory = new TemporaryDirectory();
    const first = await open(directory.path);
    await first.put('key', 'nonsense');
    await first.close();
    const second = await open(directory.path, async (store) => {
      if ((await store.get('key')) !== undefined) throw new Error('cannot read that');
    });
    expect(await second.get('key')).toBeUndefined();
    await second.close();
  });

  test('that another process uses is left as it is', async () => {
    using directory = new TemporaryDirectory();
    const first = await open(directory.path);
    await expect(open(directory.path)).rejects.toThrow();
    await first.put('key', 'text');
    await first.close();
    expect(await readdir(directory.path)).toEqual(['store']);
  });
});
