/** Reading the file: what keeps it from being read is said like every other error. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TemporaryDirectory } from '../../test/support/temporary-directory.ts';
import { formatConfigErrors, loadConfig } from './load.ts';
import { whyUnreadable } from './text-file.ts';

const VALID = 'route: {receiver: a}\nreceivers: [{name: a}]\ntemplates: [t/*.tmpl]\n';

async function errorsOf(path: string): Promise<string> {
  const result = await loadConfig(path);
  return result.ok ? 'loaded' : formatConfigErrors('f', result.errors);
}

test('templates are found beside the file', async () => {
  using directory = new TemporaryDirectory();
  const result = await loadConfig(directory.write('tocsin.yml', VALID));
  expect(result).toMatchObject({ ok: true, config: { templates: [directory.join('t/*.tmpl')] } });
});

test('a byte order mark is no part of the text', async () => {
  using directory = new TemporaryDirectory();
  expect(await errorsOf(directory.write('tocsin.yml', `\ufeff${VALID}`))).toBe('loaded');
});

test('a missing file', async () => {
  using directory = new TemporaryDirectory();
  expect(await errorsOf(directory.join('none.yml'))).toMatch(/^f: does not exist; create it/);
});

test('a directory', async () => {
  using directory = new TemporaryDirectory();
  expect(await errorsOf(directory.path)).toMatch(/^f: is a directory/);
});

test('a device', async () => {
  expect(await errorsOf('/dev/null')).toBe('f: is not a regular file');
});

test.each([
  ['EACCES', 'may not be read by this user; change its owner or permissions'],
  ['EPERM', 'may not be read by this user; change its owner or permissions'],
  ['EIO', 'cannot be read (EIO)'],
])('a file the system refuses to read with %s', (code, message) => {
  expect(whyUnreadable(Object.assign(new Error('refused'), { code }), '--config.file')).toBe(message);
});

test('bytes that are not UTF-8, with their line', async () => {
  using directory = new TemporaryDirectory();
  const path = directory.join('latin1.yml');
  writeFileSync(path, Buffer.from('# one\n# zwei\n# Gru\xdf\n# vier\n', 'latin1'));
  expect(await errorsOf(path)).toBe('f:3: is not UTF-8; save the file as UTF-8');
});

test('a file that is much too large', async () => {
  using directory = new TemporaryDirectory();
  expect(await errorsOf(directory.write('huge.yml', '#\n'.repeat(2 ** 21 + 1)))).toMatch(/^f: is larger than 4194304/);
});

test('the example configuration loads without a warning', async () => {
  const result = await loadConfig(join(import.meta.dirname, '../../examples/tocsin.yml'));
  expect(result).toMatchObject({ ok: true, warnings: [] });
});
