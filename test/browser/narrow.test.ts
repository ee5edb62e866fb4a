/** Long words without a break, on the narrowest phone: no page is wider than it, or one would lose one's way in it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atRest, TestBrowser } from '../support/browser.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import type { ProcessNode } from '../support/process-node.ts';

const config = `
route: { receiver: nobody, group_by: [alertname, cluster], group_wait: 0s }
receivers: [{ name: nobody }]
`;
const LONG = 'x'.repeat(500);
const LABELS = { alertname: `Alert${LONG}`, severity: `word${LONG}`, cluster: LONG, path: `/${LONG}` };

describe('on a screen of 360 px', () => {
  const owned = new AsyncDisposableStack();
  let browser: TestBrowser;
  let node: ProcessNode;
  let fingerprint: string;
  let silence: string;
  let group: string;

  beforeAll(async () => {
    const cluster = owned.use(await ProcessCluster.start({ config, size: 1 }));
    node = cluster.node('n1');
    browser = owned.use(await TestBrowser.start());
    const annotations = { summary: LONG, description: 'many words '.repeat(400) };
    await node.api.post({ labels: LABELS, annotations });
    silence = await node.api.silence('alertname', LABELS.alertname);
    fingerprint = (await node.api.alerts())[0]?.fingerprint ?? '';
    const answer = await fetch(`${node.url}/api/v3/groups`);
    group = ((await answer.json()) as { groups: { id: string }[] }).groups[0]?.id ?? '';
  });
  afterAll(() => owned.disposeAsync());

  const filter = `filter=${encodeURIComponent(`alertname="${LABELS.alertname}"`)}`;
  test.each([
    '/?open=GROUP',
    '/?FILTER',
    '/silences',
    '/silences/new?FILTER',
    '/silences/SILENCE',
    '/alerts/FINGERPRINT',
    '/groups/GROUP',
    '/history',
    '/cluster',
    '/wall',
  ])('%s does not move sideways', async (path) => {
    const own = path
      .replace('FINGERPRINT', fingerprint)
      .replace('GROUP', group)
      .replace('SILENCE', silence)
      .replace('FILTER', filter);
    await using open = await browser.open(`${node.url}${own}`, { screen: 'phone' });
    await open.page.setViewportSize({ width: 360, height: 780 });
    await atRest(open);
    expect(await open.page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });

  test.each(['/', '/silences', '/silences/new?FILTER', '/alerts/FINGERPRINT'])(
    '%s does not move sideways either where letters are twice as large',
    async (path) => {
      await using open = await browser.open(
        `${node.url}${path.replace('FINGERPRINT', fingerprint).replace('FILTER', filter)}`,
        { screen: 'phone' },
      );
      await atRest(open);
      await open.page.evaluate("document.documentElement.style.fontSize = '200%'");
      expect(await open.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    },
  );

  test.each([
    ['/', '.group-row', 450],
    ['/silences', '.silence-in-list', 450],
    ['/alerts/FINGERPRINT', '.alert-head h1', 300],
  ])('on %s no name takes the whole screen', async (path, part, mostPx) => {
    await using open = await browser.open(`${node.url}${path.replace('FINGERPRINT', fingerprint)}`, {
      screen: 'phone',
    });
    await atRest(open);
    const box = await open.page.locator(part).first().boundingBox();
    expect(box?.height).toBeLessThan(mostPx);
  });

  test('further silences begin at their top', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `Other${index}`);
    await Promise.all(names.map((name) => node.api.silence('alertname', name)));
    await using open = await browser.open(`${node.url}/silences`, { screen: 'phone' });
    await open.page.getByRole('button', { name: /After/ }).click();
    await open.page.getByText(/51 to 61/).waitFor();
    expect(await open.page.evaluate('scrollY')).toBe(0);
  });

  test("the words of a severity of one's own are on its badge", async () => {
    await using open = await browser.open(`${node.url}/alerts/${fingerprint}`, { screen: 'phone' });
    await open.page.locator('.severity', { hasText: LABELS.severity }).first().waitFor();
  });
});
