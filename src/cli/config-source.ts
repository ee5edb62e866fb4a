/** Configuration files as commands read them: how matchers are understood is said on the command line, as for a node. */

import { loadConfig, parseConfig } from '../config/load.ts';
import type { MatcherMode, ParseResult } from '../config/parse.ts';
import { single } from './flag-value.ts';
import { readInput } from './read-input.ts';

/** The features of a node that change what a configuration means. */
export const enableFeature = single(
  {
    topic: 'Reading',
    placeholder: 'NAME',
    help: 'classic-mode or utf8-strict-mode, if the node runs with it; others are accepted and change nothing here.',
  },
  (given): MatcherMode => {
    const names = given.split(',').map((name) => name.trim());
    const [classic, strict] = [names.includes('classic-mode'), names.includes('utf8-strict-mode')];
    if (classic && strict) throw new RangeError('names classic-mode and utf8-strict-mode, which exclude each other');
    return classic ? 'classic' : strict ? 'utf8-strict' : 'fallback';
  },
);

/** `-` is stdin. Rejects with CommandError if stdin cannot be read; a file that cannot comes back as an error in it. */
export async function readConfig(
  file: string,
  { stdin, matcherMode }: { stdin: AsyncIterable<Uint8Array | string>; matcherMode: MatcherMode },
): Promise<ParseResult> {
  if (file !== '-') return loadConfig(file, { matcherMode });
  return parseConfig(await readInput('-', stdin), { matcherMode });
}
