/** How long to wait before trying again (Alertmanager's retry stage: exponential, randomised, capped). Pure. */

const INITIAL_MS = 500;
const FACTOR = 1.5;
const RANDOMISATION = 0.5;
const CAP_MS = 60_000;

/**
 * @param failures how many attempts have failed, from 1
 * @param random uniform in [0, 1)
 */
export function backoffMs(failures: number, random: number): number {
  const base = Math.min(CAP_MS, INITIAL_MS * FACTOR ** (failures - 1));
  return base * (1 - RANDOMISATION + 2 * RANDOMISATION * random);
}
