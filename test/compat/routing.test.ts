import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { formatConfigErrors, parseConfig } from '../../src/config/load.ts';
import { buildRouteTree } from '../../src/dispatch/route.ts';
import type { Labels } from '../../src/model/labels.ts';
import { TemporaryDirectory } from '../support/temporary-directory.ts';
import { routedReceivers } from './amtool.ts';

const CONFIGS = 40;
const LABEL_SETS = 6;
/** Another seed shows other trees; a difference is replayed with the seed it was found with. */
const SEED = Number(process.env.ROUTING_SEED ?? 20261121);

interface Node {
  receiver?: string;
  readonly routes: Node[];
}

const name = fc.constantFrom('a', 'b', 'c');
const value = fc.constantFrom('', '1', '2', 'x"y', 'ü\n', '\\');
const regex = fc.constantFrom(
  '',
  '1',
  '1|2',
  '.',
  '.*',
  '.+',
  '[^1]',
  'x"y',
  '(?i)X.Y',
  'ü\\n',
  '(?s)ü.',
  '\\\\',
  '^1$',
);
const operator = fc.constantFrom('=', '!=', '=~', '!~');
const matcher = fc
  .tuple(name, operator, value, regex)
  .map(([label, type, text, pattern]) => `${label}${type}${quoted(type.endsWith('~') ? pattern : text)}`);

/** As the classic syntax wants it. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** Few matchers a node, or hardly any alert would come far. */
const matching = fc.oneof(
  { weight: 4, arbitrary: fc.array(matcher, { maxLength: 2 }).map((matchers) => ({ matchers })) },
  { weight: 2, arbitrary: fc.dictionary(name, value, { maxKeys: 1 }).map((match) => ({ match })) },
  { weight: 2, arbitrary: fc.dictionary(name, regex, { maxKeys: 2 }).map((pairs) => ({ match_re: pairs })) },
  {
    weight: 1,
    arbitrary: fc.tuple(name, value, name, regex, matcher).map(([label, text, other, pattern, last]) => ({
      match: { [label]: text },
      match_re: { [other]: pattern },
      matchers: [`{${last}}`],
    })),
  },
);

const DEEPEST = 3;

function child(depth: number): fc.Arbitrary<Node> {
  const routes: fc.Arbitrary<Node[]> =
    depth === DEEPEST ? fc.constant([]) : fc.array(child(depth + 1), { maxLength: 3 });
  const goesOn = fc.constantFrom({}, { continue: true }, { continue: true }, { continue: false });
  return fc.tuple(matching, goesOn, fc.boolean(), routes).map(([matchers, options, inherits, below]) => ({
    ...(inherits ? {} : { receiver: 'own' }),
    ...options,
    ...matchers,
    routes: below,
  }));
}

/** Every node that names a receiver names another one, so that the receivers tell which node it was. */
const config = fc.array(child(1), { minLength: 1, maxLength: 5 }).map((routes) => {
  const receivers: string[] = [];
  const named = (node: Node): Node => {
    if (node.receiver !== undefined) receivers.push(`receiver-${receivers.length}`);
    const receiver = node.receiver === undefined ? {} : { receiver: receivers.at(-1) as string };
    return { ...node, ...receiver, routes: node.routes.map(named) };
  };
  const route = named({ receiver: 'root', routes: [...routes] });
  return stringify({ route, receivers: receivers.map((receiver) => ({ name: receiver })) });
});

const labelSets = fc.array(
  fc.dictionary(
    name,
    value.filter((text) => text !== ''),
    { maxKeys: 3 },
  ),
  { minLength: LABEL_SETS, maxLength: LABEL_SETS },
);

describe('amtool', () => {
  test('routes alerts as we do', async () => {
    using directory = new TemporaryDirectory();
    const questions = fc
      .sample(fc.tuple(config, labelSets), { numRuns: CONFIGS, seed: SEED })
      .flatMap(([text, sets], index) => {
        const file = directory.write(`${index}.yml`, text);
        return sets.map((labels) => ({ file, text, labels }));
      });
    const theirs = await routedReceivers(questions);
    const answers = questions.map(({ text, labels }, index) => {
      return { text, labels, amtool: theirs[index], tocsin: receiversOf(text, labels) };
    });
    const differences = answers.filter(({ amtool, tocsin }) => amtool?.join() !== tocsin.join());
    expect(differences, `with ROUTING_SEED=${SEED}`).toEqual([]);
    // Else the generator has gone astray, and the comparison says little.
    const wellRouted = answers.filter(({ tocsin }) => tocsin[0] !== 'receiver-0');
    expect(wellRouted.length).toBeGreaterThan(answers.length / 3);
    expect(answers.filter(({ tocsin }) => tocsin.length > 1).length).toBeGreaterThan(answers.length / 10);
  });
});

function receiversOf(text: string, labels: Labels): readonly string[] {
  const result = parseConfig(text, { matcherMode: 'classic' });
  if (!result.ok) throw new Error(formatConfigErrors('the configuration', result.errors));
  return buildRouteTree(result.config.route)
    .match(labels)
    .map(({ receiver }) => receiver);
}
