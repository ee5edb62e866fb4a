/**
 * A little of everything that the web UI can show: alerts of each severity in groups, some silenced, inhibited, muted by a
 * time interval or already over, receivers that work and one that fails; and the addresses of all its pages. For tests that
 * visit every page, and for pictures of them.
 */
import { eventually } from './eventually.ts';
import type { ProcessCluster } from './process-cluster.ts';

/** `sinkUrl` takes webhooks; without one nobody is told anything. */
export function showcaseConfig(sinkUrl = 'http://127.0.0.1:1'): string {
  return `
route:
  receiver: team
  group_by: [alertname, cluster]
  group_wait: 0s
  group_interval: 5s
  repeat_interval: 4h
  routes:
    - matchers: [severity="urgent"]
      receiver: on-call
    - matchers: [team="storage"]
      receiver: storage
      mute_time_intervals: [always]
    - matchers: [severity="security"]
      receiver: security-officer
receivers:
  - name: team
    webhook_configs: [{ url: '${sinkUrl}/team' }]
  - name: on-call
    webhook_configs: [{ url: '${sinkUrl}/phone' }, { url: '${sinkUrl}/mail' }]
  - name: storage
    webhook_configs: [{ url: '${sinkUrl}/storage' }]
  - name: security-officer
    webhook_configs: [{ url: 'http://127.0.0.1:1/nobody-listens' }]
time_intervals:
  - name: always
    time_intervals: [{ times: [{ start_time: '00:00', end_time: '24:00' }] }]
inhibit_rules:
  - source_matchers: [alertname="DatacenterDown"]
    target_matchers: [severity="interesting"]
    equal: [cluster]
`;
}

const DASHBOARD = 'https://grafana.example.org/d/disks';

function alertsToPost() {
  const startedAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const alert = (labels: Record<string, string>, summary: string, minutes: number) => ({
    labels,
    annotations: { summary, runbook_url: `https://runbooks.example.org/${labels.alertname}`, dashboard: DASHBOARD },
    generatorURL: `https://prometheus.example.org/graph?g0.expr=${labels.alertname}`,
    startsAt: startedAgo(minutes),
  });
  return [
    alert(
      { alertname: 'DatabaseDown', severity: 'urgent', cluster: 'paris', job: 'postgres', instance: 'db1:5432' },
      'The orders database does not answer',
      4,
    ),
    alert(
      { alertname: 'DatabaseDown', severity: 'urgent', cluster: 'paris', job: 'postgres', instance: 'db2:5432' },
      'The orders database does not answer',
      3,
    ),
    alert(
      { alertname: 'HighLatency', severity: 'important', cluster: 'paris', job: 'shop', instance: 'web3:443' },
      'The shop answers in 2.4 s (p99)',
      26,
    ),
    ...Array.from({ length: 7 }, (_, index) =>
      alert(
        {
          alertname: 'DiskFillingUp',
          severity: 'important',
          cluster: 'berlin',
          job: 'node',
          instance: `store${index + 1}:9100`,
        },
        'Full in about 9 hours',
        95 + index,
      ),
    ),
    alert(
      { alertname: 'DatacenterDown', severity: 'important', cluster: 'oslo', job: 'blackbox', instance: 'oslo-gw' },
      'Nobody answers in Oslo',
      12,
    ),
    alert(
      {
        alertname: 'CertificateExpiresSoon',
        severity: 'interesting',
        cluster: 'oslo',
        job: 'blackbox',
        instance: 'www.example.org',
      },
      'In 13 days',
      600,
    ),
    alert(
      {
        alertname: 'BackupOld',
        severity: 'interesting',
        cluster: 'paris',
        job: 'backup',
        instance: 'db1',
        team: 'storage',
      },
      'The last one is 2 days old',
      3000,
    ),
    alert(
      { alertname: 'LoginFromNewCountry', severity: 'security', cluster: 'paris', job: 'sshd', instance: 'bastion' },
      'root logged in from a new country',
      8,
    ),
  ];
}

/** Until everything is in place on every node. */
export async function showShowcase(cluster: ProcessCluster): Promise<void> {
  const [first, second] = cluster.nodes;
  if (!first || !second) throw new Error('the showcase needs a cluster');
  const alerts = alertsToPost();
  await first.api.post(...alerts);
  await second.api.silence('alertname', 'DiskFillingUp');
  for (const node of cluster.nodes) {
    await eventually(`${node.name} knows all alerts and the silence`, async () => {
      const known = await node.api.alerts();
      return known.length === alerts.length && known.some(({ status }) => status.silencedBy.length > 0);
    });
  }
}

/** By name, the path and query of every page. */
export async function showcasePages(cluster: ProcessCluster): Promise<ReadonlyMap<string, string>> {
  const node = cluster.node('n1');
  const down = (await node.api.alerts()).find(({ labels }) => labels.instance === 'db1:5432');
  const silenced = (await node.api.alerts()).find(({ status }) => status.silencedBy.length > 0);
  const answer = await fetch(`${node.url}/api/v3/groups?filter=${encodeURIComponent('alertname="DatabaseDown"')}`);
  const { groups } = (await answer.json()) as { groups: { id: string }[] };
  return new Map([
    ['now', '/'],
    ['now without script', '/'],
    ['wall', '/wall'],
    ['silences', '/silences'],
    ['new silence', `/silences/new?filter=${encodeURIComponent('alertname="DatabaseDown"')}`],
    ['silence', `/silences/${silenced?.status.silencedBy[0]}`],
    ['alert', `/alerts/${down?.fingerprint}`],
    ['group', `/groups/${groups[0]?.id}`],
    ['history', '/history'],
    ['receivers', '/receivers'],
    ['cluster', '/cluster'],
    ['routing', '/routing'],
    ['status', '/status'],
  ]);
}
