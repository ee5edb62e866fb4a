/** What a configuration may not say, and in which words, with which line and path, it is refused. */
import { describe, expect, test } from 'vitest';
import { formatConfigErrors, parseConfig } from './load.ts';

/** Route and receiver on the first two lines, so that what a test adds begins on line 3. */
const HEAD = 'route: {receiver: a}\nreceivers: [{name: a}]\n';

function errorsOf(text: string, matcherMode: 'fallback' | 'classic' = 'fallback'): string[] {
  const result = parseConfig(text, { directory: '/etc/tocsin', matcherMode });
  return result.ok ? [] : formatConfigErrors('f', result.errors).split('\n');
}

function routeErrors(keys: string): string[] {
  return errorsOf(`receivers: [{name: a}]\nroute:\n  receiver: a\n  routes:\n    - ${keys}`);
}

describe('top level', () => {
  test.each([
    ['an empty file', '', 'f:1: route: no route provided in config; add a route with a receiver'],
    ['only comments', '# nothing\n', 'f:1: route: no route provided in config; add a route with a receiver'],
    ['a null route', 'route:\nreceivers: []', 'f:1: route: no route provided in config; add a route with a receiver'],
    ['a list', '- a', 'f:1: must be a block of keys'],
    ['a mistyped key', `${HEAD}recievers: []`, 'f:3: recievers: unknown key; did you mean "receivers"?'],
    ['templates as a text', `${HEAD}templates: x`, 'f:3: templates: must be a list; begin each item with "- "'],
    ['a list in a list', `${HEAD}templates: [[x]]`, 'f:3: templates[0]: must be a single value, not a list or a block'],
  ])('%s', (_what, text, expected) => {
    expect(errorsOf(text)).toEqual([expected]);
  });
});

describe('root route', () => {
  test.each([
    ['no receiver', '{}', 'f:1: route: the root route needs a receiver'],
    ['an empty receiver', '{receiver: ""}', 'f:1: route: the root route needs a receiver'],
    ['an unknown receiver', '{receiver: b}', 'f:1: route.receiver: there is no receiver "b"; add it to receivers'],
    ['match', '{receiver: a, match: {b: c}}', 'f:1: route: the root route takes every alert'],
    ['match_re', '{receiver: a, match_re: {b: c}}', 'f:1: route: the root route takes every alert'],
    ['matchers', '{receiver: a, matchers: [b=c]}', 'f:1: route: the root route takes every alert'],
    ['continue', '{receiver: a, continue: yes}', 'f:1: route.continue: the root route has no siblings'],
  ])('%s', (_what, route, expected) => {
    expect(errorsOf(`route: ${route}\nreceivers: [{name: a}]`)).toEqual([expect.stringContaining(expected)]);
  });

  test.each(['mute_time_intervals', 'active_time_intervals'])('%s', (key) => {
    const text = `route: {receiver: a, ${key}: [n]}\nreceivers: [{name: a}]\ntime_intervals: [{name: n}]`;
    expect(errorsOf(text)).toEqual([
      `f:1: route.${key}: the root route must not have ${key}; move them to a route in routes`,
    ]);
  });

  test('what it does not say at all it may have empty', () => {
    const route = '{receiver: a, match: {}, matchers: [], mute_time_intervals: [], continue: false}';
    expect(errorsOf(`route: ${route}\nreceivers: [{name: a}]`)).toEqual([]);
  });
});

