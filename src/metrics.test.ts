import { describe, expect, test } from 'vitest';
import { configHashNumber, createMetrics, showIntegrations, toOpenMetrics } from './metrics.ts';

describe('metrics', () => {
  test('of two nodes in one process are apart', async () => {
    const [one, other] = [createMetrics({ processMetrics: false }), createMetrics({ processMetrics: false })];
    one.alertsLimitedTotal.inc();
    expect(await other.registry.metrics()).toContain('alertmanager_alerts_limited_total 0\n');
  });

  test('of an integration are there before anything happened', async () => {
    const metrics = createMetrics({ processMetrics: false });
    showIntegrations(metrics, ['irc', 'irc']);
    const text = await metrics.registry.metrics();
    expect(text).toContain('alertmanager_notifications_total{integration="irc"} 0\n');
    expect(text).toContain('alertmanager_notifications_failed_total{integration="irc",reason="rateLimited"} 0\n');
  });

  test('of an integration keep their value when shown again', async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.notificationsTotal.inc({ integration: 'irc' });
    showIntegrations(metrics, ['irc']);
    const text = await metrics.registry.metrics();
    expect(text).toContain('alertmanager_notifications_total{integration="irc"} 1\n');
  });

  test('that are summaries have a sum and a count', async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.silencesGcDurationSeconds.observe(0.5);
    metrics.silencesGcDurationSeconds.observe(0.25);
    const text = await metrics.registry.metrics();
    expect(text).toContain('# TYPE alertmanager_silences_gc_duration_seconds summary\n');
    expect(text).toContain('alertmanager_silences_gc_duration_seconds_sum 0.75\n');
    expect(text).toContain('alertmanager_silences_gc_duration_seconds_count 2\n');
  });

  test('of the process can be had', async () => {
    expect(await createMetrics().registry.metrics()).toContain('process_cpu_seconds_total');
  });
});

describe('OpenMetrics', () => {
  test('names a counter’s family without _total, and its samples with it', () => {
    const text = '# HELP a_total All "a".\n# TYPE a_total counter\na_total{b="c"} 1\n\n';
    expect(toOpenMetrics(text)).toBe('# HELP a All \\"a\\".\n# TYPE a counter\na_total{b="c"} 1\n# EOF\n');
  });

  test('knows no counter by another name', () => {
    expect(toOpenMetrics('# HELP a x\n# TYPE a counter\na 1\n')).toBe('# HELP a x\n# TYPE a unknown\na 1\n# EOF\n');
  });

  test('leaves everything else as it is', () => {
    const text = '# HELP a x\n# TYPE a gauge\na 1\n';
    expect(toOpenMetrics(text)).toBe(`${text}# EOF\n`);
  });
});

test('a configuration’s hash is shown in 48 bits', () => {
  expect(configHashNumber('0000000001ffabcdef')).toBe(0x01_ff);
});
