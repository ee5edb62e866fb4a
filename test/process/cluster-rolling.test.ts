/** Upgrading a cluster one node after the other while alerts come and go: nothing is lost, nothing told twice. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import { judge } from '../support/retold.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { heardMessages, SteadyChecker } from '../support/steady-checker.ts';
import { WebhookSink } from '../support/webhook-sink.ts';

const timeoutMs = 30_000;
/** Another seed begins with other changes; a failure is looked into with the seed it was found with. */
const SEED = Number(process.env.ROLLING_SEED ?? Date.now() % 1_000_000);

test(`a rolling restart of all three under load loses nothing and repeats nothing (ROLLING_SEED=${SEED})`, {
  timeout: 180_000,
}, async () => {
  await using sink = await WebhookSink.start();
  const random = new SeededRandom(SEED);
  // A send takes its time, so that stops fall into some.
  sink.behave(() => ({ kind: 'answer', status: 200, delayMs: random.fraction() * 80 }));
  const config = `
route: {receiver: team, group_by: [group], group_wait: 200ms, group_interval: 1s, repeat_interval: 4h}
receivers: [{name: team, webhook_configs: [{url: '${sink.url()}'}]}]
`;
  await using cluster = await ProcessCluster.start({ config });
  const verdict = () => judge(heardMessages(sink.received), () => Number.POSITIVE_INFINITY);
  await using checker = new SteadyChecker(
    { random, nodes: cluster.nodes.map(({ api }) => api) },
    { told: () => verdict().believed },
  );
  await eventually('the load is there', () => checker.changes > 150, { timeoutMs });
  for (const node of cluster.nodes) {
    const before = checker.changes;
    await node.stop();
    await node.start();
    await cluster.settled();
    await eventually('changes go on', () => checker.changes > before + 20, { timeoutMs });
  }

  checker.holdStill();
  await eventually('all is told', () => checker.untold().length === 0, { timeoutMs });
  // Each group has ticked again by then.
  const quietAt = checker.rounds;
  await eventually('it has stayed quiet', () => checker.rounds >= quietAt + 6, { timeoutMs });
  expect(verdict().repeats).toEqual([]);
  expect(verdict().excused).toBe(0);
  expect(checker.untold()).toEqual([]);
  const speakers = new Set(sink.received.map(({ body }) => body.externalURL));
  expect([...speakers].toSorted()).toEqual(cluster.nodes.map(({ name }) => `http://${name}.test`));
});