describe('routes', () => {
  const notDuration = 'is not a duration such as 30s, 1h30m or 2d';
  test.each([
    ['receiver: b', 'receiver: there is no receiver "b"; add it to receivers or correct the name'],
    ['receiver: [a]', 'receiver: must be a single value, not a list or a block'],
    ['group_by: a', 'group_by: must be a list; begin each item with "- "'],
    ['group_by: [x, y, x]', 'group_by[2]: label "x" is listed twice; remove one'],
    ["group_by: [x, '...']", "group_by: '...' groups by all labels and must stand alone"],
    ['group_by: [~]', 'group_by[0]: "" is not a label name (any text but the empty one)'],
    ['group_wait: 1.5s', `group_wait: "1.5s" ${notDuration}`],
    ['group_wait: 5', `group_wait: "5" ${notDuration}`],
    ['group_wait: 30m1h', `group_wait: "30m1h" ${notDuration}`],
    ['group_wait: -5s', `group_wait: "-5s" ${notDuration}`],
    ['group_wait: ""', `group_wait: "" ${notDuration}`],
    ['group_interval: 0s', 'group_interval: must be longer than zero'],
    ['repeat_interval: 0', 'repeat_interval: must be longer than zero'],
    ['continue: 1', 'continue: must be true or false, not "1"'],
    ['matchers: a=b', 'matchers: must be a list; begin each item with "- "'],
    ['matchers: [a]', 'matchers[0]: "a" is not a matcher: '],
    ['matchers: [a=b, "a=~["]', 'matchers[1]: "a=~[" is not a matcher: '],
    ['matchers: [{a: b}]', 'matchers[0]: must be a single value, not a list or a block'],
    ['match: {a.b: c}', 'match["a.b"]: "a.b" is not a label name here (letters, digits and _); write it in matchers'],
    ['match: {a: [b]}', 'match.a: must be a single value, not a list, a block or nothing'],
    ['match_re: {a: "["}', 'match_re.a: "[" is not a regular expression: '],
    ['match_re: {a: }', 'match_re.a: must be a single value, not a list, a block or nothing'],
    ['match: [a]', 'match: must be a block of keys with a text each'],
    ['mute_time_intervals: [n]', 'mute_time_intervals[0]: there is no time interval "n"; add it to time_intervals'],
    ['active_time_intervals: [n]', 'active_time_intervals[0]: there is no time interval "n"; add it to time_intervals'],
    ['labels: {"": x}', 'labels[""]: "" is not a label name'],
    ['grup_by: [a]', 'grup_by: unknown key; did you mean "group_by"?'],
    ['routes: {}', 'routes: must be a list; begin each item with "- "'],
    ['routes: [~]', 'routes[0]: missing route: write its keys here or remove the "-"'],
    ['routes: [{routes: [{receiver: b}]}]', 'routes[0].routes[0].receiver: there is no receiver "b"'],
  ])('%s', (keys, expected) => {
    expect(routeErrors(`{${keys}}`)).toEqual([expect.stringContaining(`f:5: route.routes[0].${expected}`)]);
  });

  test('the classic mode knows only classic label names', () => {
    const text = 'route: {receiver: a, group_by: [a.b]}\nreceivers: [{name: a}]\ninhibit_rules: [{equal: [a.b]}]';
    expect(errorsOf(text)).toEqual([]);
    expect(errorsOf(text, 'classic')).toEqual([
      'f:1: route.group_by[0]: "a.b" is not a label name (letters, digits and _, not beginning with a digit)',
      'f:3: inhibit_rules[0].equal[0]: "a.b" is not a label name (letters, digits and _, not beginning with a digit)',
    ]);
  });
});

describe('receivers', () => {
  const withReceiver = (receiver: string) => errorsOf(`route: {receiver: a}\nreceivers:\n  - name: a\n  - ${receiver}`);
  test.each([
    ['~', 'receivers[1]: a receiver needs a name'],
    ['{name: ""}', 'receivers[1]: a receiver needs a name'],
    ['a', 'receivers[1]: must be a block of keys'],
    ['{name: a}', 'receivers[1].name: receiver "a" is defined twice, the first time on line 3; names are unique'],
    [
      '{name: b, slack_configs: []}',
      'receivers[1].slack_configs: not supported yet (line 4); remove it, or send through webhook_configs',
    ],
    ['{name: b, wechat_configs: [{to_user: x}]}', 'receivers[1].wechat_configs: not supported yet (line 4); remove it'],
    ['{name: b, webhok_configs: []}', 'receivers[1].webhok_configs: unknown key; did you mean "webhook_configs"?'],
    ['{name: b, labels: {name: c}}', "receivers[1].labels.name: is set by itself to the receiver's name; remove it"],
    ['{name: b, webhook_configs: {}}', 'receivers[1].webhook_configs: must be a list; begin each item with "- "'],
    ['{name: b, webhook_configs: [~]}', 'receivers[1].webhook_configs[0]: missing webhook config'],
    [
      '{name: b, webhook_configs: [{url: "http://x/", max_alerst: 5}]}',
      'receivers[1].webhook_configs[0].max_alerst: unknown key; did you mean "max_alerts"?',
    ],
    [
      '{name: b, webhook_configs: [{url: "http://x/", http_config: {tls_config: {ca_fiel: x}}}]}',
      'receivers[1].webhook_configs[0].http_config.tls_config.ca_fiel: unknown key; did you mean "ca_file"?',
    ],
    [
      '{name: b, webhook_configs: [{url: "http://x/", max_alerts: many}]}',
      'receivers[1].webhook_configs[0].max_alerts: must be a whole number, not "many"',
    ],
  ])('%s', (receiver, expected) => {
    expect(withReceiver(receiver)).toEqual([
      expect.stringContaining(expected),
      ...(receiver === '~' || receiver.includes('""') || receiver === 'a' ? withReceiver(receiver).slice(1) : []),
    ]);
  });
});

