/** Metrics that are a look at the present state. They are made when scraped, so that nothing has to keep them up to date. */
import { Gauge } from 'prom-client';
import { isResolved } from '../model/alert.ts';
import { silenceState } from '../model/silence.ts';
import { BUILD_INFO } from './build-info.ts';
import type { ApiDependencies } from './dependencies.ts';
import type { SliceQueue } from './pacer.ts';
import { isSuppressed, suppressionOf } from './v2/alert-json.ts';

/** Registers them; once for each `metrics`. */
export function observeState(dependencies: ApiDependencies & { readonly readSlices: SliceQueue }): void {
  const { alerts, dispatcher, metrics, node, readSlices, silences, system } = dependencies;
  const gauge = (name: string, help: string, read: (gauge: Gauge) => number) =>
    new Gauge({
      name,
      help,
      registers: [metrics.registry],
      collect() {
        this.set(read(this));
      },
    });

  new Gauge({
    name: 'alertmanager_alerts',
    help: 'How many firing alerts by state.',
    labelNames: ['state'],
    registers: [metrics.registry],
    async collect() {
      const now = system.now();
      const pacer = readSlices.pacer();
      const count = { active: 0, suppressed: 0, unprocessed: 0 };
      for (const alert of [...alerts.values()]) {
        if (pacer.isDue()) await pacer.pause();
        if (isResolved(alert, now.wallMs)) continue;
        count[isSuppressed(suppressionOf(alert, now, dependencies)) ? 'suppressed' : 'active']++;
      }
      for (const [state, value] of Object.entries(count)) this.set({ state }, value);
    },
  });
  new Gauge({
    name: 'alertmanager_silences',
    help: 'How many silences by state.',
    labelNames: ['state'],
    registers: [metrics.registry],
    async collect() {
      const { wallMs } = system.now();
      const pacer = readSlices.pacer();
      const count = { active: 0, pending: 0, expired: 0 };
      for (const silence of [...silences.values()]) {
        if (pacer.isDue()) await pacer.pause();
        count[silenceState(silence, wallMs)]++;
      }
      for (const [state, value] of Object.entries(count)) this.set({ state }, value);
    },
  });
  new Gauge({
    name: 'alertmanager_cluster_peer_info',
    help: 'A metric with a constant 1 value labeled by peer name.',
    labelNames: ['peer'],
    registers: [metrics.registry],
    collect() {
      if (node.cluster().status !== 'disabled') this.set({ peer: node.cluster().name }, 1);
    },
  });

  gauge('alertmanager_dispatcher_aggregation_groups', 'Number of active aggregation groups', () => {
    let groups = 0;
    for (const _group of dispatcher.groups(system.now())) groups++;
    return groups;
  });
  gauge('alertmanager_receivers', 'Number of configured receivers.', () => node.config().receivers.length);
  gauge('alertmanager_integrations', 'Number of configured integrations.', () =>
    node.config().receivers.reduce((total, receiver) => total + receiver.integrations.length, 0),
  );
  gauge(
    'alertmanager_inhibition_rules',
    'Number of configured inhibition rules.',
    () => node.config().inhibitRules.length,
  );
  gauge('alertmanager_cluster_enabled', 'Indicates whether the clustering is enabled or not.', () =>
    node.cluster().status === 'disabled' ? 0 : 1,
  );
  gauge('alertmanager_cluster_members', 'Number indicating current number of members in cluster.', () => {
    const { peers, status } = node.cluster();
    return status === 'disabled' ? 0 : peers.length;
  });
  gauge('tocsin_event_streams', 'How many watch what happens on this node.', () => dependencies.events.streamCount);
  new Gauge({
    name: 'tocsin_history_bytes',
    help: 'What happened, as it is kept on disk.',
    registers: [metrics.registry],
    collect() {
      const { historyBytes } = node.status().storage;
      if (historyBytes !== null) this.set(historyBytes);
    },
  });
  gauge('tocsin_ready', 'Whether this node has loaded its state and pages.', () => (node.isReady() ? 1 : 0));

  const { branch, goVersion, revision, version } = BUILD_INFO;
  metrics.buildInfo.set({ branch, goversion: goVersion, revision, version }, 1);
}
