/** The entry, run as a process. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../test/support/real-process.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

test('a Node that is too old is told apart from a broken Tocsin, with what to do', async () => {
  const older = `
    Object.defineProperty(process, 'version', { value: 'v24.1.0' });
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '24.1.0' } });
  `;
  const asOlder = ['--import', `data:text/javascript,${encodeURIComponent(older)}`];
  const { code, output } = await runProgram(process.execPath, [...asOlder, MAIN, '--version']);
  expect([code, output.trim()]).toEqual([
    1,
    'Tocsin needs Node 26 or newer; this is v24.1.0: run it through npm start, npx tocsin, or node_modules/.bin/node',
  ]);
});
