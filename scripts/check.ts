/** `npm run check`: types, and style and lint; both always run. Exit code 1 if either finds something. */
import { runQuietly, type Step } from './step.ts';

const CHECKS: readonly Step[] = [
  { name: 'Types (tsc --noEmit)', program: 'tsc', args: ['--noEmit'] },
  { name: 'Types of the web UI (tsc --noEmit)', program: 'tsc', args: ['--noEmit', '--project', 'web'] },
  { name: 'Style (biome check)', program: 'biome', args: ['check', '--diagnostic-level=warn', '--error-on-warnings'] },
];

/** They share no files and, between them, use two cores. */
export async function check(): Promise<boolean> {
  const results = await Promise.all(CHECKS.map(runQuietly));
  return !results.includes(false);
}

if (import.meta.main) process.exitCode = (await check()) ? 0 : 1;
