/**
 * What the node counts about itself. Names are Alertmanager's where the thing is the same, so that its dashboards and
 * alerts work unchanged, and `tocsin_*` where ours differs. Counted numbers live here; numbers that are a look at the
 * present state (how many alerts, silences, groups) are made at scrape time by api/state-metrics.ts.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, type Metric, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  readonly alertsReceivedTotal: Counter<'status' | 'version'>;
  readonly alertsInvalidTotal: Counter<'version'>;
  readonly alertsLimitedTotal: Counter;
  readonly alertsPerAlertLimit: Gauge;
  readonly buildInfo: Gauge<'version' | 'revision' | 'branch' | 'goversion'>;
  /** The first 48 bits of the configuration's hash; see {@link configHashNumber}. */
  readonly configHash: Gauge;
  readonly configLastReloadSuccessful: Gauge;
  readonly configLastReloadSuccessTimestampSeconds: Gauge;
  readonly httpRequestDurationSeconds: Histogram<'handler' | 'method' | 'code'>;
  readonly httpResponseSizeBytes: Histogram<'handler' | 'method'>;
  readonly httpRequestsInFlight: Gauge<'method'>;
  readonly httpConcurrencyLimitExceededTotal: Counter<'method'>;
  readonly httpConnections: Gauge;
  readonly httpConnectionsRefusedTotal: Counter<'reason'>;
  readonly httpLoginsFailedTotal: Counter<'reason'>;
  readonly tlsHandshakesFailedTotal: Counter;
  readonly webConfigHealthy: Gauge;
  readonly dispatcherAlertProcessingDurationSeconds: SummaryOfTotals;
  readonly notificationsTotal: Counter<'integration'>;
  readonly notificationsFailedTotal: Counter<'integration' | 'reason'>;
  readonly notificationRequestsTotal: Counter<'integration'>;
  readonly notificationRequestsFailedTotal: Counter<'integration'>;
  readonly notificationLatencySeconds: Histogram<'integration'>;
  readonly notificationsSuppressedTotal: Counter<'reason'>;
  readonly nflogGcDurationSeconds: SummaryOfTotals;
  readonly silencesGcDurationSeconds: SummaryOfTotals;
  readonly storageHealthy: Gauge;
  readonly storageWriteFailuresTotal: Counter;
  readonly storageWriteDurationSeconds: Histogram;
  readonly eventLoopStallsTotal: Counter;
  readonly leaseExtensionsTotal: Counter;
  readonly replicaLabelSuspected: Gauge<'label'>;
  readonly apiErrorsTotal: Counter;
}

/**
 * A summary without quantiles, as Alertmanager's are. prom-client's own keeps a digest of every value, which costs more
 * than what is being measured on the path every alert takes.
 */
export class SummaryOfTotals {
  readonly type = 'summary';
  readonly aggregator = 'sum';
  readonly name: string;
  readonly help: string;
  #sum = 0;
  #count = 0;

  constructor(name: string, help: string, registry: Registry) {
    this.name = name;
    this.help = help;
    // The registry asks of a metric only a name, `get` and `reset`; the library's type names its own four classes.
    registry.registerMetric(this as unknown as Metric);
  }

  observe(value: number): void {
    this.#sum += value;
    this.#count++;
  }

  reset(): void {
    this.#sum = 0;
    this.#count = 0;
  }

