/**
 * Runs one random world after the other: `node test/simulation/hunt.ts FIRST LAST [--nodes MOST] [--ahead] [--first]`. Each
 * that is found at fault is printed with the command that replays it; `--first` ends with that. Exits with 1 if there was any.
 */
import { parseArgs } from 'node:util';
import { faultText, LIMITS, randomWorld } from './random-world.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    nodes: { type: 'string', default: String(LIMITS.mostNodes) },
    ahead: { type: 'boolean', default: LIMITS.checkersMayBeAhead },
    first: { type: 'boolean', default: false },
  },
});
const [first, last = first] = positionals.map(Number);
if (first === undefined || last === undefined || !(first <= last)) {
  throw new Error('say which: node test/simulation/hunt.ts FIRST LAST');
}

const beganMs = performance.now();
let simulatedMs = 0;
let faulty = 0;
let seed = first;
for (; seed <= last && !(values.first && faulty > 0); seed += 1) {
  const ran = await randomWorld(seed, { mostNodes: Number(values.nodes), checkersMayBeAhead: values.ahead });
  simulatedMs += ran.simulatedMs;
  const fault = faultText(seed, ran, Number(values.nodes));
  if (fault === '') continue;
  faulty += 1;
  process.stdout.write(`${fault}\n`);
}
const speed = simulatedMs / (performance.now() - beganMs);
process.stdout.write(
  `${seed - first} worlds, ${(simulatedMs / 3_600_000).toFixed(1)} simulated hours at ${speed.toFixed(0)} times real time: ${faulty} at fault\n`,
);
process.exitCode = faulty === 0 ? 0 : 1;
