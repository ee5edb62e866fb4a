/** While a cluster is upgraded one node is newer than the others, and writes fields that they do not know. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { groupKeyOf, ProcessCluster } from '../support/process-cluster.ts';
import type { ProcessNode } from '../support/process-node.ts';
import { type ReceivedNotification, WebhookSink } from '../support/webhook-sink.ts';

const timeoutMs = 30_000;
const NEWER = pathToFileURL(join(import.meta.dirname, '../support/newer-version.ts')).href;
const GROUPS = Array.from({ length: 12 }, (_, index) => `group-${index}`);

test('what a newer node writes besides is kept and passed on by the others, refused by nobody, and exchanged once', async () => {
  await using sink = await WebhookSink.start();
  await using cluster = await ProcessCluster.start({
    config: `
route: {receiver: team, group_by: [group], group_wait: 300ms, group_interval: 1s, repeat_interval: 4h}
receivers: [{name: team, webhook_configs: [{url: '${sink.url()}'}]}]
`,
    env: (name) => (name === 'n3' ? { NODE_OPTIONS: `--import=${NEWER}` } : {}),
  });
  const [older, , newer] = cluster.nodes;
  if (!older || !newer) return expect.unreachable();
  const speakers = GROUPS.map((group) => cluster.line(groupKeyOf({ group }))[0]);
  expect(speakers).toContain(newer);
  expect(speakers).toContain(older);
  const isAbout =
    (group: string, status: string) =>
    ({ body }: ReceivedNotification) =>
      body.groupLabels.group === group && body.status === status;
  const alerts = GROUPS.map((group) => ({ labels: { alertname: 'Seen', group } }));

  // Whatever the newer node writes: alerts, a silence, what it tells.
  await newer.api.post(...alerts);
  const silence = await newer.api.silence('group', 'nobody');
  for (const group of GROUPS) await sink.waitFor(isAbout(group, 'firing'), { timeoutMs });
  await eventually('all have the silence', () =>
    everyNode(cluster, async ({ api }) => (await api.silences()).some(({ id }) => id === silence)),
  );

  // It loses its disk: what it knows then comes from those that do not know the field.
  await newer.stop();
  newer.replaceDisk();
  await newer.start();
  await cluster.settled();
  await eventually('the field has come back', async () => {
    const shown = await newer.api.alerts();
    const kept = { by: 'a newer version', words: [1, 'two'] };
    return shown.length === GROUPS.length && shown.every(({ annotations }) => same(annotations.foreseen, kept));
  });

  const endsAt = new Date().toISOString();
  await older.api.post(...alerts.map((alert) => ({ ...alert, endsAt })));
  for (const group of GROUPS) await sink.waitFor(isAbout(group, 'resolved'), { timeoutMs });
  await isQuiet(cluster);
  const counted = (status: string) => GROUPS.map((group) => sink.received.filter(isAbout(group, status)).length);
  expect([counted('firing'), counted('resolved')]).toEqual([GROUPS.map(() => 1), GROUPS.map(() => 1)]);
  for (const node of cluster.nodes) {
    const { recordsRefused, messagesRefused, deltas } = (await node.view()).traffic;
    expect([node.name, recordsRefused, messagesRefused, deltas.refused]).toEqual([node.name, 0, 0, 0]);
  }
});

/** Two exchanges with each peer later nobody lacks anything, and nothing has been told anew. */
async function isQuiet(cluster: ProcessCluster): Promise<void> {
  const told = async () =>
    (await Promise.all(cluster.nodes.map((node) => node.view()))).map(({ traffic }) => traffic.deltas.sent);
  const isAlike = () =>
    everyNode(cluster, async (node) => {
      const exchanges = (await node.view()).members.flatMap(({ exchange }) => exchange ?? []);
      return (
        exchanges.length === 2 && exchanges.every(({ behind, ahead, remaining }) => behind + ahead + remaining === 0)
      );
    });
  await eventually('all are alike', isAlike, { timeoutMs });
  let before = await told();
  await eventually(
    'nothing is told any more',
    async () => {
      const startedAtMs = Date.now();
      await eventually('a while has passed', () => Date.now() - startedAtMs > 1_500, { timeoutMs });
      const after = await told();
      const isStill = same(before, after);
      before = after;
      return isStill && isAlike();
    },
    { timeoutMs },
  );
}

async function everyNode(cluster: ProcessCluster, holds: (node: ProcessNode) => Promise<boolean>): Promise<boolean> {
  return (await Promise.all(cluster.nodes.map(holds))).every(Boolean);
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
