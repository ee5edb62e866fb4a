import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { createMetrics } from './metrics.ts';
import type { Alert } from './model/alert.ts';
import { fingerprint, sortedLabels } from './model/labels.ts';
import { ReplicaWatch } from './replica-watch.ts';

const MINUTE_MS = 60_000;

class Stage implements Disposable {
  readonly system = new VirtualSystem();
  readonly metrics = createMetrics({ processMetrics: false });
  readonly logged: { msg: string; label: string }[] = [];
  readonly alerts = new Map<string, Alert>();
  readonly watch = new ReplicaWatch({
    system: this.system,
    logger: pino({ level: 'trace' }, { write: (line: string) => void this.logged.push(JSON.parse(line)) }),
    metrics: this.metrics,
    alerts: { get: (key) => this.alerts.get(key), values: () => this.alerts.values() },
  });

  [Symbol.dispose](): void {
    this.watch.stop();
  }

  posts(labels: Record<string, string>, { isKnown = false, lastsMs = 24 * 60 * MINUTE_MS } = {}): void {
    const { wallMs } = this.system.now();
    const alert: Alert = {
      ...{ fingerprint: fingerprint(sortedLabels(labels)), labels: sortedLabels(labels), annotations: {} },
      ...{ generatorURL: '', startsAtMs: wallMs, endsAtMs: wallMs + lastsMs, timeout: true },
      ...{ updatedAtMs: wallMs, receivedAtMs: wallMs },
    };
    this.alerts.set(alert.fingerprint, alert);
    if (!isKnown) this.watch.onAlertChange(alert, 'new');
  }

  pairPosts(alertname: string, label = 'replica', options = {}): void {
    for (const value of ['a', 'b']) this.posts({ alertname, [label]: value }, options);
  }

  passes(ms: number): Promise<void> {
    return this.system.advance(ms);
  }

  async metric(): Promise<string[]> {
    const text = await this.metrics.registry.metrics();
    return text.split('\n').filter((line) => line.startsWith('tocsin_replica_label_suspected{'));
  }
}

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
  return () => stage[Symbol.dispose]();
});

describe('a pair that differs in one label', () => {
  test('is told of once, with what to add to prometheus.yml', async () => {
    stage.watch.start();
    for (const alertname of ['DiskFull', 'LinkDown', 'HostDown']) stage.pairPosts(alertname);
    await stage.passes(MINUTE_MS);
    expect(stage.watch.hints()).toEqual([
      {
        kind: 'replica label',
        label: 'replica',
        values: ['a', 'b'],
        alerts: 3,
        example: { alertname: 'DiskFull' },
        text: expect.stringContaining('alert_relabel_configs with regex replica and action labeldrop'),
        prometheusConfig: 'alerting:\n  alert_relabel_configs:\n    - regex: replica\n      action: labeldrop\n',
      },
    ]);
    expect(await stage.metric()).toEqual(['tocsin_replica_label_suspected{label="replica"} 3']);
    expect(stage.logged.map(({ label, msg }) => [label, msg])).toEqual([
      ['replica', expect.stringContaining('alert_relabel_configs')],
    ]);
  });

  test('is told of again after an hour, not sooner, however much it posts', async () => {
    stage.watch.start();
    for (let minute = 0; minute < 59; minute++) {
      stage.pairPosts(`Minute${minute}`);
      await stage.passes(MINUTE_MS);
    }
    expect(stage.logged).toHaveLength(1);
    stage.pairPosts('Later');
    await stage.passes(2 * MINUTE_MS);
    expect(stage.logged).toHaveLength(2);
  });

  test('is noticed though nothing is posted after a start', async () => {
    stage.pairPosts('DiskFull', 'replica', { isKnown: true });
    stage.watch.start();
    await stage.passes(MINUTE_MS);
    expect(stage.watch.hints()).toHaveLength(1);
  });

  test('is noticed among many thousand alerts of others', async () => {
    stage.watch.start();
    for (let index = 0; index < 10_000; index++) stage.posts({ alertname: 'Other', instance: `host-${index}` });
    stage.pairPosts('DiskFull');
    await stage.passes(MINUTE_MS);
    expect(stage.watch.hints().map(({ label }) => label)).toEqual(['replica']);
  });

  test('is forgotten once its alerts are over, as after a correction', async () => {
    stage.watch.start();
    stage.pairPosts('DiskFull', 'replica', { lastsMs: 5 * MINUTE_MS });
    await stage.passes(MINUTE_MS);
    expect(stage.watch.hints()).toHaveLength(1);
    await stage.passes(5 * MINUTE_MS);
    expect(stage.watch.hints()).toEqual([]);
    expect(await stage.metric()).toEqual([]);
  });
});

test.each([
  ['prometheus_replica', 'regex: prometheus_replica\n'],
  ['my.replica', undefined],
  ['my+prometheus_replica', "regex: 'my\\+prometheus_replica'\n"],
])('a label %s is dropped by %j', async (label, regex) => {
  stage.watch.start();
  stage.pairPosts('DiskFull', label);
  await stage.passes(MINUTE_MS);
  const [hint] = stage.watch.hints();
  if (regex === undefined) expect(hint).toBeUndefined();
  else expect(hint?.prometheusConfig).toContain(regex);
});
