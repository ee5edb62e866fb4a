import { describe, expect, test } from 'vitest';
import { clusterAnswer } from '../../shapes/cluster.ts';
import type { ClusterHint } from '../dependencies.ts';
import { member, REPORT } from '../fake-cluster-report.ts';
import { FakeNode } from '../fake-dependencies.ts';

const HINT: ClusterHint = {
  kind: 'replica label',
  label: 'replica',
  values: ['a', 'b'],
  alerts: 2,
  example: { alertname: 'DiskFull' },
  text: 'Drop it',
  prometheusConfig: 'alerting: {}',
};

async function scraped(node: FakeNode): Promise<readonly string[]> {
  const response = await node.app().request('/metrics');
  return (await response.text()).split('\n');
}

describe('GET /api/v3/cluster', () => {
  test('shows what the node knows', async () => {
    const node = new FakeNode();
    node.clusterReport = REPORT;
    const response = await node.app().request('/api/v3/cluster');
    const answer = clusterAnswer.parse(await response.json());
    expect([response.status, answer]).toEqual([200, { status: 'ready', hints: [], ...REPORT }]);
  });

  test('says that there is no cluster', async () => {
    const node = new FakeNode();
    node.cluster = { status: 'disabled', name: '', peers: [] };
    const response = await node.app().request('/api/v3/cluster');
    expect([response.status, await response.json()]).toEqual([200, { status: 'disabled', hints: [] }]);
  });

  test('names the label of a pair of checkers, also without a cluster', async () => {
    const node = new FakeNode();
    node.cluster = { status: 'disabled', name: '', peers: [] };
    node.hints = [HINT];
    const response = await node.app().request('/api/v3/cluster');
    expect(await response.json()).toEqual({ status: 'disabled', hints: [HINT] });
  });

  test('is a GET', async () => {
    expect((await new FakeNode().app().request('/api/v3/cluster', { method: 'POST' })).status).toBe(405);
  });
});

describe('the metrics of a cluster', () => {
  test.each([
    ['alertmanager_cluster_failed_peers 1'],
    ['alertmanager_cluster_messages_queued 7'],
    ['alertmanager_cluster_peers_joined_total 5'],
    ['tocsin_cluster_member_alive{peer="c"} 0'],
    ['tocsin_cluster_rank_zero_groups{peer="b"} 4'],
    ['tocsin_cluster_clock_offset_seconds{peer="b"} 2.5'],
    ['tocsin_cluster_delta_round_trip_seconds{peer="b"} 0.012'],
    ['tocsin_cluster_exchange_age_seconds{peer="b"} 1.5'],
    ['tocsin_cluster_records_behind{peer="b"} 3'],
    ['tocsin_cluster_records_remaining{peer="b"} 1'],
    ['tocsin_cluster_config_differs 1'],
    ['tocsin_cluster_open_claims 2'],
    ['tocsin_cluster_delta_records_total{outcome="nothing_new"} 30'],
    ['tocsin_cluster_records_refused_total 2'],
    ['tocsin_cluster_messages_refused_total 1'],
  ])('say %s', async (line) => {
    const node = new FakeNode();
    node.clusterReport = REPORT;
    expect(await scraped(node)).toContain(line);
  });

  test('leave out what is not known, and whom nobody remembers', async () => {
    const node = new FakeNode();
    node.clusterReport = REPORT;
    await scraped(node);
    node.clusterReport = { ...REPORT, members: [member('b', { clockOffsetMs: null })] };
    const lines = await scraped(node);
    expect(lines.filter((line) => line.includes('tocsin_cluster_clock_offset_seconds{'))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('tocsin_cluster_member_alive{'))).toEqual([
      'tocsin_cluster_member_alive{peer="b"} 1',
    ]);
  });

  test('are not there without a cluster', async () => {
    const lines = await scraped(new FakeNode());
    expect(lines).toContain('tocsin_ready 1');
    expect(lines.filter((line) => line.startsWith('tocsin_cluster_'))).toEqual([]);
  });

  test('are of one look', async () => {
    const node = new FakeNode();
    let looks = 0;
    const dependencies = node.dependencies();
    const clusterReport = async () => {
      looks += 1;
      return REPORT;
    };
    node.dependencies = () => ({ ...dependencies, node: { ...dependencies.node, clusterReport } });
    await scraped(node);
    expect(looks).toBe(1);
  });
});
