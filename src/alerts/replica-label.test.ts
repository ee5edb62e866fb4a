import { describe, expect, test } from 'vitest';
import { sortedLabels } from '../model/labels.ts';
import { suspectReplicaLabels } from './replica-label.ts';

const AT_ONCE = { isDue: () => false, pause: async () => {} };
const START_MS = Date.UTC(2026, 0, 15);

interface Posted {
  readonly labels: Readonly<Record<string, string>>;
  readonly generatorURL: string;
  readonly startsAtMs: number;
}

function alert(labels: Record<string, string>, host: string, startedAfterMs = 0): Posted {
  const generatorURL = host === '' ? '' : `http://${host}/graph?g0.expr=up`;
  return { labels: sortedLabels(labels), generatorURL, startsAtMs: START_MS + startedAfterMs };
}

/** The same alerts as each of several checkers posts them: ten of three targets unless told otherwise. */
function perChecker(
  label: string,
  checkers: readonly { value: string; host: string; lateMs?: number }[],
  { alerts = 10, targets = 3 } = {},
): Posted[] {
  return checkers.flatMap(({ value, host, lateMs }) =>
    Array.from({ length: alerts }, (_, index) =>
      alert({ alertname: `A${index}`, instance: `web-${index % targets}:9100`, [label]: value }, host, lateMs),
    ),
  );
}

const PAIR = [
  { value: 'a', host: 'prom-1:9090' },
  { value: 'b', host: 'prom-2:9090', lateMs: 15_000 },
];
const ONE_CHECKER = PAIR.map((checker) => ({ ...checker, host: 'prom-1:9090' }));
const BY_HAND = PAIR.map((checker) => ({ ...checker, host: '' }));
const FOUR = ['a', 'b', 'c', 'd'].map((value) => ({ value, host: `prom-${value}:9090` }));
const FIVE = [...FOUR, { value: 'e', host: 'prom-e:9090' }];
const LATE = PAIR.map((checker, index) => ({ ...checker, lateMs: index * 3_600_000 }));

async function labelsOf(alerts: readonly Posted[]): Promise<string[]> {
  return (await suspectReplicaLabels(alerts, AT_ONCE)).map(({ label }) => label);
}

describe('a replica label is suspected', () => {
  test.each([
    ['of a single alert', perChecker('replica', PAIR, { alerts: 1 }), 'replica'],
    ['that the operator sets, behind one address', perChecker('prometheus_replica', ONE_CHECKER), 'prometheus_replica'],
    ['as Cortex and Mimir call it', perChecker('__replica__', PAIR), '__replica__'],
    ['of who says nothing of itself', perChecker('replica', BY_HAND), 'replica'],
    ['of four checkers', perChecker('replica', FOUR), 'replica'],
    ['of a checker that came up an hour later', perChecker('replica', LATE), 'replica'],
    [
      'while one of the two lags behind',
      [...perChecker('replica', PAIR.slice(0, 1), { alerts: 25 }), ...perChecker('replica', PAIR.slice(1))],
      'replica',
    ],
    ['of any name, if the same targets are watched', perChecker('monitor', PAIR), 'monitor'],
    ['with dots in its name', perChecker('k8s.prometheus', PAIR), 'k8s.prometheus'],
    [
      'beside one that is none',
      perChecker('replica', PAIR).map((each) => ({ ...each, labels: sortedLabels({ ...each.labels, shard: '0' }) })),
      'replica',
    ],
  ])('%s', async (_, alerts, label) => {
    expect(await labelsOf(alerts)).toEqual([label]);
  });
});

describe('no replica label is suspected', () => {
  test.each([
    ['where nothing fires', []],
    ['of one checker', perChecker('replica', PAIR.slice(0, 1))],
    ['of a pair that drops it', perChecker('replica', PAIR.slice(0, 1)).map(({ labels }) => alert(labels, ''))],
    ['of a database whose replicas one checker watches', perChecker('replica', ONE_CHECKER)],
    ['of two targets with the same trouble', perChecker('instance', PAIR)],
    ['of two severities', perChecker('severity', PAIR)],
    ['of two jobs', perChecker('job', PAIR)],
    ['of two data centres with a checker each', perChecker('datacenter', PAIR)],
    ['of five places', perChecker('monitor', FIVE)],
    ['of disks of one host', perChecker('mountpoint', ONE_CHECKER)],
    ['of any name, by hand', perChecker('monitor', BY_HAND)],
    ['of any name, of few alerts', perChecker('monitor', PAIR, { alerts: 9 })],
    ['of any name, of a watchdog and others without targets', perChecker('monitor', PAIR, { targets: 1 })],
    ['of any name, with an hour in between', perChecker('monitor', LATE)],
    [
      'of any name, if many have no twin',
      [...perChecker('monitor', PAIR.slice(0, 1), { alerts: 13 }), ...perChecker('monitor', PAIR.slice(1))],
    ],
    [
      'of two shards, which watch different targets',
      PAIR.flatMap(({ value, host }) =>
        Array.from({ length: 20 }, (_, index) =>
          alert({ alertname: 'Down', instance: `${value}-${index}:9100`, prometheus: value }, host),
        ),
      ),
    ],
  ])('%s', async (_, alerts) => {
    expect(await labelsOf(alerts)).toEqual([]);
  });
});

test('says how many alerts, under which values, and which for example', async () => {
  expect(await suspectReplicaLabels(perChecker('replica', PAIR), AT_ONCE)).toEqual([
    { label: 'replica', values: ['a', 'b'], twins: 10, example: { alertname: 'A0', instance: 'web-0:9100' } },
  ]);
});
