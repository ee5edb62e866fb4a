/** What was answered 200 is told, though the node that answered is dead by then: promise 4. */
import { expect, test } from 'vitest';
import { ProcessCluster } from '../support/process-cluster.ts';
import { type ReceivedNotification, WebhookSink } from '../support/webhook-sink.ts';

const timeoutMs = 30_000;
const ROUNDS = 5;
const DEATHS = 2 * ROUNDS;

test('an alert posted to one node that is killed as soon as it has answered is paged once by the others', {
  timeout: 180_000,
}, async () => {
  await using sink = await WebhookSink.start();
  const config = `
route: {receiver: team, group_by: [group], group_wait: 300ms, group_interval: 1s, repeat_interval: 4h}
receivers: [{name: team, webhook_configs: [{url: '${sink.url()}'}]}]
`;
  await using cluster = await ProcessCluster.start({ config });
  const isAbout =
    (group: string, status: string) =>
    ({ body }: ReceivedNotification) =>
      body.groupLabels.group === group && body.status === status;
  const heardOf = (group: string, status: string) => sink.received.filter(isAbout(group, status));
  const groups = Array.from({ length: DEATHS }, (_, index) => `death-${index}`);

  for (let round = 0; round < ROUNDS; round += 1) {
    // The second one dies while a single one is left.
    const dying = cluster.nodes.filter((_, index) => index !== round % cluster.nodes.length);
    for (const [index, node] of dying.entries()) {
      const group = groups[round * dying.length + index] ?? expect.unreachable();
      await node.api.post({ labels: { alertname: 'LastWord', group } });
      await node.kill();
      const page = await sink.waitFor(isAbout(group, 'firing'), { timeoutMs });
      expect(page.body.externalURL).not.toContain(node.name);
    }
    await Promise.all(dying.map((node) => node.start()));
    await cluster.settled();
  }

  // Each group speaks once more, and so has made up its mind about all that came before.
  const [someone] = cluster.nodes;
  const endsAt = new Date().toISOString();
  await someone?.api.post(...groups.map((group) => ({ labels: { alertname: 'LastWord', group }, endsAt })));
  for (const group of groups) await sink.waitFor(isAbout(group, 'resolved'), { timeoutMs });
  expect(groups.map((group) => [group, heardOf(group, 'firing').length, heardOf(group, 'resolved').length])).toEqual(
    groups.map((group) => [group, 1, 1]),
  );
});
