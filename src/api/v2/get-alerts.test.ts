import { describe, expect, test } from 'vitest';
import { Matcher } from '../../model/matcher.ts';
import { FakeNode, NOW_MS, receiver } from '../fake-dependencies.ts';

interface ShownAlert {
  labels: Record<string, string>;
  status: { state: string; silencedBy: string[]; inhibitedBy: string[]; mutedBy: string[] };
  [field: string]: unknown;
}

async function get(node: FakeNode, query = ''): Promise<ShownAlert[]> {
  const response = await node.app().request(`/api/v2/alerts${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as ShownAlert[];
}

async function names(node: FakeNode, query: string): Promise<string[]> {
  return (await get(node, query)).map((alert) => alert.labels.alertname ?? '').sort();
}

/** Three alerts: Plain, Silenced, Inhibited. */
function threeAlerts(): FakeNode {
  const node = new FakeNode();
  node.addAlert({ alertname: 'Plain' });
  node.addAlert({ alertname: 'Silenced' });
  const inhibited = node.addAlert({ alertname: 'Inhibited' });
  node.addSilence({ matchers: [new Matcher('=', 'alertname', 'Silenced')] });
  node.inhibitedBy.set(inhibited.fingerprint, 'ffffffffffffffff');
  return node;
}

describe('a shown alert', () => {
  test('has all of Alertmanager’s fields', async () => {
    const node = new FakeNode();
    const alert = node.addAlert(
      { alertname: 'Down', instance: 'a' },
      { annotations: { summary: 'It is "down"' }, generatorURL: 'http://prometheus/graph?a=b' },
    );
    expect(await get(node)).toEqual([
      {
        labels: { alertname: 'Down', instance: 'a' },
        annotations: { summary: 'It is "down"' },
        generatorURL: 'http://prometheus/graph?a=b',
        startsAt: '2026-01-15T11:59:00.000Z',
        endsAt: '2026-01-15T12:05:00.000Z',
        updatedAt: '2026-01-15T12:00:00.000Z',
        fingerprint: alert.fingerprint,
        receivers: [{ name: 'default' }],
        status: { state: 'active', silencedBy: [], inhibitedBy: [], mutedBy: [] },
      },
    ]);
  });

  test('has no generatorURL if none was posted', async () => {
    const node = new FakeNode();
    node.addAlert({ alertname: 'Down' });
    expect((await get(node))[0]).not.toHaveProperty('generatorURL');
  });

  test('keeps the offset of the posted time, with three decimals', async () => {
    const node = new FakeNode();
    node.addAlert({ alertname: 'Down' }, { startsAtMs: NOW_MS, startsAtText: '2026-01-15T14:00:00.123456+02:00' });
    expect((await get(node))[0]).toMatchObject({ startsAt: '2026-01-15T14:00:00.123+02:00' });
  });

  test('names its receivers in route order, duplicates kept', async () => {
    const node = new FakeNode();
    const alert = node.addAlert({ alertname: 'Down' });
    node.receiversOf.set(alert.fingerprint, ['phone', 'irc', 'phone']);
    expect((await get(node))[0]?.receivers).toEqual([{ name: 'phone' }, { name: 'irc' }, { name: 'phone' }]);
  });

  test('that is silenced is suppressed by the silence', async () => {
    const node = threeAlerts();
    const [silence] = node.silences.values();
    const [alert] = await get(node, '?filter=alertname%3DSilenced');
    expect(alert?.status).toEqual({ state: 'suppressed', silencedBy: [silence?.id], inhibitedBy: [], mutedBy: [] });
  });

  test('that is inhibited is suppressed by the other alert', async () => {
    const [alert] = await get(threeAlerts(), '?filter=alertname%3DInhibited');
    expect(alert?.status).toMatchObject({ state: 'suppressed', inhibitedBy: ['ffffffffffffffff'] });
  });

  test('is left out once it has ended', async () => {
    const node = new FakeNode();
    node.addAlert({ alertname: 'Down' }, { endsAtMs: NOW_MS });
    expect(await get(node)).toEqual([]);
  });
});

describe('the list', () => {
  test('is empty where there is nothing', async () => {
    const response = await new FakeNode().app().request('/api/v2/alerts');
    expect(await response.text()).toBe('[]');
  });

  test('is in the order of fingerprints, also when it is long', async () => {
    const node = new FakeNode();
    for (let index = 0; index < 3000; index++) node.addAlert({ alertname: 'Down', instance: `host-${index}` });
    const shown = (await get(node)).map((alert) => String(alert.fingerprint));
    expect(shown).toHaveLength(3000);
    expect(shown).toEqual(shown.toSorted());
  });

  test('is JSON and not to be stored', async () => {
    const { headers } = await new FakeNode().app().request('/api/v2/alerts');
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('the flags', () => {
  test.each([
    ['', ['Inhibited', 'Plain', 'Silenced']],
    ['?active=false', ['Inhibited', 'Silenced']],
    ['?silenced=false', ['Inhibited', 'Plain']],
    ['?inhibited=false', ['Plain', 'Silenced']],
    ['?active=false&silenced=false&inhibited=false', []],
    ['?active=true', ['Inhibited', 'Plain', 'Silenced']],
    ['?active=', ['Inhibited', 'Plain', 'Silenced']],
    ['?active=false&active=true', ['Inhibited', 'Plain', 'Silenced']],
    ['?unprocessed=false', ['Inhibited', 'Plain', 'Silenced']],
  ])('%s', async (query, expected) => {
    expect(await names(threeAlerts(), query)).toEqual(expected);
  });

  test.each(['1', 't', 'TRUE', 'yes', 'y', 'On', 'ok', 'selected', 'checked', 'enabled'])(
    '%s is true',
    async (word) => {
      expect(await names(threeAlerts(), `?active=${word}`)).toContain('Plain');
    },
  );

  test.each(['0', 'no', 'False', 'wahr'])('%s is false', async (word) => {
    expect(await names(threeAlerts(), `?active=${word}`)).not.toContain('Plain');
  });
});

describe('a filter', () => {
  function twoAlerts(): FakeNode {
    const node = new FakeNode();
    node.addAlert({ alertname: 'With', team: 'db' });
    node.addAlert({ alertname: 'Without' });
    return node;
  }

  test.each([
    ['team="db"', ['With']],
    ['team!="db"', ['Without']],
    ['team=~"d.*"', ['With']],
    ['team=~"d"', []],
    ['team!~"d.*"', ['Without']],
    ['team=""', ['Without']],
    ['team=~""', ['Without']],
    ['team!=""', ['With']],
    ['team!~""', ['With']],
    ['team=~".*"', ['With', 'Without']],
  ])('%s', async (filter, expected) => {
    expect(await names(twoAlerts(), `?filter=${encodeURIComponent(filter)}`)).toEqual(expected);
  });

  test('given twice has to hold twice', async () => {
    expect(await names(twoAlerts(), '?filter=team%3Ddb&filter=alertname%3DWithout')).toEqual([]);
  });

  test.each(['team', '{team="db"}', 'team=~"["', 'a="b",c="d"'])('%s is a 400 with a bare string', async (filter) => {
    const response = await twoAlerts()
      .app()
      .request(`/api/v2/alerts?filter=${encodeURIComponent(filter)}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual(expect.any(String));
  });

  test('given too often is a 400', async () => {
    const query = Array(101).fill('filter=a%3Db').join('&');
    expect((await twoAlerts().app().request(`/api/v2/alerts?${query}`)).status).toBe(400);
  });
});

describe('a receiver', () => {
  function byReceiver(): FakeNode {
    const node = new FakeNode();
    node.receivers = [receiver('phone', { team: 'db' }), receiver('phone-night', { team: 'web' }), receiver('irc')];
    for (const name of ['phone', 'phone-night', 'irc']) {
      const alert = node.addAlert({ alertname: name });
      node.receiversOf.set(alert.fingerprint, [name]);
    }
    return node;
  }

  test.each([
    ['?receiver=phone', ['phone']],
    ['?receiver=phone.*', ['phone', 'phone-night']],
    ['?receiver=irc%7Cphone', ['irc', 'phone']],
    ['?receiver=', ['irc', 'phone', 'phone-night']],
    ['?receiver_matchers=team%3Dweb', ['phone-night']],
    ['?receiver_matchers=team%3D~%22db%7Cweb%22&receiver=phone', ['phone']],
  ])('%s', async (query, expected) => {
    expect(await names(byReceiver(), query)).toEqual(expected);
  });

  test('that is no regular expression is a 400', async () => {
    const response = await byReceiver().app().request('/api/v2/alerts?receiver=(');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatch(/^failed to parse receiver param: /);
  });
});
