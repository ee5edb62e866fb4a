/** The environment in which a process sees another wall clock, by Debian's libfaketime. Its monotonic clock stays true. */
import { globSync } from 'node:fs';

/** The program that its package brings along; the library itself is on no PATH. */
export const FALSE_CLOCK_PROGRAM = 'faketime';

/** `offset` in faketime's form, such as `+1d` or `-1d`. */
export function falseClock(offset: string): Readonly<Record<string, string>> {
  const [library] = globSync('/usr/lib/*/faketime/libfaketime.so.1');
  if (library === undefined) throw new Error('libfaketime.so.1 is not installed (on Debian: apt-get install faketime)');
  // The name of the last one changed between versions.
  return {
    LD_PRELOAD: library,
    FAKETIME: offset,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
}
