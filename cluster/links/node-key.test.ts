import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TemporaryDirectory } from '../../test/support/temporary-directory.ts';
import { loadOrCreateNodeKey, NODE_KEY_FILE, NodeKeyError } from './node-key.ts';

test('a node’s key is made once and is the same ever after', async () => {
  using directory = new TemporaryDirectory();
  const key = await loadOrCreateNodeKey(directory.path);
  expect(key).toHaveLength(32);
  expect(await loadOrCreateNodeKey(directory.path)).toEqual(key);
});

test('two nodes have different keys', async () => {
  using one = new TemporaryDirectory();
  using two = new TemporaryDirectory();
  expect(await loadOrCreateNodeKey(one.path)).not.toEqual(await loadOrCreateNodeKey(two.path));
});

test('only its owner may read it, and nothing else is left of making it', async () => {
  using directory = new TemporaryDirectory();
  await loadOrCreateNodeKey(directory.join('new/data'));
  expect(readdirSync(directory.join('new/data'))).toEqual([NODE_KEY_FILE]);
  expect(statSync(directory.join(`new/data/${NODE_KEY_FILE}`)).mode & 0o777).toBe(0o600);
});

test('what an attempt that broke off left behind does no harm', async () => {
  using directory = new TemporaryDirectory();
  directory.write(`${NODE_KEY_FILE}.new`, 'half');
  const key = await loadOrCreateNodeKey(directory.path);
  expect(await loadOrCreateNodeKey(directory.path)).toEqual(key);
});

test.each([
  ['cut short', (text: string) => text.slice(0, 40)],
  ['empty', () => ''],
  ['another file', () => '{"hello": "world"}'],
  ['altered in one place', (text: string) => text.replace(/ [A-Za-z0-9_-]/, (start) => (start === ' A' ? ' B' : ' A'))],
])('a key that is %s is refused, kept, and the error says what to do', async (_, damage) => {
  using directory = new TemporaryDirectory();
  await loadOrCreateNodeKey(directory.path);
  const path = directory.join(NODE_KEY_FILE);
  const damaged = damage(readFileSync(path, 'utf8'));
  writeFileSync(path, damaged);
  const failure = await loadOrCreateNodeKey(directory.path).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(NodeKeyError);
  expect(String(failure)).toMatch(/is damaged: restore it from a backup, or delete it/);
  expect(readFileSync(path, 'utf8')).toBe(damaged);
});

test('a directory that cannot be written is named with what to do', async () => {
  using directory = new TemporaryDirectory();
  const file = directory.write('file', '');
  await expect(loadOrCreateNodeKey(`${file}/data`)).rejects.toThrow(/node.key.*: (let this process|free space)/);
});
