/** How receivers do, as one node knows it and as it hears it from the others. */
import { describe, expect, test } from 'vitest';
import type { Receiver } from '../receivers/receiver.ts';
import { Story } from '../test/support/story.ts';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { Gate } from './notify/gate.ts';
import { PlaceHealth } from './notify/place-health.ts';
import { answerReceiverQuestions, type ReceiverReportDependencies, reportReceivers } from './report-receivers.ts';
import { receiversAnswer } from './shapes/receivers.ts';

const TEAM = `
route: {receiver: team, group_wait: 1s, routes: [{receiver: team, matchers: [a="b"]}]}
receivers:
  - name: team
    webhook_configs: [{url: 'http://team.test/'}, {url: 'http://mail.test/', send_resolved: false}]
  - name: nobody
`;

const receivers = async (story: Story) => receiversAnswer.parse(await story.json('/api/v3/receivers'));

describe('the receivers of a node that is alone', () => {
  test('are shown with what uses them, before anything was sent', async () => {
    await using story = await Story.begin(TEAM);
    await story.fire({ alertname: 'Down' });
    const { receivers: shown, nodes } = await receivers(story);
    expect(shown.map(({ name, routes, groups, integrations }) => [name, routes, groups, integrations.length])).toEqual([
      ['team', 2, 1, 2],
      ['nobody', 0, 0, 0],
    ]);
    expect(shown[0]?.integrations[1]).toMatchObject({ integration: 'webhook', index: 1, sendResolved: false });
    expect(shown[0]?.integrations[0]?.nodes).toMatchObject([
      { lastSentAt: null, lastFailedAt: null, lastError: '', isFailing: false, latencyMs: null, sent: 0, failed: 0 },
    ]);
    expect(nodes).toMatchObject([{ isSelf: true, state: 'answered', reason: '' }]);
  });

  test('have a record of their attempts, which a reload of the same places keeps', async () => {
    await using story = await Story.begin(TEAM);
    story.receiver('team').next.push({ kind: 'refuse', retryable: true, retryAfterMs: 20_000 });
    await story.fire({ alertname: 'Down' });
    await story.passes('2s');
    const failing = (await receivers(story)).receivers[0]?.integrations[0]?.nodes[0];
    expect(failing).toMatchObject({ isFailing: true, failed: 1, sent: 0, lastError: 'refused', waiting: 1 });
    expect(Date.parse(failing?.closedUntil ?? '')).toBeGreaterThan(story.system.now().wallMs);
    await story.reload(TEAM.replace('group_wait: 1s', 'group_wait: 2s'));
    await story.passes('1m');
    const well = (await receivers(story)).receivers[0]?.integrations[0]?.nodes[0];
    expect(well).toMatchObject({ isFailing: false, failed: 1, sent: 1, lastError: 'refused', waiting: 0, underWay: 0 });
    expect(well?.lastSentAt).not.toBeNull();
    await story.reload(TEAM.replace('http://team.test/', 'http://other.test/'));
    await story.reload(TEAM);
    expect((await receivers(story)).receivers[0]?.integrations[0]?.nodes[0]).toMatchObject({ failed: 0, sent: 0 });
  });

  test('a test is an attempt, too: whoever mended a receiver sees that it works', async () => {
    await using story = await Story.begin(TEAM);
    await story.request('POST', '/api/v3/receivers/team/test');
    expect((await receivers(story)).receivers[0]?.integrations[0]?.nodes[0]).toMatchObject({ sent: 1 });
  });
});

type Cluster = NonNullable<ReceiverReportDependencies['cluster']>;
type Answerer = Parameters<Cluster['answerQuestions']>[1];

/** Node a, which asks; b answers as the test wants; more members by name. */
function stage(members: readonly object[], b?: (body: Readonly<Record<string, unknown>>) => unknown) {
  const system = new VirtualSystem();
  const health = new PlaceHealth();
  const receiver = { integration: 'webhook', sendResolved: true } as Receiver;
  const target = { name: 'team', key: 'team/webhook/0', receiver, gate: new Gate({ system }, 4), health };
  const targets = () => new Map([['team', [target]]]);
  const cluster = {
    self: 'a',
    members: () => [
      { node: 'a', isSelf: true, isAlive: true },
      ...members.map((member) => ({ isSelf: false, isAlive: true, hasLeft: false, links: ['a'], ...member })),
    ],
    ask: async (_peer: string, _kind: string, body: Readonly<Record<string, unknown>>) => {
      if (!b) throw new Error('unreachable');
      return b(body);
    },
  } as unknown as Cluster;
  const report = () =>
    reportReceivers({ system, cluster, targets }, { name: 'oslo', signal: new AbortController().signal });
  return { system, health, targets, report };
}

/** What a real node answers about the same place, of which it has told once. */
function answersOf(system: VirtualSystem, targets: ReceiverReportDependencies['targets']): (body: object) => unknown {
  let answerer: Answerer | undefined;
  const cluster = { answerQuestions: (_kind: string, given: Answerer) => (answerer = given) } as unknown as Cluster;
  answerReceiverQuestions({ system, cluster, targets });
  return (body) => answerer?.(body as never, {} as never);
}

describe('in a cluster', () => {
  test('each living member says how its own attempts went; ages become instants of the clock here', async () => {
    const peer = stage([]);
    peer.health.note({ kind: 'sent' }, { startedMs: peer.system.now().monotonicMs - 40, now: peer.system.now() });
    await peer.system.advance(5_000);
    const { report, system } = stage([{ node: 'b', name: 'rome' }], answersOf(peer.system, peer.targets));
    const { nodes, receivers } = await report();
    expect(nodes.map(({ name, reason }) => [name, reason])).toEqual([
      ['oslo', ''],
      ['rome', ''],
    ]);
    const [own, other] = receivers[0]?.places[0]?.nodes ?? [];
    expect(own).toMatchObject({ node: 'oslo', sent: 0 });
    expect(other).toMatchObject({ node: 'rome', sent: 1, latencyMs: 40, sentAtMs: system.now().wallMs - 5_000 });
  });

  test('whoever is missing is named, with the reason', async () => {
    const { report, system } = stage(
      [
        { node: 'b', name: 'rome' },
        { node: 'c', isAlive: false },
        { node: 'd', hasLeft: true },
      ],
      () => new Promise(() => {}),
    );
    const reported = report();
    await system.advance(2_000);
    const { nodes } = await reported;
    expect(nodes.slice(1).map(({ name, reason }) => [name, reason])).toEqual([
      ['rome', 'it did not answer within 2 s'],
      ['c', expect.stringContaining('down')],
    ]);
  });

  test.each([
    ['nonsense', () => ({ places: 'many' })],
    ['a negative count', () => ({ places: [['team/webhook/0', { sent: -1 }]], isLast: true })],
    ['nothing, being of an older version', undefined],
  ])('a peer that says %s is missing and does no harm', async (_, answer) => {
    const { nodes, receivers } = await stage([{ node: 'b' }], answer).report();
    expect(nodes[1]?.reason).not.toBe('');
    expect(receivers[0]?.places[0]?.nodes).toHaveLength(1);
  });

  test('one that never comes to an end is heard for a while and no longer', async () => {
    let asked = 0;
    const { report } = stage([{ node: 'b' }], () => ({ places: [], isLast: ++asked < 0 }));
    await report();
    expect(asked).toBe(50);
  });
});
