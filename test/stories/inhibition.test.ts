/** An alert is not told while another, that explains it, fires. */
import { describe, expect, test } from 'vitest';
import { Story } from '../support/story.ts';

function config(...rules: string[]): string {
  return `
route:
  receiver: team
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
receivers:
  - name: team
    webhook_configs: [{url: 'http://team.test/'}]
inhibit_rules:
${rules.map((rule) => `  - ${rule}`).join('\n')}
`;
}

const ZONE_RULE = '{source_matchers: [severity="critical"], target_matchers: [severity="warning"], equal: [zone]}';
const slow = { alertname: 'Slow', severity: 'warning', zone: 'east' };
const down = (instance: string, zone = 'east') => ({ alertname: 'Down', severity: 'critical', zone, instance });

/** Only of the alert that may be inhibited. */
function slowTold(story: Story): string[] {
  return story.told().filter((line) => line.includes('Slow'));
}

test('a firing source keeps its target quiet; when it ends, the target is told at its next tick', async () => {
  await using story = await Story.begin(config(ZONE_RULE));
  await story.fire(down('a'));
  await story.fire(slow);
  await story.passes('7m');
  await story.resolve(down('a'));
  await story.passes('10m');
  expect(slowTold(story)).toEqual(['10:30 team: first notification: Slow firing']);
});

test('of two sources, one that still fires is enough', async () => {
  await using story = await Story.begin(config(ZONE_RULE));
  await story.fire(down('a'));
  await story.fire(down('b'));
  await story.fire(slow);
  await story.passes('7m');
  await story.resolve(down('b'));
  await story.passes('10m');
  expect(slowTold(story)).toEqual([]);
  await story.resolve(down('a'));
  await story.passes('10m');
  expect(slowTold(story)).toEqual(['20:30 team: first notification: Slow firing']);
});

test('a source that ran out inhibits no more', async () => {
  await using story = await Story.begin(config(ZONE_RULE));
  await story.post(down('a'));
  await story.fire(slow);
  await story.passes('10m');
  expect(slowTold(story)).toEqual(['5:30 team: first notification: Slow firing']);
});

test('a source that fires again inhibits again', async () => {
  await using story = await Story.begin(config(ZONE_RULE));
  await story.fire(down('a'));
  await story.resolve(down('a'));
  await story.fire(down('a'));
  await story.fire(slow);
  await story.passes('10m');
  expect(slowTold(story)).toEqual([]);
});

test('an alert told before it was inhibited is not told again afterwards', async () => {
  await using story = await Story.begin(config(ZONE_RULE));
  await story.fire(slow);
  await story.passes('1m');
  await story.fire(down('a'));
  await story.passes('10m');
  await story.resolve(down('a'));
  await story.passes('20m');
  expect(slowTold(story)).toEqual(['0:30 team: first notification: Slow firing']);
});

describe('the labels that must be equal', () => {
  test('differ: not inhibited', async () => {
    await using story = await Story.begin(config(ZONE_RULE));
    await story.fire(down('a', 'west'));
    await story.fire(slow);
    await story.passes('1m');
    expect(slowTold(story)).toEqual(['0:30 team: first notification: Slow firing']);
  });

  test('are missing on both sides: inhibited', async () => {
    await using story = await Story.begin(config(ZONE_RULE));
    await story.fire({ alertname: 'Down', severity: 'critical' });
    await story.fire({ alertname: 'Slow', severity: 'warning' });
    await story.passes('1m');
    expect(slowTold(story)).toEqual([]);
  });

  test('are missing on one side and empty on the other: inhibited', async () => {
    await using story = await Story.begin(config(ZONE_RULE));
    await story.fire({ alertname: 'Down', severity: 'critical', zone: '' });
    await story.fire({ alertname: 'Slow', severity: 'warning' });
    await story.passes('1m');
    expect(slowTold(story)).toEqual([]);
  });

  test('are missing on one side only: not inhibited', async () => {
    await using story = await Story.begin(config(ZONE_RULE));
    await story.fire({ alertname: 'Down', severity: 'critical' });
    await story.fire(slow);
    await story.passes('1m');
    expect(slowTold(story)).toEqual(['0:30 team: first notification: Slow firing']);
  });
});

describe('alerts that match both sides of a rule', () => {
  const TWO_SIDED = '{source_matchers: [team="db"], target_matchers: [severity="warning"]}';
  const both = (alertname: string) => ({ alertname, team: 'db', severity: 'warning' });

  test('do not inhibit each other, nor themselves', async () => {
    await using story = await Story.begin(config(TWO_SIDED));
    await story.fire(both('One'));
    await story.fire(both('Two'));
    await story.passes('1m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: One firing',
      '0:30 team: first notification: Two firing',
    ]);
  });

  test('are inhibited by one that is a source only', async () => {
    await using story = await Story.begin(config(TWO_SIDED));
    await story.fire(both('One'));
    await story.fire({ alertname: 'Only', team: 'db', severity: 'critical' });
    await story.passes('1m');
    expect(story.told()).toEqual(['0:30 team: first notification: Only firing']);
  });

  test('inhibit one that is a target only', async () => {
    await using story = await Story.begin(config(TWO_SIDED));
    await story.fire(both('One'));
    await story.fire({ alertname: 'Target', severity: 'warning' });
    await story.passes('1m');
    expect(story.told()).toEqual(['0:30 team: first notification: One firing']);
  });
});

test('an inhibited alert still inhibits others', async () => {
  await using story = await Story.begin(
    config(
      '{source_matchers: [alertname="Datacentre"], target_matchers: [alertname="Rack"]}',
      '{source_matchers: [alertname="Rack"], target_matchers: [alertname="Host"]}',
    ),
  );
  await story.fire({ alertname: 'Datacentre' });
  await story.fire({ alertname: 'Rack' });
  await story.fire({ alertname: 'Host' });
  await story.passes('10m');
  expect(story.told()).toEqual(['0:30 team: first notification: Datacentre firing']);
});

test('a silenced alert still inhibits others', async () => {
  await using story = await Story.begin(config(ZONE_RULE));
  await story.silence({ alertname: 'Down' });
  await story.fire(down('a'));
  await story.fire(slow);
  await story.passes('10m');
  expect(story.told()).toEqual([]);
});

test('after a restart nothing leaks before inhibition is known', async () => {
  await using story = await Story.begin(config(ZONE_RULE));
  await story.fire(slow);
  await story.fire(down('a'));
  await story.passes('10s');
  await story.kill();
  await story.passes('1h');
  await story.start();
  await story.passes('30m');
  expect(slowTold(story)).toEqual([]);
});

test('a rule that a reload brings is in force at the next tick', async () => {
  await using story = await Story.begin(config('{source_matchers: [a="b"], target_matchers: [c="d"]}'));
  await story.fire(down('a'));
  await story.fire(slow);
  await story.passes('10s');
  await story.reload(config(ZONE_RULE));
  await story.passes('10m');
  expect(slowTold(story)).toEqual([]);
});

test('the API says by whom an alert is inhibited', async () => {
  await using story = await Story.begin(config(ZONE_RULE));
  await story.fire(down('a'));
  await story.fire(slow);
  const alerts = await story.json<{ status: object }[]>('/api/v2/alerts?filter=alertname="Slow"');
  expect(alerts).toMatchObject([{ status: { state: 'suppressed', inhibitedBy: [story.fingerprint(down('a'))] } }]);
});
