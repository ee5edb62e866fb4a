/** The entry, run as a process. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
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

describe('what V8 must know before a process begins', () => {
  /** Says, whenever a process begins, which process it is and how V8 was set. */
  const tell = 'console.log(process.pid, process.execArgv.filter((flag) => flag.startsWith("--initial-")).length);';
  const telling = ['--import', `data:text/javascript,${encodeURIComponent(tell)}`, MAIN];

  test('is told to a node, which begins anew in the same process', async () => {
    const { code, stdout } = await runProgram(process.execPath, [...telling, '--version']);
    const [before = '', after = ''] = stdout.split('\n');
    const [id] = before.split(' ');
    expect([code, before, after]).toEqual([0, `${id} 0`, `${id} 1`]);
  });

  test('is nothing to a command', async () => {
    const { stdout } = await runProgram(process.execPath, [...telling, 'help']);
    expect(stdout.match(/^\d+ \d$/gm)).toEqual([expect.stringMatching(/ 0$/)]);
  });
});
