/**
 * Shows a random world from beginning to end: `node test/simulation/replay.ts SEED [--logs] [--nodes MOST] [--ahead]`. The
 * trace goes to stdout, the judgement after it; `--logs` adds what the nodes log, `--nodes` and `--ahead` widen the limits
 * of worlds. The same arguments print the same, byte for byte.
 */
import { parseArgs } from 'node:util';
import { violationTexts } from './promises.ts';
import { LIMITS, randomWorld } from './random-world.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    logs: { type: 'boolean', default: false },
    nodes: { type: 'string', default: String(LIMITS.mostNodes) },
    ahead: { type: 'boolean', default: LIMITS.checkersMayBeAhead },
  },
});
const seed = Number(positionals[0]);
if (!Number.isFinite(seed)) throw new Error('say which: node test/simulation/replay.ts SEED');
const { trace, judgement } = await randomWorld(seed, {
  mostNodes: Number(values.nodes),
  checkersMayBeAhead: values.ahead,
  logs: values.logs,
});
process.stdout.write(trace);
for (const { message, cause } of judgement.duplicates) {
  process.stdout.write(`told again, excused: #${message.attempt} to ${message.place}: ${cause}\n`);
}
for (const text of violationTexts(judgement)) process.stdout.write(`BROKEN ${text}\n`);
process.exitCode = judgement.violations.length === 0 ? 0 : 1;