  async get(): Promise<object> {
    return {
      name: this.name,
      help: this.help,
      type: this.type,
      aggregator: this.aggregator,
      values: [
        { metricName: `${this.name}_sum`, labels: {}, value: this.#sum },
        { metricName: `${this.name}_count`, labels: {}, value: this.#count },
      ],
    };
  }
}

export interface MetricsOptions {
  /** CPU, memory, event loop and garbage collector of the process. Off where one process runs many nodes. */
  readonly processMetrics?: boolean;
}

export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter<Label>({ name, help, labelNames: [...labelNames], registers });
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge<Label>({ name, help, labelNames: [...labelNames], registers });
  const summary = (name: string, help: string) => new SummaryOfTotals(name, help, registry);

  const metrics: Metrics = {
    registry,
    alertsReceivedTotal: counter('alertmanager_alerts_received_total', 'The total number of received alerts.', [
      'status',
      'version',
    ]),
    alertsInvalidTotal: counter(
      'alertmanager_alerts_invalid_total',
      'The total number of received alerts that were invalid.',
      ['version'],
    ),
    alertsLimitedTotal: counter('alertmanager_alerts_limited_total', 'Total number of alerts that hit a limit.'),
    alertsPerAlertLimit: gauge('alertmanager_alerts_per_alert_limit', 'Current limit on alerts per alert name.'),
    buildInfo: gauge('alertmanager_build_info', 'A constant 1, labelled by what this node was built from.', [
      'version',
      'revision',
      'branch',
      'goversion',
    ]),
    configHash: gauge('alertmanager_config_hash', 'Hash of the currently loaded configuration.'),
    configLastReloadSuccessful: gauge(
      'alertmanager_config_last_reload_successful',
      'Whether the last configuration reload attempt was successful.',
    ),
    configLastReloadSuccessTimestampSeconds: gauge(
      'alertmanager_config_last_reload_success_timestamp_seconds',
      'Timestamp of the last successful configuration reload.',
    ),
    httpRequestDurationSeconds: new Histogram({
      name: 'alertmanager_http_request_duration_seconds',
      help: 'Histogram of latencies for HTTP requests.',
      labelNames: ['handler', 'method', 'code'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    httpResponseSizeBytes: new Histogram({
      name: 'alertmanager_http_response_size_bytes',
      help: 'Histogram of response size for HTTP requests.',
      labelNames: ['handler', 'method'],
      buckets: [1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8],
      registers,
    }),
    httpRequestsInFlight: gauge(
      'alertmanager_http_requests_in_flight',
      'Current number of HTTP requests being processed.',
      ['method'],
    ),
    httpConcurrencyLimitExceededTotal: counter(
      'alertmanager_http_concurrency_limit_exceeded_total',
      'Total number of times an HTTP request failed because the concurrency limit was reached.',
      ['method'],
    ),
    httpConnections: gauge('tocsin_http_connections', 'Open connections to the HTTP API.'),
    httpConnectionsRefusedTotal: counter(
      'tocsin_http_connections_refused_total',
      'Connections closed because there were too many, or because the client did not read.',
      ['reason'],
    ),
    httpLoginsFailedTotal: counter(
      'tocsin_http_logins_failed_total',
      'Requests whose name and password were not taken.',
      ['reason'],
    ),
    tlsHandshakesFailedTotal: counter(
      'tocsin_tls_handshakes_failed_total',
      'TLS handshakes that failed, and clients without the certificate they need.',
    ),
    webConfigHealthy: gauge('tocsin_web_config_healthy', 'Whether the web configuration in force is the one on disk.'),
    dispatcherAlertProcessingDurationSeconds: summary(
      'alertmanager_dispatcher_alert_processing_duration_seconds',
      'Summary of latencies for the processing of alerts.',
    ),
    notificationsTotal: counter('alertmanager_notifications_total', 'The total number of attempted notifications.', [
      'integration',
    ]),
    notificationsFailedTotal: counter(
      'alertmanager_notifications_failed_total',
      'The total number of failed notifications.',
      ['integration', 'reason'],
    ),
    notificationRequestsTotal: counter(
      'alertmanager_notification_requests_total',
      'The total number of attempted notification requests.',
      ['integration'],
    ),
    notificationRequestsFailedTotal: counter(
      'alertmanager_notification_requests_failed_total',
      'The total number of failed notification requests.',
      ['integration'],
    ),
    notificationLatencySeconds: new Histogram({
      name: 'alertmanager_notification_latency_seconds',
      help: 'The latency of notifications in seconds.',
      labelNames: ['integration'],
      buckets: [1, 5, 10, 15, 20],
      registers,
    }),
    notificationsSuppressedTotal: counter(
      'alertmanager_notifications_suppressed_total',
      'The total number of notifications suppressed for being silenced, inhibited, outside of active time intervals or within muted time intervals.',
      ['reason'],
    ),
    nflogGcDurationSeconds: summary(
      'alertmanager_nflog_gc_duration_seconds',
      'Duration of the last notification log garbage collection cycle.',
    ),
    silencesGcDurationSeconds: summary(
      'alertmanager_silences_gc_duration_seconds',
      'Duration of the last silence garbage collection cycle.',
    ),
    storageHealthy: gauge('tocsin_storage_healthy', 'Whether the last write to disk succeeded.'),
    storageWriteFailuresTotal: counter('tocsin_storage_write_failures_total', 'Writes to disk that failed.'),
    storageWriteDurationSeconds: new Histogram({
      name: 'tocsin_storage_write_duration_seconds',
      help: 'How long batches took to reach the disk.',
      buckets: [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 5],
      registers,
    }),
    eventLoopStallsTotal: counter('tocsin_event_loop_stalls_total', 'Times the process stood still for over a second.'),
    leaseExtensionsTotal: counter(
      'tocsin_lease_extensions_total',
      'Alerts kept beyond their end because a peer could not be asked for fresher word.',
    ),
    replicaLabelSuspected: gauge(
      'tocsin_replica_label_suspected',
      'Alerts that fire under several values of the label and are otherwise the same: a pair of checkers that does not drop it.',
      ['label'],
    ),
    apiErrorsTotal: counter('tocsin_api_errors_total', 'API requests that failed by a fault of the node itself.'),
  };

  // A counter that appears only with its first event hides that event from rate() and increase().
  for (const status of ['firing', 'resolved']) metrics.alertsReceivedTotal.inc({ status, version: 'v2' }, 0);
  metrics.alertsInvalidTotal.inc({ version: 'v2' }, 0);
  metrics.httpConcurrencyLimitExceededTotal.inc({ method: 'get' }, 0);
  for (const reason of ['silence', 'inhibition', 'mute_time_interval', 'active_time_interval'])
    metrics.notificationsSuppressedTotal.inc({ reason }, 0);
  for (const reason of ['client', 'node', 'stalled', 'unread']) metrics.httpConnectionsRefusedTotal.inc({ reason }, 0);
  for (const reason of ['wrong', 'limited', 'busy']) metrics.httpLoginsFailedTotal.inc({ reason }, 0);
  metrics.storageHealthy.set(1);
  metrics.webConfigHealthy.set(1);

  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  return metrics;
}

const FAILURE_REASONS = [
  'other',
  'clientError',
  'serverError',
  'authError',
  'rateLimited',
  'contextCanceled',
  'contextDeadlineExceeded',
];

/** Shows the counters of every integration at zero from the start, for the same reason. Repeatable. */
export function showIntegrations(metrics: Metrics, integrations: Iterable<string>): void {
  for (const integration of new Set(integrations)) {
    metrics.notificationsTotal.inc({ integration }, 0);
    metrics.notificationRequestsTotal.inc({ integration }, 0);
    metrics.notificationRequestsFailedTotal.inc({ integration }, 0);
    for (const reason of FAILURE_REASONS) metrics.notificationsFailedTotal.inc({ integration, reason }, 0);
  }
}

/** 48 bits: what a float carries without loss, and what Alertmanager shows. Takes `Config.hash`. */
export function configHashNumber(hash: string): number {
  return Number.parseInt(hash.slice(0, 12), 16);
}

export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/**
 * The registry's text (version 0.0.4) as OpenMetrics 1.0. prom-client can print it too, but renames its counters for good
 * when it does, which breaks every later scrape in the other format.
 */
export function toOpenMetrics(text: string): string {
  const lines: string[] = [];
  let help = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('# HELP ')) help = line;
    else if (line.startsWith('# TYPE ')) {
      const [, , name = '', type = ''] = line.split(' ');
      const family = type === 'counter' ? name.replace(/_total$/, '') : name;
      // OpenMetrics knows no counter whose samples do not end in _total.
      const familyType = type === 'counter' && family === name ? 'unknown' : type;
      lines.push(
        `# HELP ${family} ${help.slice('# HELP '.length + name.length + 1).replaceAll('"', '\\"')}`,
        `# TYPE ${family} ${familyType}`,
      );
    } else lines.push(line);
  }
  lines.push('# EOF', '');
  return lines.join('\n');
}
