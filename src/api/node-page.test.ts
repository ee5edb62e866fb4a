/** What somebody sees who opens a node in a browser. */
import { describe, expect, test } from 'vitest';
import { member, REPORT } from './fake-cluster-report.ts';
import { FakeNode } from './fake-dependencies.ts';

describe('the page', () => {
  test('names the node, whatever it is named', async () => {
    const response = await new FakeNode().app({ nodeName: '<b>&' }).request('/');
    expect(await response.text()).toContain('node <b>&#60;b&#62;&#38;</b>');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('links to where things are below the prefix', async () => {
    const response = await new FakeNode().app({ routePrefix: 'x' }).request('/x/');
    expect(await response.text()).toContain('href="/x/api/v2/alerts"');
  });

  test('lists the members by name, and says which of them live', async () => {
    const node = new FakeNode();
    node.clusterReport = { ...REPORT, members: REPORT.members.toReversed() };
    const text = await (await node.app().request('/')).text();
    const rows = [...text.matchAll(/<tr><td>(.*)<\/td><\/tr>/g)].map(([, row = '']) => row.split('</td><td>'));
    expect(rows).toEqual([
      ['node a', '10.0.0.1:9094', 'alive, this node'],
      ['node b', '10.0.0.1:9094', 'alive'],
      ['node c', '10.0.0.1:9094', 'dead'],
      ['node d', '10.0.0.1:9094', 'left'],
    ]);
    expect(text).toContain('href="/api/v3/cluster"');
  });

  test('takes no markup from a peer', async () => {
    const node = new FakeNode();
    node.clusterReport = { ...REPORT, members: [member('a', { name: '<script>' })] };
    expect(await (await node.app().request('/')).text()).not.toContain('<script>');
  });

  test('of a node that is alone has no members', async () => {
    expect(await (await new FakeNode().app().request('/')).text()).not.toContain('Member');
  });
});
