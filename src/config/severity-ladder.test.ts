/** Which configurations have a gap in the ladder of severities, and what is said of it. */
import { expect, test } from 'vitest';
import { parseConfig } from './load.ts';

/** Each line a route, in flow style. */
function warningsOf(...routes: string[]): readonly string[] {
  const receivers = 'receivers: [{name: all}, {name: chat}, {name: phone}]';
  const lines = routes.map((route) => `    - ${route}\n`).join('');
  const result = parseConfig(`${receivers}\nroute:\n  receiver: all\n${lines && `  routes:\n${lines}`}`);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.warnings.filter((warning) => !warning.includes('is used by no route'));
}

const severitiesIn = (warnings: readonly string[]) =>
  warnings.map((warning) => /no route takes severity="(\w+)"/.exec(warning)?.[1]);

const INTERESTING = `{matchers: ['severity="interesting"'], receiver: chat}`;
const IMPORTANT = `{matchers: ['severity="important"'], receiver: chat}`;
const URGENT = `{matchers: ['severity="urgent"'], receiver: phone}`;

test('the warning names severity, default receiver, and the route to add', () => {
  expect(warningsOf(URGENT, INTERESTING)).toEqual([
    `line 3: route.receiver: no route takes severity="important", so the default receiver "all" is told; add a route with matchers: ['severity="important"'] and the receiver that is meant, even if it is this one`,
  ]);
});

test('the route it says to add is the one that ends it', () => {
  const [advice] = warningsOf(URGENT, INTERESTING);
  const matchers = /matchers: \[.*?\]/.exec(advice ?? '')?.[0] ?? expect.unreachable('no matchers');
  expect(warningsOf(URGENT, INTERESTING, `{${matchers}, receiver: all}`)).toEqual([]);
});

test.each([
  ['a rung that is missing', [URGENT, IMPORTANT], ['interesting']],
  ['all but one', [URGENT], ['interesting', 'important']],
  [
    'a rung with a typing error',
    [URGENT, `{matchers: ['severity="imporant"'], receiver: chat}`, INTERESTING],
    ['important'],
  ],
  ['a regular expression', [`{matchers: ['severity=~"urgent|important"'], receiver: chat}`], ['interesting']],
  ['the deprecated keys', ['{match: {severity: urgent}, receiver: phone}'], ['interesting', 'important']],
  [
    'rungs of one team only: an alert without a team has none',
    [`{matchers: [team="a"], receiver: chat, routes: [${URGENT}]}`],
    ['interesting', 'important', 'urgent'],
  ],
  [
    'a gap below a route that is only there to group the others',
    [`{matchers: [visibility!="private"], routes: [${URGENT}, ${IMPORTANT}]}`],
    ['interesting'],
  ],
  [
    'rungs behind a route that takes everything and tells the default receiver',
    ['{matchers: [visibility!="private"]}', URGENT, IMPORTANT, INTERESTING],
    ['interesting', 'important', 'urgent'],
  ],
  [
    'a rung that also asks for another label',
    [URGENT, IMPORTANT, `{matchers: ['severity="interesting"', team="a"], receiver: chat}`],
    ['interesting'],
  ],
])('%s', (_what, routes, expected) => {
  expect(severitiesIn(warningsOf(...routes))).toEqual(expected);
});

test.each([
  ['no routes at all', []],
  ['severities of others', [`{matchers: ['severity="critical"'], receiver: phone}`]],
  ['any severity at all', [`{matchers: ['severity=~".+"'], receiver: phone}`]],
  ['the words on another label', ['{matchers: [priority="urgent"], receiver: phone}']],
  ['words that only begin alike', ['{matchers: [severity="urgently"], receiver: phone}']],
  ['the whole ladder', [URGENT, IMPORTANT, INTERESTING]],
  [
    'a ladder of rungs that add up',
    [
      `{matchers: ['severity="urgent"'], receiver: phone, continue: true}`,
      `{matchers: ['severity=~"interesting|important|urgent"'], receiver: chat}`,
    ],
  ],
  ['a rung that takes all but one', [URGENT, `{matchers: ['severity!="urgent"'], receiver: chat}`]],
  ['a catch-all with a receiver of its own', [URGENT, '{receiver: chat}']],
  [
    'a ladder behind a route that lets everything go on',
    ['{matchers: [visibility!="private"], continue: true}', URGENT, IMPORTANT, INTERESTING],
  ],
  ['a rung that says only when', [URGENT, IMPORTANT, `{matchers: ['severity="interesting"'], repeat_interval: 1d}`]],
])('no warning: %s', (_what, routes) => {
  expect(warningsOf(...routes)).toEqual([]);
});
