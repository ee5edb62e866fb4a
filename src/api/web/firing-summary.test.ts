/** What a node says of itself to who has no script: curl, a terminal's browser, a broken phone at night. */
import { describe, expect, test } from 'vitest';
import { Matcher } from '../../model/matcher.ts';
import { FakeNode, NOW_MS } from '../fake-dependencies.ts';

const textOf = async (node: FakeNode, query = '') => (await node.app().request(`/${query}`)).text();
/** As a terminal's browser shows it. */
const words = (html: string) =>
  html
    .replace(/^[\s\S]*<main[^>]*>|<footer[\s\S]*$/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

function someNode(): FakeNode {
  const node = new FakeNode();
  const annotations = { summary: 'It is <b>full</b>' };
  const disk = node.addAlert({ alertname: 'DiskFull', job: 'db', severity: 'warning' }, { annotations });
  const down = node.addAlert({ alertname: 'Down', severity: 'page' }, { startsAtMs: NOW_MS - 7_800_000 });
  node.addFiringGroup([disk], { labels: { alertname: 'DiskFull', job: 'db' }, receiver: 'team' });
  node.addFiringGroup([down], {
    labels: { alertname: 'Down' },
    receiver: 'phone',
    places: () => [
      { integration: 'telegram', index: 0, state: 'sent', atMs: NOW_MS - 180_000, node: 'node-b', message: '' },
      { integration: 'mail', index: 1, state: 'refused', atMs: NOW_MS, node: 'node-a', message: '550 no' },
    ],
  });
  return node;
}

describe('what fires', () => {
  test('is said with counts, the gravest first, who was told, when and by whom', async () => {
    const text = words(await textOf(someNode()));
    expect(text).toContain('1 urgent 1 important 0 other 0 interesting 2 alerts in 2 groups');
    expect(text.indexOf('Down')).toBeLessThan(text.indexOf('DiskFull'));
    expect(text).toContain('for 2 h 10 min since 2026-01-15 09:50:00 UTC');
    expect(text).toContain('phone : telegram told 3 min ago, at 2026-01-15 11:57:00 UTC by node-b');
    expect(text).toContain('mail refused 0 s ago, at 2026-01-15 12:00:00 UTC by node-a: 550 no');
  });

  test('names each alert by what it has of its own, and a severity of their own by its word', async () => {
    const node = new FakeNode();
    const labels = { alertname: 'Down', severity: 'sev1', job: 'db' };
    const [one, two] = ['a', 'b'].map((instance) =>
      node.addAlert({ ...labels, instance }, { annotations: { summary: `${instance} is down` } }),
    );
    if (!one || !two) throw new Error('two were made');
    node.addFiringGroup([one, two], { labels: { alertname: 'Down' } });
    const text = words(await textOf(node));
    expect(text).toContain('sev1 2 alerts');
    expect(text).toMatch(/instance=a: a is down, for .* instance=b: b is down, for /);
  });

  test('of many alerts in a group is cut, and says so', async () => {
    const node = new FakeNode();
    const alerts = Array.from({ length: 13 }, (_, index) =>
      node.addAlert({ alertname: 'Many', instance: `i${index}` }),
    );
    node.addFiringGroup(alerts, { labels: { alertname: 'Many' } });
    const html = await textOf(node);
    expect(html.match(/<li>instance=/g)).toHaveLength(10);
    expect(words(html)).toContain('and 3 more');
  });

  test('is text, whatever strangers wrote', async () => {
    const node = someNode();
    const evil = node.addAlert({ alertname: '<script>alert(1)</script>', x: '"><img src=x onerror=alert(1)>' });
    node.addFiringGroup([evil], { labels: evil.labels, receiver: "'><svg onload=x>" });
    const html = await textOf(node, `?filter=${encodeURIComponent('alertname!="<b onclick=x>"')}`);
    expect(html).not.toMatch(/<(script>|img|svg|b onclick)/);
    expect(html).toContain('It is &#60;b&#62;full');
  });

  test.each([
    ['?severity=urgent', 'Down', 'DiskFull'],
    [`?filter=${encodeURIComponent('job="db"')}`, 'DiskFull', 'phone'],
    ['?receiver=team', 'DiskFull', 'phone'],
  ])('is narrowed by %s as the page is', async (query, there, notThere) => {
    const text = words(await textOf(someNode(), query));
    expect(text).toContain(there);
    expect(text).not.toContain(notThere);
    expect(text).toContain('Show everything');
  });

  test('says what is wrong with a filter', async () => {
    expect(words(await textOf(someNode(), '?filter=nonsense'))).toMatch(
      /This view cannot be shown: filter: .*nonsense/,
    );
  });

  test('names what keeps it quiet', async () => {
    const node = someNode();
    const { id } = node.addSilence({ matchers: [new Matcher('=', 'job', 'db')] });
    const html = await textOf(node);
    expect(html).toContain(`1 silenced by <a href="./silences/${id}">${id}</a>`);
  });

  test('is cut after two hundred groups', async () => {
    const node = new FakeNode();
    for (let index = 0; index < 203; index++) {
      const alert = node.addAlert({ alertname: `Alert${index}` });
      node.addFiringGroup([alert], { labels: alert.labels });
    }
    const html = await textOf(node);
    expect(html.match(/<article/g)).toHaveLength(200);
    expect(words(html)).toContain('and 3 more');
  });

  test('is nothing, since when', async () => {
    const node = new FakeNode();
    node.quietSinceMs = NOW_MS - 60_000;
    expect(words(await textOf(node))).toContain(
      'All is quiet Nothing has fired for 1 min, since 2026-01-15 11:59:00 UTC',
    );
  });
});
