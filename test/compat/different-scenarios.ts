/**
 * What we do differently from Alertmanager on purpose, each in a scenario of its own that shows both. The names are those of
 * docs/compatibility.md, which gives the reasons.
 */
import { at, type DifferentScenario, endsSilenceOf, fires, reloads, resolves, silences } from './timed-scenario.ts';

/** A difference of every message, not of a scenario. */
export const NEWER_FIELDS = 'newer webhook fields';

const ONCE = { repeat_interval: '1h' } as const;

const inhibitRules = [
  { source_matchers: ['instance=source'], target_matchers: ['instance=target'], equal: ['scenario'] },
];

export const differentScenarios: readonly DifferentScenario[] = [
  {
    difference: 'owed resolve',
    name: 'told, silenced, ended',
    route: ONCE,
    steps: [at(0, fires('a')), at(2, silences('a')), at(4, resolves('a'))],
    alertmanager: ['1: a firing'],
    tocsin: ['1: a firing', '5: a resolved'],
  },
  {
    difference: 'owed resolve',
    name: 'told, inhibited, ended',
    route: { group_by: ['instance'], ...ONCE },
    inhibitRules,
    steps: [at(0, fires('target')), at(2, fires('source')), at(4, resolves('target'))],
    alertmanager: ['1: target firing', '3: source firing'],
    tocsin: ['1: target firing', '3: source firing', '5: target resolved'],
  },
  {
    difference: 'owed resolve',
    name: 'one of two told, silenced, ended',
    route: ONCE,
    steps: [at(0, fires('a'), fires('b')), at(2, silences('b')), at(4, resolves('b'))],
    alertmanager: ['1: a firing, b firing'],
    tocsin: ['1: a firing, b firing', '5: a firing, b resolved'],
  },
  {
    difference: 'fires again after an end under a silence',
    name: 'told, silenced, ended, back without silence',
    route: ONCE,
    steps: [
      at(0, fires('a'), fires('b')),
      at(2, silences('a')),
      at(4, resolves('a')),
      at(6, endsSilenceOf('a'), fires('a')),
    ],
    alertmanager: ['1: a firing, b firing'],
    tocsin: ['1: a firing, b firing', '5: a resolved, b firing', '7: a firing, b firing'],
  },
  {
    difference: 'exact repeat',
    name: 'repeat_interval is a multiple of group_interval',
    route: { repeat_interval: '4s' },
    // Answers take a while, so that Alertmanager's record is surely younger than its tick.
    receivers: { '': [{ answers: { kind: 'answer', status: 200, delayMs: 100 } }] },
    steps: [at(0, fires('a'))],
    alertmanager: ['1: a firing', '7: a firing', '13: a firing'],
    tocsin: ['1: a firing', '5: a firing', '9: a firing', '13: a firing'],
  },
  {
    difference: 'no message caused by a never-told alert',
    name: 'came and went between two ticks',
    route: ONCE,
    steps: [at(0, fires('a')), at(1.6, fires('b')), at(2.4, resolves('b'))],
    alertmanager: ['1: a firing', '3: a firing, b resolved'],
    tocsin: ['1: a firing'],
  },
  {
    difference: 'silenced alert is not re-told after an unrelated send',
    name: 'silenced while another was told',
    route: ONCE,
    steps: [at(0, fires('a')), at(2, silences('a'), fires('b')), at(4, endsSilenceOf('a'))],
    alertmanager: ['1: a firing', '3: b firing', '5: a firing, b firing'],
    tocsin: ['1: a firing', '3: b firing'],
  },
  {
    difference: 'fires again where ends are not sent',
    name: 'ended and back, without send_resolved',
    route: ONCE,
    receivers: { '': [{ send_resolved: false }] },
    steps: [at(0, fires('a'), fires('b')), at(2, resolves('b')), at(4, fires('b'))],
    alertmanager: ['1: a firing, b firing'],
    tocsin: ['1: a firing, b firing', '5: a firing, b firing'],
  },
  {
    difference: 'max_alerts cut does not change status and common labels',
    name: 'the list is cut down to what has ended',
    route: ONCE,
    receivers: { '': [{ max_alerts: 1 }] },
    shows: 'status and common labels',
    steps: [at(0, fires('a', { labels: { site: 'north' } }), fires('b')), at(2, resolves('a', { site: 'north' }))],
    alertmanager: [
      '1: firing {alertname,instance,scenario,site} a firing, 1 cut',
      '3: resolved {alertname,instance,scenario,site} a resolved, 1 cut',
    ],
    tocsin: ['1: firing {alertname,scenario} a firing, 1 cut', '3: firing {alertname,scenario} a resolved, 1 cut'],
  },
  {
    difference: 'a group that has ended begins anew',
    name: 'ended, told, and back soon',
    route: ONCE,
    steps: [at(0, fires('a')), at(2, resolves('a')), at(3.5, fires('a'))],
    alertmanager: ['1: a firing', '3: a resolved', '5: a firing'],
    tocsin: ['1: a firing', '3: a resolved', '4.5: a firing'],
  },
  {
    difference: 'only the first alert shortens group_wait',
    name: 'an old alert joins a waiting group',
    route: ONCE,
    steps: [at(0, fires('a')), at(0.5, fires('b', { starts: -10 }))],
    alertmanager: ['0.5: a firing, b firing'],
    tocsin: ['1: a firing, b firing'],
  },
  {
    difference: 'an empty group_by overrides',
    name: 'group_by nothing below group_by something',
    route: { ...ONCE, group_by: ['instance'], routes: [{ group_by: [] }] },
    steps: [at(0, fires('a'), fires('b'))],
    alertmanager: ['1: a firing', '1: b firing'],
    tocsin: ['1: a firing, b firing'],
  },
  {
    difference: 'a slow receiver delays no other',
    name: 'one of two integrations takes 1.5 s over a tick',
    route: ONCE,
    receivers: { '': [{ answersFirst: [{ kind: 'answer', status: 200, delayMs: 2_500 }] }, {}] },
    steps: [at(0, fires('a')), at(2, fires('b'))],
    alertmanager: ['1: #0: a firing', '1: #1: a firing', '3.5: #0: a firing, b firing', '3.5: #1: a firing, b firing'],
    tocsin: ['1: #0: a firing', '1: #1: a firing', '3: #1: a firing, b firing', '3.5: #0: a firing, b firing'],
  },
  {
    difference: 'a silence holds during an outage',
    name: 'silenced between two attempts',
    route: ONCE,
    receivers: { '': [{ answersFirst: [{ kind: 'answer', status: 503, delayMs: 200 }] }] },
    steps: [at(0, fires('a')), at(1.1, silences('a'))],
    alertmanager: ['1: (503) a firing', 'retry: a firing'],
    tocsin: ['1: (503) a firing'],
  },
  {
    difference: 'a reload flushes nothing',
    name: 'reloaded while an alert waits for the tick',
    route: ONCE,
    // Late: Alertmanager begins all groups anew, also those of the other scenarios, of which no more is expected then.
    beginsAt: 6,
    // A little early, since our next tick counts from the end of the reload, which takes a while.
    steps: [at(0, fires('a')), at(11.5, fires('b')), at(11.9, reloads)],
    alertmanager: ['1: a firing', '12: a firing, b firing'],
    tocsin: ['1: a firing', '14: a firing, b firing'],
  },
];
