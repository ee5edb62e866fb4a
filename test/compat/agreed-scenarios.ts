/**
 * What Alertmanager and we do alike, from the first message of a group to its last: rhythm, resolves, silences, inhibition,
 * routing, receivers and times. Groups tick at 1 s, 3 s, 5 s … of their scenario; what happens, happens in between.
 */
import { type AgreedScenario, at, endsSilenceOf, fires, resolves, silences } from './timed-scenario.ts';

const ONCE = { repeat_interval: '1h' } as const;

const rhythm: readonly AgreedScenario[] = [
  {
    name: 'a joining alert waits for the tick, and a repeat counts from it',
    steps: [at(0, fires('a')), at(2, fires('b'))],
    both: ['1: a firing', '3: a firing, b firing', '9: a firing, b firing'],
  },
  {
    name: 'a repeat comes at the first tick after repeat_interval',
    steps: [at(0, fires('a'))],
    both: ['1: a firing', '7: a firing', '13: a firing'],
  },
  {
    name: 'group_interval 3s',
    route: { group_interval: '3s', repeat_interval: '4s' },
    steps: [at(0, fires('a')), at(2, fires('b')), at(5.5, fires('c'))],
    both: [
      '1: a firing',
      '4: a firing, b firing',
      '7: a firing, b firing, c firing',
      '13: a firing, b firing, c firing',
    ],
  },
  {
    name: 'group_wait 0s',
    route: { group_wait: '0s', ...ONCE },
    steps: [at(0, fires('a')), at(1, fires('b'))],
    both: ['0: a firing', '2: a firing, b firing'],
  },
  {
    name: 'an alert that began long ago is told at once',
    route: ONCE,
    steps: [at(0, fires('a', { starts: -10 })), at(1, fires('b'))],
    both: ['0: a firing', '2: a firing, b firing'],
  },
  {
    name: 'a refresh causes nothing, and its annotations are in the repeat',
    steps: [
      at(0, fires('a', { annotations: { summary: 'old', kept: 'yes' } })),
      at(2, fires('a', { starts: 0, annotations: { summary: 'new <&> "words"\n\u2028', kept: 'yes' } })),
    ],
    both: ['1: a firing', '7: a firing', '13: a firing'],
  },
];

const ends: readonly AgreedScenario[] = [
  {
    name: 'alerts end one after the other',
    steps: [at(0, fires('a'), fires('b')), at(2, resolves('a')), at(4, resolves('b'))],
    both: ['1: a firing, b firing', '3: a resolved, b firing', '5: b resolved'],
  },
  {
    name: 'all end together',
    steps: [at(0, fires('a'), fires('b')), at(4, resolves('a'), resolves('b'))],
    both: ['1: a firing, b firing', '5: a resolved, b resolved'],
  },
  {
    name: 'what ends before group_wait is never told',
    steps: [at(0, fires('a')), at(0.5, resolves('a'))],
    both: [],
  },
  {
    name: 'what was never told is listed where a message goes out anyway',
    route: ONCE,
    steps: [at(0, fires('a')), at(2, fires('b')), at(2.4, resolves('b'), fires('c'))],
    both: ['1: a firing', '3: a firing, b resolved, c firing'],
  },
  {
    name: 'a short gap between two ticks is not noticed',
    steps: [at(0, fires('a')), at(1.6, resolves('a')), at(2.4, fires('a'))],
    both: ['1: a firing', '7: a firing', '13: a firing'],
  },
  {
    name: 'what fires again in a living group is news',
    steps: [at(0, fires('a'), fires('b')), at(2, resolves('a')), at(4, fires('a'))],
    both: ['1: a firing, b firing', '3: a resolved, b firing', '5: a firing, b firing', '11: a firing, b firing'],
  },
  {
    name: 'no end given: it runs out after resolve_timeout',
    steps: [at(0, fires('a', { ends: 'timeout' })), at(2, fires('a', { starts: 0, ends: 'timeout' }))],
    both: ['1: a firing', '7: a resolved'],
  },
  {
    name: 'an announced end comes',
    steps: [at(0, fires('a', { ends: 4 }))],
    both: ['1: a firing', '5: a resolved'],
  },
  {
    name: 'an earlier end does not shorten a later one',
    steps: [at(0, fires('a')), at(2, fires('a', { starts: 0, ends: 4 }))],
    both: ['1: a firing', '7: a firing', '13: a firing'],
  },
  {
    name: 'an announced end shortens a timeout',
    steps: [at(0, fires('a', { ends: 'timeout' })), at(2, fires('a', { starts: 0, ends: 2.6 }))],
    both: ['1: a firing', '3: a resolved'],
  },
  {
    name: 'a timeout does not shorten an announced end',
    steps: [at(0, fires('a', { ends: 8 })), at(2, fires('a', { starts: 0, ends: 'timeout' }))],
    both: ['1: a firing', '7: a firing', '9: a resolved'],
  },
];

