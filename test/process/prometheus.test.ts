/** Real Prometheus servers that scrape, evaluate, fire and resolve; the node tells a webhook what became of it, once. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { AlertApi } from '../support/alert-api.ts';
import { eventually } from '../support/eventually.ts';
import { type RealServer, startPrometheus, startTocsin } from '../support/real-servers.ts';
import { describeWithPrograms } from '../support/required-programs.ts';
import { TemporaryDirectory } from '../support/temporary-directory.ts';
import { type ReceivedNotification, WebhookSink } from '../support/webhook-sink.ts';

/** Scraping, evaluating and sending take a second each; all else is for slow machines. */
const timeoutMs = 45_000;

/** A service with one metric, scraped by Prometheus. */
class ScrapedService implements AsyncDisposable {
  failedOrders = 0;
  readonly #server: Server;

  static async start(): Promise<ScrapedService> {
    const service = new ScrapedService();
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    return service;
  }

  private constructor() {
    this.#server = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' });
      response.end(`failed_orders{service="shop"} ${this.failedOrders}\n`);
    });
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

const RULES = `
groups:
  - name: shop
    rules:
      - alert: OrdersFail
        expr: failed_orders > 0
        labels: {severity: urgent}
        annotations:
          summary: '{{ $value }} orders of {{ $labels.service }} failed'
`;

interface Watched {
  readonly service: ScrapedService;
  readonly node: RealServer;
  readonly replica: string;
}

async function startWatching({ service, node, replica }: Watched): Promise<RealServer> {
  const directory = new TemporaryDirectory();
  directory.write('rules.yml', RULES);
  const config = `
global:
  scrape_interval: 1s
  evaluation_interval: 1s
  external_labels: {region: north, replica: ${replica}}
rule_files: [rules.yml]
scrape_configs:
  - job_name: shop
    static_configs: [{targets: ['${service.address}']}]
alerting:
  alert_relabel_configs: [{action: labeldrop, regex: replica}]
  alertmanagers:
    - api_version: v2
      static_configs: [{targets: ['${new URL(node.url).host}']}]
`;
  // An alert is sent again every other second and each time said to end eight seconds later, so a busy machine may dawdle.
  const args = ['--rules.alert.resend-delay=2s', `--web.external-url=http://${replica}.test:9090/`];
  const server = await startPrometheus({ config, args, directory });
  return Object.assign(server, {
    [Symbol.asyncDispose]: async () => {
      await server.process.kill();
      directory[Symbol.dispose]();
    },
  });
}

/** How many alerts it has handed over, repeats included. */
async function sentBy(prometheus: RealServer): Promise<number> {
  return (await new AlertApi(prometheus.url).metric('prometheus_notifications_sent_total')) ?? 0;
}

/** When it saw the alert begin. */
async function activeAt(prometheus: RealServer): Promise<string | undefined> {
  const answer = await fetch(`${prometheus.url}/api/v1/alerts`);
  const { data } = (await answer.json()) as { data: { alerts: { activeAt: string }[] } };
  return data.alerts[0]?.activeAt;
}

function configFor(sink: WebhookSink, groupInterval: string): string {
  return `
route: {receiver: team, group_by: [region], group_wait: 100ms, group_interval: ${groupInterval}}
receivers:
  - {name: team, webhook_configs: [{url: '${sink.url()}'}]}
`;
}

/** What each notification said of which alert, in the order of arrival. */
function told(sink: WebhookSink): string[][] {
  return sink.received.map(({ body }) => body.alerts.map(({ labels, status }) => `${labels.alertname} ${status}`));
}

const says = (said: string) => (notification: ReceivedNotification) =>
  notification.body.alerts.some(({ labels, status }) => `${labels.alertname} ${status}` === said);

describeWithPrograms(['prometheus'], 'Prometheus', () => {
  test.concurrent("an alert is told once, in Prometheus' words, and so is its end", async () => {
    await using sink = await WebhookSink.start();
    await using service = await ScrapedService.start();
    await using node = await startTocsin({ config: configFor(sink, '1s') });
    await using prometheus = await startWatching({ service, node, replica: 'one' });

    service.failedOrders = 3;
    const first = await sink.waitFor(() => true, { timeoutMs });
    const beganAt = await eventually('Prometheus shows the alert', () => activeAt(prometheus));
    expect(first.body).toMatchObject({
      version: '4',
      status: 'firing',
      receiver: 'team',
      groupLabels: { region: 'north' },
      notification_reason: 'first notification',
    });
    const { startsAt, ...alert } = first.body.alerts[0] ?? expect.unreachable('no alert');
    expect(alert).toEqual({
      status: 'firing',
      labels: {
        alertname: 'OrdersFail',
        instance: service.address,
        job: 'shop',
        region: 'north',
        service: 'shop',
        severity: 'urgent',
      },
      annotations: { summary: '3 orders of shop failed' },
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: expect.stringMatching(/^http:\/\/one\.test:9090\/graph\?g0\.expr=failed_orders/),
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(Math.abs(Date.parse(startsAt) - Date.parse(beganAt))).toBeLessThanOrEqual(1);

    // It goes on firing, and Prometheus goes on saying so.
    await eventually('Prometheus repeats itself', async () => (await sentBy(prometheus)) >= 3, { timeoutMs });
    service.failedOrders = 0;
    const last = await sink.waitFor(says('OrdersFail resolved'), { timeoutMs });
    expect(last.body.alerts[0]).toMatchObject({ ...alert, status: 'resolved', endsAt: expect.anything(), startsAt });
    expect(Date.parse(last.body.alerts[0]?.endsAt ?? '')).toBeGreaterThan(Date.parse(startsAt));

    service.failedOrders = 1;
    await sink.waitFor(({ body }) => body.alerts[0]?.annotations.summary === '1 orders of shop failed', { timeoutMs });
    expect(told(sink)).toEqual([['OrdersFail firing'], ['OrdersFail resolved'], ['OrdersFail firing']]);
  });

  test.concurrent('two that watch the same are told of as one', async () => {
    await using sink = await WebhookSink.start();
    await using service = await ScrapedService.start();
    await using node = await startTocsin({ config: configFor(sink, '5s') });
    const api = new AlertApi(node.url);
    await using one = await startWatching({ service, node, replica: 'one' });
    await using two = await startWatching({ service, node, replica: 'two' });

    service.failedOrders = 3;
    await sink.waitFor(says('OrdersFail firing'), { timeoutMs });
    await eventually('both have spoken', async () => (await sentBy(one)) > 0 && (await sentBy(two)) > 0, { timeoutMs });
    expect(await api.alerts()).toHaveLength(1);

    // The two see the end a second apart. Beginning right after a tick, that is over before the next.
    const marker = { region: 'north', alertname: 'Marker' };
    await api.post({ labels: marker });
    await sink.waitFor(says('Marker firing'), { timeoutMs });
    service.failedOrders = 0;
    await sink.waitFor(says('OrdersFail resolved'), { timeoutMs });
    await api.post({ labels: marker, endsAt: new Date().toISOString() });
    await sink.waitFor(says('Marker resolved'), { timeoutMs });
    expect(told(sink)).toEqual(
      [
        ['OrdersFail firing'],
        ['Marker firing', 'OrdersFail firing'],
        ['Marker firing', 'OrdersFail resolved'],
        ['Marker resolved'],
      ].map((said) => expect.toSatisfy((actual: string[]) => actual.toSorted().join() === said.join())),
    );
  });
});
