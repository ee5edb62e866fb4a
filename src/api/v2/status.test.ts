import { describe, expect, test } from 'vitest';
import { FakeNode, receiver } from '../fake-dependencies.ts';

async function get(node: FakeNode, path: string): Promise<Record<string, unknown>> {
  const response = await node.app().request(`/api/v2/${path}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

describe('the status', () => {
  test('lists the members by name', async () => {
    const node = new FakeNode();
    const peers = ['c', 'a', 'b'].map((name) => ({ name, address: `${name}:9094` }));
    node.cluster = { status: 'settling', name: 'b', peers };
    expect((await get(node, 'status')).cluster).toEqual({
      name: 'b',
      status: 'settling',
      peers: [
        { name: 'a', address: 'a:9094' },
        { name: 'b', address: 'b:9094' },
        { name: 'c', address: 'c:9094' },
      ],
    });
  });

  test('names neither node nor peers when there is no cluster', async () => {
    const node = new FakeNode();
    node.cluster = { status: 'disabled', name: 'a', peers: [] };
    expect((await get(node, 'status')).cluster).toEqual({ status: 'disabled', peers: [] });
  });

  test('shows the configuration and the instant of the start', async () => {
    expect(await get(new FakeNode(), 'status')).toMatchObject({
      config: { original: 'route:\n  receiver: default\n' },
      uptime: '2026-01-15T11:59:00.000Z',
    });
  });

  test('has every field of versionInfo, and a semantic version new enough for every client', async () => {
    const { versionInfo } = (await get(new FakeNode(), 'status')) as { versionInfo: Record<string, string> };
    const fields = ['branch', 'buildDate', 'buildUser', 'goVersion', 'revision', 'version'];
    expect(Object.keys(versionInfo).sort()).toEqual(fields);
    expect(versionInfo.version).toMatch(/^0\.(2[2-9]|[3-9]\d)\.\d+\+tocsin\.\d+\.\d+\.\d+$/);
  });
});

describe('the receivers', () => {
  function twoReceivers(): FakeNode {
    const node = new FakeNode();
    node.receivers = [receiver('phone', { team: 'db' }), receiver('irc')];
    return node;
  }

  test('have a name and labels', async () => {
    expect(await get(twoReceivers(), 'receivers')).toEqual([
      { name: 'phone', labels: { name: 'phone', team: 'db' } },
      { name: 'irc', labels: { name: 'irc' } },
    ]);
  });

  test.each([
    ['team="db"', ['phone']],
    ['name=~"i.*"', ['irc']],
    ['team!="db"', ['irc']],
  ])('can be chosen by %s', async (matcher, names) => {
    const shown = await get(twoReceivers(), `receivers?receiver_matchers=${encodeURIComponent(matcher)}`);
    expect((shown as unknown as { name: string }[]).map((one) => one.name)).toEqual(names);
  });

  test('refuse a bad matcher', async () => {
    expect((await twoReceivers().app().request('/api/v2/receivers?receiver_matchers=x')).status).toBe(400);
  });
});
