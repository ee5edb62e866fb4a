import { describe, expect, test } from 'vitest';
import type { Alert } from '../../model/alert.ts';
import { Matcher } from '../../model/matcher.ts';
import type { ApiGroup } from '../dependencies.ts';
import { FakeNode, NOW_MS, receiver } from '../fake-dependencies.ts';

interface ShownGroup {
  labels: Record<string, string>;
  routeLabels: Record<string, string>;
  receiver: { name: string };
  alerts: {
    labels: Record<string, string>;
    receivers: { name: string }[];
    status: { state: string; mutedBy: string[] };
  }[];
}

async function get(node: FakeNode, query = ''): Promise<ShownGroup[]> {
  const response = await node.app().request(`/api/v2/alerts/groups${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as ShownGroup[];
}

function group(
  receiverName: string,
  labels: Record<string, string>,
  alerts: Alert[],
  mutedBy: string[] = [],
): ApiGroup {
  const fingerprints = alerts.map((alert) => alert.fingerprint);
  return { labels, routeLabels: { tier: '1' }, receiver: receiverName, mutedBy, fingerprints };
}

function nodeWithReceivers(): FakeNode {
  const node = new FakeNode();
  node.receivers = ['irc', 'phone'].map((name) => receiver(name));
  return node;
}

describe('alert groups', () => {
  test('have labels, route labels, a receiver and alerts', async () => {
    const node = nodeWithReceivers();
    node.groups = [group('irc', { alertname: 'Down' }, [node.addAlert({ alertname: 'Down', instance: 'a' })])];
    expect(await get(node)).toMatchObject([
      {
        labels: { alertname: 'Down' },
        routeLabels: { tier: '1' },
        receiver: { name: 'irc' },
        alerts: [{ labels: { alertname: 'Down', instance: 'a' }, status: { state: 'active', mutedBy: [] } }],
      },
    ]);
  });

  test('are in the order of their labels, then of their receivers', async () => {
    const node = nodeWithReceivers();
    const [a, b] = [node.addAlert({ alertname: 'A' }), node.addAlert({ alertname: 'B' })];
    node.groups = [
      group('phone', { alertname: 'B' }, [b]),
      group('irc', { alertname: 'B' }, [b]),
      group('phone', { alertname: 'A' }, [a]),
    ];
    const shown = await get(node);
    expect(shown.map((one) => `${one.labels.alertname} ${one.receiver.name}`)).toEqual(['A phone', 'B irc', 'B phone']);
  });

  test('have their alerts in the order of a message', async () => {
    const node = nodeWithReceivers();
    const alerts = ['b', 'a', 'c'].map((instance) => node.addAlert({ alertname: 'Down', job: 'node', instance }));
    node.groups = [group('irc', {}, [...alerts, node.addAlert({ alertname: 'Down' })])];
    const [shown] = await get(node);
    expect(shown?.alerts.map((alert) => alert.labels.instance)).toEqual(['a', 'b', 'c', undefined]);
  });

  test('name with each alert every receiver that holds it, sorted', async () => {
    const node = nodeWithReceivers();
    const alert = node.addAlert({ alertname: 'Down' });
    node.groups = [group('phone', { a: '1' }, [alert]), group('irc', { a: '2' }, [alert])];
    const [shown] = await get(node);
    expect(shown?.alerts[0]?.receivers).toEqual([{ name: 'irc' }, { name: 'phone' }]);
  });

  test('name a receiver once for each of its groups that hold the alert', async () => {
    const node = nodeWithReceivers();
    const alert = node.addAlert({ alertname: 'Down' });
    node.groups = [group('irc', { a: '1' }, [alert]), group('irc', { a: '2' }, [alert])];
    const [shown] = await get(node);
    expect(shown?.alerts[0]?.receivers).toEqual([{ name: 'irc' }, { name: 'irc' }]);
  });

  test('leave out the receivers that were not asked for', async () => {
    const node = nodeWithReceivers();
    const alert = node.addAlert({ alertname: 'Down' });
    node.groups = [group('phone', { a: '1' }, [alert]), group('irc', { a: '2' }, [alert])];
    const shown = await get(node, '?receiver=irc');
    expect(shown.map((one) => one.receiver.name)).toEqual(['irc']);
    expect(shown[0]?.alerts[0]?.receivers).toEqual([{ name: 'irc' }]);
  });

  test('with no alert left are left out', async () => {
    const node = nodeWithReceivers();
    const ended = node.addAlert({ alertname: 'Down' }, { endsAtMs: NOW_MS - 1 });
    const silenced = node.addAlert({ alertname: 'Silenced' });
    node.addSilence({ matchers: [new Matcher('=', 'alertname', 'Silenced')] });
    node.groups = [group('irc', { a: '1' }, [ended]), group('irc', { a: '2' }, [silenced])];
    expect(await get(node, '?silenced=false')).toEqual([]);
  });

  test('that are muted show by what, and their alerts as suppressed', async () => {
    const node = nodeWithReceivers();
    node.groups = [group('irc', {}, [node.addAlert({ alertname: 'Down' })], ['weekends'])];
    const [shown] = await get(node);
    expect(shown?.alerts[0]?.status).toMatchObject({ state: 'suppressed', mutedBy: ['weekends'] });
  });

  test('that are muted are left out with muted=false', async () => {
    const node = nodeWithReceivers();
    const alert = node.addAlert({ alertname: 'Down' });
    node.groups = [group('irc', { a: '1' }, [alert], ['weekends']), group('phone', { a: '2' }, [alert])];
    expect((await get(node, '?muted=false')).map((one) => one.receiver.name)).toEqual(['phone']);
  });

  test('are none where there is nothing', async () => {
    expect(await get(new FakeNode())).toEqual([]);
  });

  test('refuse a bad filter', async () => {
    const response = await new FakeNode().app().request('/api/v2/alerts/groups?filter=x');
    expect(response.status).toBe(400);
  });
});