const silencing: readonly AgreedScenario[] = [
  {
    name: 'silenced from the start, told when the silence is ended',
    steps: [at(0, silences('a'), fires('a')), at(4, endsSilenceOf('a'))],
    both: ['5: a firing', '11: a firing'],
  },
  {
    name: 'silenced from the start, told when the silence is over',
    steps: [at(0, silences('a', { ends: 4 }), fires('a'))],
    both: ['5: a firing', '11: a firing'],
  },
  {
    name: 'silenced for a while after it was told: no news',
    route: ONCE,
    steps: [at(0, fires('a')), at(2, silences('a')), at(6, endsSilenceOf('a'))],
    both: ['1: a firing'],
  },
  {
    name: 'a repeat that fell into a silence comes after it',
    steps: [at(0, fires('a')), at(2, silences('a')), at(8, endsSilenceOf('a'))],
    both: ['1: a firing', '9: a firing'],
  },
  {
    name: 'one of two is silenced',
    steps: [at(0, silences('b'), fires('a'), fires('b')), at(4, endsSilenceOf('b'))],
    both: ['1: a firing', '5: a firing, b firing', '11: a firing, b firing'],
  },
  {
    name: 'ended under a silence, never told',
    steps: [at(0, silences('a'), fires('a')), at(2, resolves('a')), at(4, endsSilenceOf('a'))],
    both: [],
  },
];

const inhibitRules = [
  { source_matchers: ['instance=~"source.*"'], target_matchers: ['instance=~"target.*"'], equal: ['scenario', 'site'] },
];
const grouped = { group_by: ['instance'], ...ONCE } as const;
const north = { labels: { site: 'north' } } as const;
const south = { labels: { site: 'south' } } as const;

const inhibiting: readonly AgreedScenario[] = [
  {
    name: 'inhibited until the source ends',
    route: grouped,
    inhibitRules,
    steps: [at(0, fires('source', north), fires('target', north)), at(2, resolves('source', north.labels))],
    both: ['1: source firing', '3: source resolved', '3: target firing'],
  },
  {
    name: 'inhibited only where the equal labels are',
    route: grouped,
    inhibitRules,
    steps: [at(0, fires('source', north), fires('target1', north), fires('target2', south), fires('target3'))],
    both: ['1: source firing', '1: target2 firing', '1: target3 firing'],
  },
  {
    name: 'inhibited for a while after it was told: no news',
    route: grouped,
    inhibitRules,
    steps: [at(0, fires('target')), at(2, fires('source')), at(4, resolves('source'))],
    both: ['1: target firing', '3: source firing', '5: source resolved'],
  },
  {
    name: 'a repeat that fell into an inhibition comes after it',
    route: { group_by: ['instance'] },
    inhibitRules,
    steps: [at(0, fires('target')), at(4.4, fires('source')), at(8.4, resolves('source'))],
    both: ['1: target firing', '5.5: source firing', '9: target firing', '9.5: source resolved'],
  },
  {
    name: 'all firing sources inhibit',
    route: grouped,
    inhibitRules,
    steps: [
      at(0, fires('source1'), fires('source2'), fires('target')),
      at(2, resolves('source2')),
      at(4, resolves('source1')),
    ],
    both: ['1: source1 firing', '1: source2 firing', '3: source2 resolved', '5: source1 resolved', '5: target firing'],
  },
  {
    name: 'an inhibited alert inhibits, and so does a silenced one',
    route: grouped,
    inhibitRules: [
      { source_matchers: ['instance=first'], target_matchers: ['instance=second'], equal: ['scenario'] },
      { source_matchers: ['instance=second'], target_matchers: ['instance=third'], equal: ['scenario'] },
    ],
    steps: [at(0, silences('first'), fires('first'), fires('second'), fires('third')), at(2, resolves('first'))],
    both: ['3: second firing'],
  },
  {
    name: 'two that are source and target do not silence each other',
    route: grouped,
    inhibitRules: [
      { source_matchers: ['instance=~"a|b"'], target_matchers: ['instance=~"b|a|c"'], equal: ['scenario'] },
    ],
    steps: [at(0, fires('a'), fires('b'), fires('c'))],
    both: ['1: a firing', '1: b firing'],
  },
];

