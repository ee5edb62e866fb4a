/** What a configuration means once it is loaded: defaults, nulls, old keys, inheritance, files, and that nobody can change it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatMatchers } from '../model/matcher.ts';
import type { Config } from './config.ts';
import { formatConfigErrors, parseConfig } from './load.ts';

const HEAD = 'route: {receiver: a}\nreceivers: [{name: a}]\n';

function load(text: string): Config {
  const result = parseConfig(text, { directory: '/etc/tocsin' });
  if (!result.ok) throw new Error(formatConfigErrors('f', result.errors));
  return result.config;
}

function warningsOf(text: string): readonly string[] {
  const result = parseConfig(text, { directory: '/etc/tocsin' });
  return result.ok ? result.warnings : ['refused'];
}

function loadRoute(keys: string): Config['route'] {
  const [route] = load(`route: {receiver: a, routes: [{${keys}}]}\nreceivers: [{name: a}]\ntime_intervals: [{name: n}]`)
    .route.routes;
  if (!route) throw new Error('no route');
  return route;
}

describe('global', () => {
  test.each(['', 'global:', 'global: {}', 'global: {resolve_timeout: }'])('%j restores the defaults', (section) => {
    const { global } = load(HEAD + section);
    expect(global).toMatchObject({ resolveTimeoutMs: 300_000, receiverDefaults: { http: { followRedirects: true } } });
  });

  test('http_config is what receivers use that have none; its files lie beside the configuration', () => {
    const { http } = load(
      `${HEAD}global: {http_config: {follow_redirects: off, bearer_token_file: token, tls_config: {ca_file: /ca.pem}}}`,
    ).global.receiverDefaults;
    expect(http).toMatchObject({
      followRedirects: false,
      authorization: { credentials: { kind: 'file', path: '/etc/tocsin/token' } },
      tls: { ca: { path: '/ca.pem' } },
    });
  });
});

describe('secrets in global', () => {
  const KEYS = [
    ['smtp_auth_password', 'smtp', 'authPassword'],
    ['smtp_auth_secret', 'smtp', 'authSecret'],
    ['telegram_bot_token', 'telegram', 'botToken'],
  ] as const;
  const defaultsOf = (section: string) => load(HEAD + section).global.receiverDefaults;

  test.each(KEYS)('%s is what receivers use that have none', (key, block, property) => {
    const source = Object(defaultsOf(`global: {${key}: '123:x'}`)[block])[property];
    expect(source).toMatchObject({ kind: 'inline' });
    expect(source.secret.reveal()).toBe('123:x');
  });

  test.each(KEYS)('%s may be in a file; empty means unset', (key, block, property) => {
    expect(Object(defaultsOf(`global: {${key}: '', ${key}_file: /run/x}`)[block])[property]).toEqual({
      kind: 'file',
      key: `${key}_file`,
      path: '/run/x',
    });
    expect(Object(defaultsOf(`global: {${key}: ''}`)[block])[property]).toBeUndefined();
  });
});

describe('routes', () => {
  test('what a route does not say is inherited, so it stays undefined', () => {
    expect(loadRoute('')).toEqual({
      receiver: undefined,
      groupBy: undefined,
      groupWaitMs: undefined,
      groupIntervalMs: undefined,
      repeatIntervalMs: undefined,
      matchers: [],
      continue: false,
      muteTimeIntervals: [],
      activeTimeIntervals: [],
      labels: {},
      routes: [],
    });
  });

  test('null says nothing', () => {
    const keys = [
      'receiver',
      'group_by',
      'continue',
      'matchers',
      'match',
      'match_re',
      'group_wait',
      'labels',
      'routes',
    ];
    expect(loadRoute(keys.map((key) => `${key}: `).join(', '))).toEqual(loadRoute(''));
  });

  test.each([
    ['[]', []],
    ['[x, y]', ['x', 'y']],
    ["['...']", 'all'],
    ["['...', '...']", 'all'],
  ])('group_by: %s is %j', (written, expected) => {
    expect(loadRoute(`group_by: ${written}`).groupBy).toEqual(expected);
  });

  test('durations are in milliseconds, and a zero group_wait is one', () => {
    expect(loadRoute('group_wait: 0, group_interval: 1m, repeat_interval: 1d12h')).toMatchObject({
      groupWaitMs: 0,
      groupIntervalMs: 60_000,
      repeatIntervalMs: 129_600_000,
    });
  });

  test('match, match_re and matchers make one sorted list; match_re keeps the anchors it has in group keys', () => {
    const { matchers } = loadRoute('match: {c: 1, a: }, match_re: {b: x|y}, matchers: [d!=on, "{b=z, a=b}", ~]');
    expect(formatMatchers(matchers)).toBe('{a="",a="b",b=~"^(?:x|y)$",b="z",c="1",d!="on"}');
  });

  test('labels and names of time intervals are kept as written', () => {
    const route = loadRoute('labels: {b: 0x1F, a: "{{ .x }}"}, mute_time_intervals: [n], active_time_intervals: [n]');
    expect(route).toMatchObject({ muteTimeIntervals: ['n'], activeTimeIntervals: ['n'] });
    expect(Object.entries(route.labels)).toEqual([
      ['a', '{{ .x }}'],
      ['b', '0x1F'],
    ]);
  });
});

describe('receivers', () => {
  test.each(['on', '123', '2026-11-21', '0x1F', 'yes', '"~"'])('a receiver may be called %s', (name) => {
    expect(load(`route: {receiver: ${name}}\nreceivers: [{name: ${name}}]`).receivers[0]?.name).toBe(
      name.replaceAll('"', ''),
    );
  });

  test('a receiver is labelled with its name', () => {
    const { receivers } = load('route: {receiver: a}\nreceivers: [{name: a, labels: {team: x, name: a}}]');
    expect(receivers[0]?.labels).toEqual({ name: 'a', team: 'x' });
  });

  test('integrations keep the order they are listed in, and their own http_config counts as a whole', () => {
    const { receivers } = load(
      [
        'global: {http_config: {follow_redirects: false}}',
        'route: {receiver: a}',
        'receivers:',
        '  - name: a',
        '    webhook_configs:',
        '      - {url: "http://x/", max_alerts: 1}',
        '      - {url: "http://y/", max_alerts: 2, http_config: {bearer_token_file: token}}',
      ].join('\n'),
    );
    expect(receivers[0]?.integrations).toMatchObject([
      { integration: 'webhook', maxAlerts: 1, http: undefined },
      { maxAlerts: 2, http: { followRedirects: true, authorization: { credentials: { path: '/etc/tocsin/token' } } } },
    ]);
  });

  test('null lists are empty', () => {
    expect(load('route: {receiver: a}\nreceivers: [{name: a, webhook_configs: , labels: }]').receivers).toEqual([
      { name: 'a', labels: { name: 'a' }, integrations: [] },
    ]);
  });
});

describe('inhibit rules, time intervals, templates', () => {
  test('old and new keys of an inhibit rule make sorted lists', () => {
    const [rule] = load(
      `${HEAD}inhibit_rules: [{source_match: {b: 1}, source_matchers: [a=1], target_match_re: {c: x}, equal: [d, d]}]`,
    ).inhibitRules;
    expect(formatMatchers(rule?.sourceMatchers ?? [])).toBe('{a="1",b="1"}');
    expect(formatMatchers(rule?.targetMatchers ?? [])).toBe('{c=~"^(?:x)$"}');
    expect(rule).toMatchObject({ name: '', equal: ['d'] });
  });

  test('a null inhibit rule demands nothing of either side, and is said to have no effect', () => {
    const text = `${HEAD}inhibit_rules:\n  -\n`;
    expect(load(text).inhibitRules).toEqual([{ name: '', sourceMatchers: [], targetMatchers: [], equal: [] }]);
    expect(warningsOf(text)).toEqual([expect.stringMatching(/^line 4: inhibit_rules\[0\]: has no effect/)]);
  });

  test('time intervals of both lists are found by name', () => {
    const { timeIntervals } = load(
      `${HEAD}time_intervals: [{name: x, time_intervals: [{months: [5]}]}]\nmute_time_intervals: [{name: on}]`,
    );
    expect([...timeIntervals.keys()]).toEqual(['x', 'on']);
    expect(timeIntervals.get('x')).toMatchObject([{ months: [{ begin: 5, end: 5 }] }]);
  });

  test('template globs are relative to the configuration', () => {
    expect(load(`${HEAD}templates: ['t/*.tmpl', /abs/*.tmpl, '../x']`).templates).toEqual([
      '/etc/tocsin/t/*.tmpl',
      '/abs/*.tmpl',
      '/etc/x',
    ]);
  });
});

describe('warnings', () => {
  const receivers = 'receivers: [{name: a}, {name: b}]\n';
  const routes = (...lines: string[]) =>
    `${receivers}route:\n  receiver: a\n  routes:\n${lines.map((line) => `    - ${line}\n`).join('')}`;
  test.each([
    [
      'an unused receiver',
      `${receivers}route: {receiver: a}`,
      'line 1: receivers[1]: receiver "b" is used by no route',
    ],
    [
      'a repeat_interval below an inherited group_interval',
      routes('{receiver: b, repeat_interval: 1m}'),
      'line 5: route.routes[0].repeat_interval: repeat_interval 1m is shorter than group_interval 5m',
    ],
    [
      'a group_interval above an inherited repeat_interval',
      routes('{receiver: b, group_interval: 1d}'),
      'line 5: route.routes[0].group_interval: repeat_interval 4h is shorter than group_interval 1d',
    ],
    [
      'a route after a catch-all',
      routes('{receiver: b}', '{matchers: [x=y]}'),
      'line 6: route.routes[1]: no alert reaches this route: the one on line 5',
    ],
    [
      'a route after one with the same matchers',
      routes('{receiver: b, matchers: [x=y, z=1]}', '{matchers: [z=1], match: {x: y}}'),
      'line 6: route.routes[1]: no alert reaches this route: the one on line 5',
    ],
    [
      'a route after one with a part of its matchers',
      routes('{receiver: b, matchers: [x=y]}', '{matchers: [z=1, x=y]}'),
      'line 6: route.routes[1]: no alert reaches this route: the one on line 5',
    ],
    [
      'a matcher that only the classic syntax reads',
      routes('{receiver: b, matchers: [x=]}'),
      'line 5: route.routes[0].matchers[0]: ',
    ],
    ['tracing', `${HEAD}tracing: {endpoint: x}`, 'line 3: tracing: has no effect'],
    ['event_recorder', `${HEAD}event_recorder: {}`, 'line 3: event_recorder: has no effect'],
    ['a zero resolve_timeout', `${HEAD}global: {resolve_timeout: 0}`, 'line 3: global.resolve_timeout: is zero'],
  ])('%s', (_what, text, expected) => {
    expect(warningsOf(text)).toEqual([expect.stringContaining(expected)]);
  });

  test.each([
    ['a catch-all that continues', routes('{receiver: b, continue: true}', '{matchers: [x=y]}')],
    ['a narrower route before a wider one', routes('{receiver: b, matchers: [x=y, z=1]}', '{matchers: [x=y]}', '{}')],
    ['a repeat_interval equal to group_interval', routes('{receiver: b, repeat_interval: 5m}')],
    ['null tracing', `${HEAD}tracing:`],
  ])('none for %s', (_what, text) => {
    expect(warningsOf(text)).toEqual([]);
  });
});

test('a loaded configuration cannot be changed anywhere', () => {
  const file = join(import.meta.dirname, 'fixtures/large-installation.yml');
  const config = load(readFileSync(file, 'utf8'));
  const loose: string[] = [];
  const visit = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) return;
    if (!Object.isFrozen(value)) loose.push(path);
    for (const [key, item] of Object.entries(value)) visit(item, `${path}.${key}`);
    if (value instanceof Map) for (const [key, item] of value) visit(item, `${path}.${key}`);
  };
  visit(config, 'config');
  expect(loose).toEqual([]);
  expect(() => (config.timeIntervals as Map<string, unknown>).set('x', [])).toThrow(TypeError);
});

test('the file of a large installation loads, with old keys, anchors and the settings of channels it no longer uses', () => {
  const file = join(import.meta.dirname, 'fixtures/large-installation.yml');
  const config = load(readFileSync(file, 'utf8'));
  expect(config.receivers.map(({ name, integrations }) => `${name} ${integrations.length}`)).toEqual([
    'catch-all 1',
    'audit 1',
    'dead-mans-switch 1',
    'team-X 2',
    'team-X-pager 1',
    'team-Y 0',
    'team-Y-pager 1',
    '4711 1',
  ]);
  expect(config.route.routes[3]?.routes[0]?.matchers.map(String)).toEqual(['severity="critical"', 'tier="1"']);
  expect([...config.timeIntervals.keys()]).toEqual(['business-hours', '2026-11-21', 'on']);
});