describe('global', () => {
  test.each([
    ['resolve_timeout: 5 minutes', 'resolve_timeout: "5 minutes" is not a duration such as'],
    ['smtp_smarthost: localhost', 'smtp_smarthost: must be host:port'],
    ['smtp_require_tls: maybe', 'smtp_require_tls: must be true or false, not "maybe"'],
    ['slack_api_url: hooks', 'slack_api_url: must be an absolute URL'],
    ['opsgenie_api_url: ftp://x/', 'opsgenie_api_url: must start with http:// or https://'],
    ['smtp_auth_username: [a]', 'smtp_auth_username: must be a single value, not a list or a block'],
    ['slack_api_urll: http://x/', 'slack_api_urll: unknown key; did you mean "slack_api_url"?'],
    [
      'http_config: {follow_redirect: no}',
      'http_config.follow_redirect: unknown key; did you mean "follow_redirects"?',
    ],
    ['slack_app_token: t, slack_api_url: "http://x/"', 'slack_app_token: must not be set together with slack_api_url'],
  ])('%s', (keys, expected) => {
    expect(errorsOf(`${HEAD}global: {${keys}}`)).toEqual([expect.stringContaining(`f:3: global.${expected}`)]);
  });

  test.each([
    'smtp_auth_password',
    'smtp_auth_secret',
    'slack_app_token',
    'opsgenie_api_key',
    'victorops_api_key',
    'wechat_api_secret',
    'telegram_bot_token',
    'rocketchat_token',
    'rocketchat_token_id',
  ])('%s excludes its file, unless one of them is empty', (key) => {
    expect(errorsOf(`${HEAD}global: {${key}: x, ${key}_file: y}`)).toEqual([
      `f:3: global.${key}_file: at most one of ${key} and ${key}_file may be set`,
    ]);
    expect(errorsOf(`${HEAD}global: {${key}: x, ${key}_file: ""}`)).toEqual([]);
  });
});

describe('inhibit rules and time intervals', () => {
  test.each([
    [
      'inhibit_rules: [{source_match: {a.b: c}}]',
      'inhibit_rules[0].source_match["a.b"]: "a.b" is not a label name here',
    ],
    [
      'inhibit_rules: [{target_match_re: {a: "("}}]',
      'inhibit_rules[0].target_match_re.a: "(" is not a regular expression',
    ],
    ['inhibit_rules: [{target_matchers: [a]}]', 'inhibit_rules[0].target_matchers[0]: "a" is not a matcher'],
    ['inhibit_rules: [{equal: [""]}]', 'inhibit_rules[0].equal[0]: "" is not a label name'],
    ['inhibit_rules: [{source: {}}]', 'inhibit_rules[0].source: unknown key'],
    ['inhibit_rules: {}', 'inhibit_rules: must be a list'],
    ['time_intervals: [{time_intervals: []}]', 'time_intervals[0]: a time interval needs a name'],
    ['time_intervals: [{name: n, intervals: []}]', 'time_intervals[0].intervals: unknown key'],
    [
      'time_intervals: [{name: n, time_intervals: [{years: [x]}]}]',
      'time_intervals[0].time_intervals[0].years[0]: "x"',
    ],
    ['time_intervals: [{name: n}, {name: n}]', 'time_intervals[1].name: time interval "n" is defined twice'],
  ])('%s', (section, expected) => {
    expect(errorsOf(HEAD + section)).toEqual([expect.stringContaining(`f:3: ${expected}`)]);
  });

  test('a name is unique across both lists of time intervals', () => {
    expect(errorsOf(`${HEAD}time_intervals: [{name: n}]\nmute_time_intervals: [{name: n}]`)).toEqual([
      'f:4: mute_time_intervals[0].name: time interval "n" is defined twice, the first time on line 3',
    ]);
  });

  test('a route may name a time interval that is defined but wrong, so only the interval is reported', () => {
    const route = 'route: {receiver: a, routes: [{mute_time_intervals: [n]}]}\nreceivers: [{name: a}]';
    expect(errorsOf(`${route}\ntime_intervals: [{name: n, time_intervals: [{months: [x]}]}]`)).toEqual([
      expect.stringContaining('f:3: time_intervals[0].time_intervals[0].months[0]'),
    ]);
  });
});

describe('all errors at once', () => {
  test('from every section, in the order of lines', () => {
    const text = [
      'global: {resolve_timeout: soon}',
      'route:',
      '  receiver: a',
      '  group_wait: later',
      '  routes:',
      '    - receiver: nobody',
      '      continue: perhaps',
      'receivers:',
      '  - name: a',
      '    webhook_configs: [{}]',
      '  - name: a',
      'inhibit_rules: [{equal: [""]}]',
      'time_intervals: [{}]',
    ];
    const lines = errorsOf(text.join('\n')).map((error) => Number(error.split(':')[1]));
    expect(lines).toEqual([1, 4, 6, 7, 10, 11, 12, 13]);
  });

  test('an error that many aliases share is reported once for each place it is used at, on the line it stands', () => {
    const text = `${HEAD}x: &x {equal: [""]}\ninhibit_rules: [*x, *x]`;
    expect(errorsOf(text).slice(1)).toEqual([
      expect.stringMatching(/^f:3: inhibit_rules\[0\]/),
      expect.stringMatching(/^f:3: inhibit_rules\[1\]/),
    ]);
  });

  test('thousands of errors end with how many more there are', () => {
    const errors = errorsOf(`${HEAD}${Array.from({ length: 3000 }, (_, index) => `key${index}: 1`).join('\n')}`);
    expect(errors).toHaveLength(1000);
    expect(errors.at(-1)).toContain('and 2001 more errors');
  });

  test('a value in a message is cut and stays on its line', () => {
    const [error = ''] = errorsOf(`${HEAD}global: {resolve_timeout: "x\\n\\u202e\\e[31m${'y'.repeat(500)}"}`);
    expect(error).toMatch(/^[ -~…]*$/);
    expect(error.length).toBeLessThan(300);
  });
});
