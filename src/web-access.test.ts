import { pino } from 'pino';
import { expect, test } from 'vitest';
import { TemporaryDirectory } from '../test/support/temporary-directory.ts';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import type { SelfAlerts } from './alerts/self-alerts.ts';
import { createMetrics } from './metrics.ts';
import { openWebAccess } from './web-access.ts';

test('a web configuration that becomes wrong is an alert until it is right again', async () => {
  using directory = new TemporaryDirectory();
  const webConfigFile = directory.write('web.yml', 'basic_auth_users: {}\n');
  const system = new VirtualSystem({ seed: 1 });
  const metrics = createMetrics({ processMetrics: false });
  const standing = new Map<string, string>();
  const selfAlerts = {
    raise: ({ alertname, description }: { alertname: string; description: string }) =>
      standing.set(alertname, description),
    clear: ({ alertname }: { alertname: string }) => standing.delete(alertname),
  } as unknown as SelfAlerts;
  const logger = pino({ level: 'silent' });
  const access = await openWebAccess({ system, logger, metrics, selfAlerts: () => selfAlerts }, { webConfigFile });
  const healthy = async () => {
    await system.advance(1000);
    await access.webConfig.current();
    return (await metrics.webConfigHealthy.get()).values[0]?.value;
  };

  expect(await healthy()).toBe(1);
  directory.write('web.yml', 'basic_auth_users: {ann: plain}\n');
  expect(await healthy()).toBe(0);
  expect(standing.get('TocsinWebConfigBroken')).toMatch(/web\.yml:1: .*is no bcrypt hash/);
  directory.write('web.yml', 'basic_auth_users: {}\n');
  expect(await healthy()).toBe(1);
  expect(standing.size).toBe(0);
  await access.stop();
});
