/**
 * `npm test`: types, style, then every test. Arguments go to vitest (`npm test -- src/model`). The last line counts what
 * vitest's own result file says; the exit code is 0 only if everything was fine.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWeb } from './build-web.ts';
import { check } from './check.ts';
import { runLoudly } from './step.ts';
import { summarise, type VitestResult } from './vitest-result.ts';

const sinceMs = performance.now();
const directory = mkdtempSync(join(tmpdir(), 'tocsin-test-result-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
// vitest hears of a Ctrl-C from the terminal itself and ends; then this ends with what it says.
process.on('SIGINT', () => undefined);

const [checked] = await Promise.all([check(), buildWeb()]);
const resultFile = join(directory, 'result.json');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultFile}`];
const code = await runLoudly({ program: 'vitest', args: ['run', ...reporters, ...process.argv.slice(2)] });
const { passed, failed, skipped } = summarise(readResult());

const isComplete = skipped === 0 || !process.env.CI;
if (!isComplete) process.stdout.write(`${skipped} skipped, which is not allowed in CI\n`);
process.stdout.write(`Everything took ${((performance.now() - sinceMs) / 1000).toFixed(1)} s.\n`);
if (!checked) process.stdout.write('Types or style FAILED; see the beginning.\n');
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = code === 0 && failed === 0 && checked && isComplete ? 0 : 1;

/** Undefined if vitest died before it could write one. */
function readResult(): VitestResult | undefined {
  try {
    return JSON.parse(readFileSync(resultFile, 'utf8'));
  } catch {
    return undefined;
  }
}
