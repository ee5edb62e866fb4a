/** The three hundred random worlds that every run of the tests lives through, in four files, so that several workers share them. */
import { expect, test } from 'vitest';
import { faultText, randomWorld } from './random-world.ts';

const FILES = 4;
const WORLDS_IN_A_FILE = 75;

/** @param file counted from 1 */
export function testRandomWorlds(file: number): void {
  const seeds = Array.from({ length: WORLDS_IN_A_FILE }, (_, index) => index * FILES + file);
  test.each(seeds)('the world of seed %i keeps every promise', async (seed) => {
    expect(faultText(seed, await randomWorld(seed))).toBe('');
  });
}
