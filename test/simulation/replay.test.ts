import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { randomWorld } from './random-world.ts';

const SEEDS = [3, 17, 42, 170];
const SCRIPT = join(import.meta.dirname, 'replay.ts');

test.each(SEEDS)('the same seed gives the same trace, byte for byte: %i', async (seed) => {
  const [once, again] = [await randomWorld(seed), await randomWorld(seed)];
  expect(again.trace).toBe(once.trace);
});

test('another seed gives another', async () => {
  const [one, another] = [await randomWorld(3), await randomWorld(4)];
  expect(another.trace).not.toBe(one.trace);
});

test('the command that a failure prints shows the same trace, in a process of its own', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, '3'], { maxBuffer: 2 ** 26 });
  expect(stdout.startsWith((await randomWorld(3)).trace)).toBe(true);
});

test('what nodes log changes nothing else', async () => {
  const events = (trace: string) => trace.split('\n').filter((line) => !line.includes(' log {'));
  const [silent, logged] = [await randomWorld(17), await randomWorld(17, { logs: true })];
  expect(logged.trace.length).toBeGreaterThan(silent.trace.length);
  expect(events(logged.trace)).toEqual(events(silent.trace));
});
