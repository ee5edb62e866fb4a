/** Three real nodes ring once. */
import { expect, test } from 'vitest';
import { groupKeyOf, ProcessCluster } from '../support/process-cluster.ts';
import { WebhookSink } from '../support/webhook-sink.ts';

test.each(['direct', 'gated'] as const)('who is first in line tells what was posted to anybody: %s', async (links) => {
  await using sink = await WebhookSink.start();
  const config = `
route: {receiver: team, group_by: [group], group_wait: 1s, group_interval: 3s, repeat_interval: 9s}
receivers: [{name: team, webhook_configs: [{url: '${sink.url()}'}]}]
`;
  await using cluster = await ProcessCluster.start({ links, config });
  const [owner, second] = cluster.line(groupKeyOf({ group: 'a' }));
  await second?.api.post({ labels: { alertname: 'X', group: 'a' } });
  const [first] = await sink.waitForCount(1, { timeoutMs: 10_000 });
  expect(first?.body.externalURL).toContain(owner.name);
});
