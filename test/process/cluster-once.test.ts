/** Three real nodes that hear everything three times ring once, on every channel. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { LadderPlaces } from '../support/ladder-places.ts';
import type { Notice } from '../support/notices.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import { describeWithPrograms } from '../support/required-programs.ts';
import { RingStage } from '../support/ring-stage.ts';

const GROUPS = 200;
/** Four ticks: so long after the first message that everything else has been heard before anything comes a third time. */
const REPEAT_INTERVAL = '12s';

test('two hundred groups, changes and repetitions: each notice comes once, and all nodes speak', async () => {
  // Where nobody fails, nobody has to step in for one that a busy machine makes late.
  await using stage = await RingStage.start({ repeatInterval: REPEAT_INTERVAL, peerTimeout: '10s' });
  const groups = Array.from({ length: GROUPS }, () => stage.newGroup());
  const joined = groups.filter((_, index) => index % 4 === 0);
  const ended = groups.filter((_, index) => index % 4 === 1);
  const quiet = groups.filter((_, index) => index % 4 > 1);
  // As a Prometheus does: everything to everybody.
  const post = (alerts: readonly { alertname: string; group: string; endsAt?: string }[]) =>
    Promise.all(
      stage.cluster.nodes.map(({ api }) =>
        api.post(...alerts.map(({ endsAt, ...labels }) => ({ labels, ...(endsAt && { endsAt }) }))),
      ),
    );

  await post(groups.map((group) => ({ alertname: 'a', group })));
  for (const group of groups) await stage.heard(group, ['a firing']);
  await post([
    ...joined.map((group) => ({ alertname: 'b', group })),
    ...ended.map((group) => ({ alertname: 'a', group, endsAt: new Date().toISOString() })),
  ]);
  const expected = new Map<string, readonly string[]>([
    ...quiet.map((group) => [group, ['a firing', 'a firing']] as const),
    ...joined.map((group) => [group, ['a firing', 'a firing, b firing', 'a firing, b firing']] as const),
    ...ended.map((group) => [group, ['a firing', 'a resolved']] as const),
  ]);
  for (const [group, texts] of expected) await stage.heard(group, texts);
  for (const group of groups) expect(stage.notices.texts(group), group).toEqual(expected.get(group));

  const firstSpeakers = groups.map((group) => (stage.notices.of(group)[0] as Notice).by);
  const shares = stage.cluster.nodes.map(({ name }) => firstSpeakers.filter((by) => by === name).length / GROUPS);
  const shown = shares.map((share) => `${Math.round(100 * share)} %`).join(', ');
  process.stdout.write(`once: ${stage.sink.received.length} notices of ${GROUPS} groups, spread ${shown}\n`);
  for (const share of shares) {
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.55);
  }
});

describeWithPrograms(['ngircd'], 'the ladder of three nodes', () => {
  test('a channel, a mailbox and a phone hear of each alert once, and of its end once', async () => {
    await using places = await LadderPlaces.start();
    const config = places.config({ groupWaitMs: 1_000, groupIntervalMs: 3_000 });
    await using cluster = await ProcessCluster.start({ config });
    const severities = ['interesting', 'important', 'urgent'];
    const names = severities.flatMap((severity) =>
      [1, 2].map((count) => ({ alertname: `${severity}${count}`, severity })),
    );
    const post = (endsAt?: string) =>
      Promise.all(
        cluster.nodes.map(({ api }) => api.post(...names.map((labels) => ({ labels, ...(endsAt && { endsAt }) })))),
      );
    const told = () =>
      places.arrivals.flatMap(({ place, text }) =>
        names
          .filter(({ alertname }) => text.includes(alertname))
          .map(({ alertname }) => `${place}: ${alertname} ${/resolved/i.test(text) ? 'resolved' : 'firing'}`),
      );
    const expected = (status: string) => [
      ...names.map(({ alertname }) => `irc #ops: ${alertname} ${status}`),
      ...names
        .filter(({ severity }) => severity !== 'interesting')
        .map(({ alertname }) => `mail ops@example.org: ${alertname} ${status}`),
      ...names
        .filter(({ severity }) => severity === 'urgent')
        .map(({ alertname }) => `phone 1001: ${alertname} ${status}`),
    ];
    const hears = async (texts: readonly string[]) => {
      await eventually('all of it', () => told().length >= texts.length).catch(() => undefined);
      expect(told().toSorted()).toEqual(texts.toSorted());
    };
    await post();
    await hears(expected('firing'));
    await post(new Date().toISOString());
    await hears([...expected('firing'), ...expected('resolved')]);
  });
});