const routing: readonly AgreedScenario[] = [
  {
    name: 'several routes with continue',
    route: {
      ...ONCE,
      routes: [
        { receiver: 'audit', continue: true },
        { receiver: 'north', matchers: ['site="north"'], continue: true, group_wait: '1500ms' },
        {
          receiver: 'teams',
          match_re: { team: 'a|b' },
          group_interval: '3s',
          routes: [{ receiver: 'team b', match: { team: 'b' }, group_by: ['team'] }],
        },
        { receiver: 'rest' },
      ],
    },
    receivers: { '': [{}], audit: [{}], north: [{}], teams: [{}], 'team b': [{}], rest: [{}] },
    steps: [
      at(
        0,
        fires('1', { labels: { team: 'a', site: 'north' } }),
        fires('2', { labels: { team: 'b' } }),
        fires('3', { labels: { site: 'north' } }),
      ),
      at(2, fires('4', { labels: { team: 'a' } })),
    ],
    both: [
      '1: audit: 1 firing, 2 firing, 3 firing',
      '1: rest: 3 firing',
      '1: team b: 2 firing',
      '1: teams: 1 firing',
      '1.5: north: 1 firing, 3 firing',
      '3: audit: 1 firing, 2 firing, 3 firing, 4 firing',
      '4: teams: 1 firing, 4 firing',
    ],
  },
  {
    name: 'group_by all, and labels that are absent',
    route: {
      ...ONCE,
      routes: [
        { receiver: 'one', group_by: ['nowhere'], continue: true },
        { receiver: 'each', group_by: ['...'], continue: true },
        { receiver: 'site', group_by: ['site', 'nowhere'] },
      ],
    },
    receivers: { '': [{}], one: [{}], each: [{}], site: [{}] },
    steps: [at(0, fires('b', north), fires('a', south), fires('c', north), fires('d'))],
    both: [
      '1: each: a firing',
      '1: each: b firing',
      '1: each: c firing',
      '1: each: d firing',
      '1: one: a firing, b firing, c firing, d firing',
      '1: site: a firing',
      '1: site: b firing, c firing',
      '1: site: d firing',
    ],
  },
  {
    name: 'alerts are listed by job, then instance, then all labels',
    route: ONCE,
    steps: [
      at(
        0,
        fires('z'),
        fires('a', { labels: { job: 'x', z: '1' } }),
        fires('a', { labels: { job: 'x', b: '2' } }),
        fires('b', { labels: { job: 'B' } }),
        fires('é', { labels: { job: 'x' } }),
        fires('Z', { labels: { job: 'x' } }),
        fires('', { labels: { job: 'x', a: '1' } }),
        fires('', { labels: { a: '1' } }),
      ),
    ],
    both: ['1: b firing, Z firing, a firing, a firing, é firing, (none) firing, z firing, (none) firing'],
  },
  {
    name: 'muted by a time interval, or outside the active ones',
    route: {
      routes: [
        { receiver: 'muted', mute_time_intervals: ['always'], continue: true },
        { receiver: 'inactive', active_time_intervals: ['never'], continue: true },
        { receiver: 'awake', mute_time_intervals: ['never'], active_time_intervals: ['never', 'always'] },
      ],
    },
    receivers: { '': [{}], muted: [{}], inactive: [{}], awake: [{}] },
    steps: [at(0, fires('a')), at(2, resolves('a'))],
    both: ['1: awake: a firing', '3: awake: a resolved'],
  },
];

const receiving: readonly AgreedScenario[] = [
  {
    name: 'send_resolved false',
    receivers: { '': [{ send_resolved: false }] },
    steps: [
      at(0, fires('a'), fires('b')),
      at(2, resolves('a')),
      at(4, fires('c')),
      at(6, resolves('b'), resolves('c')),
    ],
    both: ['1: a firing, b firing', '5: b firing, c firing'],
  },
  {
    name: 'two integrations, of which one wants no ends',
    receivers: { '': [{}, { send_resolved: false }] },
    steps: [at(0, fires('a'), fires('b')), at(2, resolves('a')), at(8, resolves('b'))],
    both: [
      '1: #0: a firing, b firing',
      '1: #1: a firing, b firing',
      '3: #0: a resolved, b firing',
      '7: #1: b firing',
      '9: #0: b resolved',
    ],
  },
  {
    name: 'max_alerts of which there are no more',
    route: ONCE,
    receivers: { '': [{ max_alerts: 2 }] },
    steps: [at(0, fires('a'), fires('b'))],
    both: ['1: a firing, b firing'],
  },
  {
    name: 'refused for good: the next tick tries again',
    route: ONCE,
    receivers: {
      '': [
        {
          answersFirst: [
            { kind: 'answer', status: 400 },
            { kind: 'answer', status: 404 },
          ],
        },
      ],
    },
    steps: [at(0, fires('a')), at(2, fires('b'))],
    both: ['1: (400) a firing', '3: (404) a firing, b firing', '5: a firing, b firing'],
  },
  {
    name: 'a failing receiver is tried again in between',
    route: ONCE,
    receivers: { '': [{ answersFirst: [{ kind: 'answer', status: 503 }] }] },
    steps: [at(0, fires('a')), at(2, fires('b'))],
    both: ['1: (503) a firing', 'retry: a firing', '3: a firing, b firing'],
  },
  {
    name: 'an answer that is lost is asked for again',
    route: ONCE,
    receivers: { '': [{ answersFirst: [{ kind: 'cut' }] }] },
    steps: [at(0, fires('a')), at(2, resolves('a'))],
    both: ['1: (cut) a firing', 'retry: a firing', '3: a resolved'],
  },
  {
    name: 'a receiver without integrations tells nobody',
    receivers: { '': [] },
    steps: [at(0, fires('a')), at(2, resolves('a'))],
    both: [],
  },
];

