/** A receiver that one node cannot reach is reached through another: what was surely refused is handed over at once. */
import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { groupKeyOf, ProcessCluster } from '../support/process-cluster.ts';
import { TemporaryDirectory } from '../support/temporary-directory.ts';
import { type ReceivedNotification, WebhookSink } from '../support/webhook-sink.ts';

/** Longer than the test would wait: whoever waits so long for a peer is caught. */
const PEER_TIMEOUT = '2m';
const timeoutMs = 30_000;
/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:1/';
const GROUPS = 10;

test('a receiver broken on one node only is told once, by the next in line; mended, by the first again', async () => {
  await using sink = await WebhookSink.start();
  // Each node has the address in a file of its own, which counts as the same configuration.
  using places = new TemporaryDirectory();
  const put = (name: string, url: string) => {
    mkdirSync(places.join(name), { recursive: true });
    return places.write(`${name}/url`, url);
  };
  const config = (name: string) => `
route: {receiver: team, group_by: [group], group_wait: 300ms, group_interval: 1s, repeat_interval: 4h}
receivers: [{name: team, webhook_configs: [{url_file: '${put(name, name === 'n1' ? NOWHERE : sink.url())}'}]}]
`;
  await using cluster = await ProcessCluster.start({ config, peerTimeout: PEER_TIMEOUT });
  const broken = cluster.node('n1');
  expect((await broken.view()).configDiffers).toBe(false);
  const lineOf = (group: string) => cluster.line(groupKeyOf({ group }));
  const groups = Array.from({ length: 20 * GROUPS }, (_, index) => `group-${index}`)
    .filter((group) => lineOf(group)[0] === broken)
    .slice(0, GROUPS);
  const alerts = groups.map((group) => ({ labels: { alertname: 'Unheard', group } }));
  const isAbout =
    (group: string, status: string) =>
    ({ body }: ReceivedNotification) =>
      body.groupLabels.group === group && body.status === status;
  const tellers = (status: string) =>
    groups.map((group) => sink.received.filter(isAbout(group, status)).map(({ body }) => body.externalURL));
  const expected = (place: 0 | 1) => groups.map((group) => [`http://${lineOf(group)[place]?.name}.test`]);

  await Promise.all(cluster.nodes.map(({ api }) => api.post(...alerts)));
  for (const group of groups) await sink.waitFor(isAbout(group, 'firing'), { timeoutMs });
  expect(tellers('firing')).toEqual(expected(1));

  put('n1', sink.url());
  const endsAt = new Date().toISOString();
  await Promise.all(cluster.nodes.map(({ api }) => api.post(...alerts.map((alert) => ({ ...alert, endsAt })))));
  for (const group of groups) await sink.waitFor(isAbout(group, 'resolved'), { timeoutMs });
  expect(tellers('firing')).toEqual(expected(1));
  expect(tellers('resolved')).toEqual(expected(0));
});
