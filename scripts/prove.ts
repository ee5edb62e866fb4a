/**
 * `npm run prove -- --rounds N`: the stories of real clusters again and again, since what goes wrong in one of a hundred
 * rounds is wrong. Prints what each round measured, then what was told twice by cause; the exit code is 0 only if every
 * round passed. `--rounds 1` if left out; what follows `--` goes to vitest.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { repository } from './step.ts';

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write('--rounds wants a whole number from 1\n');
  process.exit(1);
}
const files = positionals.length > 0 ? positionals : ['test/process/cluster-'];
const duplicates = new Map<string, number>();
let failed = 0;
for (let round = 1; round <= rounds; round += 1) {
  const { code, output } = await runStories();
  if (code !== 0) failed += 1;
  process.stdout.write(`Round ${round} of ${rounds}: ${code === 0 ? 'passed' : 'FAILED'}\n`);
  const figures = output.split('\n').filter((line) => /^\w+: \d+ notices/.test(line));
  process.stdout.write(code === 0 ? figures.map((line) => `  ${line}\n`).join('') : output);
  for (const [, times, cause = ''] of output.matchAll(/(\d+) × ([a-z ]+)/g)) {
    duplicates.set(cause, (duplicates.get(cause) ?? 0) + Number(times));
  }
}
const byCause = [...duplicates].map(([cause, times]) => `${times} × ${cause}`).join(', ');
process.stdout.write(`${rounds - failed} of ${rounds} rounds passed; told twice: ${byCause || 'nothing'}\n`);
process.exitCode = failed === 0 ? 0 : 1;

async function runStories(): Promise<{ code: number; output: string }> {
  const child = spawn('vitest', ['run', ...files], { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (ended) => resolve(ended ?? 1));
  });
  return { code, output };
}