/** Without backspace and form feed, for which the Go of today writes shorter escapes than that of Debian's build. */
const ODD_VALUES = [
  '"',
  '\\',
  "'",
  '`',
  '\n',
  '\t\r\v\u0007',
  '\u0000',
  '\u001b',
  '\u007f',
  '\u0080',
  '\u00a0',
  '\u00ad',
  'é',
  'e\u0301',
  'ÿ',
  '日本',
  '🚒',
  '\u200b',
  '\u2028',
  '\ufeff',
  '\ufffd',
  '\ue000',
  '\u{10ffff}',
  '<&>',
  '%d {{ . }}',
  'a, b="c"}',
  ' ',
  '\\u0041',
  '\u0378',
];

const wording: readonly AgreedScenario[] = [
  {
    name: 'receiver names: a.b*c+(d)|[e]{f}^$?\\-_é/"x"',
    route: ONCE,
    steps: [at(0, fires('a'))],
    both: ['1: a firing'],
  },
  {
    name: 'times and addresses as the checker wrote them',
    route: ONCE,
    steps: [
      at(
        0,
        fires('a', { starts: (ms) => withOffset(ms, { fraction: '.123456789', offsetHours: 2 }) }),
        fires('b', { starts: (ms) => withOffset(ms, { fraction: '.120000', offsetHours: -3 }) }),
        fires('c', { starts: (ms) => withOffset(ms, { fraction: '.000', offsetHours: 0 }) }),
        fires('d', { generatorURL: 'http://prometheus.test/graph?g0.expr=up%20%3D%3D+0&g0.tab=1#é' }),
        fires('e', { annotations: { empty: '', words: 'two\nlines' } }),
      ),
      at(2, resolves('a')),
    ],
    both: [
      '1: a firing, b firing, c firing, d firing, e firing',
      '3: a resolved, b firing, c firing, d firing, e firing',
    ],
  },
  {
    name: 'odd values in group labels',
    route: { ...ONCE, group_by: ['odd', 'scenario'] },
    beginsAt: 2.6,
    steps: [at(0, ...ODD_VALUES.map((odd, index) => fires(String(index), { labels: { odd } })))],
    both: ODD_VALUES.map((_odd, index) => `1: ${index} firing`).toSorted(),
  },
  {
    name: 'odd values in route matchers',
    route: {
      ...ONCE,
      group_by: ['scenario'],
      routes: [
        { matchers: ['instance="a\\"b"', 'instance!~"x|\\n"', 'instance=~"a.b"', 'zz=', 'aa!=x'] },
        { match: { instance: 'c\nd\\' }, match_re: { scenario: 'odd.*' } },
        { matchers: ["{instance='e', alertname=~.*}"] },
      ],
    },
    steps: [at(0, fires('a"b'), fires('c\nd\\'), fires("'e'"))],
    both: ["1: 'e' firing", '1: a"b firing', '1: c\nd\\ firing'],
  },
];

/** Like the present, but of a whole second and written as a checker in another zone, with another clock, might. */
function withOffset(ms: number, { fraction, offsetHours }: { fraction: string; offsetHours: number }): string {
  const local = new Date(ms + offsetHours * 3_600_000).toISOString().slice(0, 19);
  const offset = `${offsetHours < 0 ? '-' : '+'}0${Math.abs(offsetHours)}:00`;
  return `${local}${fraction}${offsetHours === 0 ? 'Z' : offset}`;
}

export const agreedScenarios: readonly AgreedScenario[] = [
  ...rhythm,
  ...ends,
  ...silencing,
  ...inhibiting,
  ...routing,
  ...receiving,
  ...wording,
];
