/** Who goes from page to page, or only listens to one, keeps their place: after Back, by keyboard, and while much changes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atRest, TestBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import type { ProcessNode } from '../support/process-node.ts';

const config = `
route: { receiver: nobody, group_by: [alertname], group_wait: 0s }
receivers: [{ name: nobody }]
`;

describe('a person among many alerts', () => {
  const owned = new AsyncDisposableStack();
  let browser: TestBrowser;
  let node: ProcessNode;

  beforeAll(async () => {
    const cluster = owned.use(await ProcessCluster.start({ config, size: 1 }));
    node = cluster.node('n1');
    browser = owned.use(await TestBrowser.start());
    const labels = (index: number) => ({ alertname: `Alert${String(index).padStart(3, '0')}`, severity: 'urgent' });
    await node.api.post(...Array.from({ length: 300 }, (_, index) => ({ labels: labels(index) })));
  });
  afterAll(() => owned.disposeAsync());

  test('finds the list where they left it, and is on the page they came to', async () => {
    await using open = await browser.open(node.url, { screen: 'phone' });
    const { page } = open;
    await page.getByText('Alert000').first().waitFor();
    await page.evaluate('window.scrollTo(0, 9000)');
    await eventually('the list is there', async () => (await page.evaluate(TOP_GROUP)) !== '');
    await eventually('the place is kept', async () => (await page.evaluate<number>('history.state?.scrollY')) === 9000);
    const left = await page.evaluate<string>(TOP_GROUP);
    await page.locator(`article[aria-label="${left}"]`).getByRole('button').first().press('Enter');
    await page.getByRole('link', { name: 'Everything about it' }).press('Enter');
    await atRest(open);
    expect(await page.evaluate('scrollY')).toBe(0);
    expect(await page.evaluate('document.activeElement.id')).toBe('page');
    await page.getByRole('status').filter({ hasText: 'Group' }).waitFor({ state: 'attached' });

    await page.goBack();
    await eventually('the list is where it was', async () => (await page.evaluate(TOP_GROUP)) === left);
    expect(Math.abs((await page.evaluate<number>('scrollY')) - 9000)).toBeLessThan(3);
    expect(open.complaints).toEqual([]);
  });

  test('sees the right ages at once, though the clock of their device is a day off', async () => {
    await using open = await browser.open(`${node.url}/status`);
    await open.page.addInitScript(`{
      const now = Date.now;
      Date.now = () => now() + 86_400_000;
      window.agesSeen = new Set();
      new MutationObserver(() => {
        for (const age of document.querySelectorAll('.group-row-since')) window.agesSeen.add(age.textContent);
      }).observe(document, { subtree: true, childList: true, characterData: true });
    }`);
    await open.page.goto(node.url);
    await open.page.getByText('Alert000').first().waitFor();
    const ages = await open.page.evaluate<string[]>('[...window.agesSeen]');
    expect(ages.filter((age) => / d/.test(age))).toEqual([]);
    expect(ages.length).toBeGreaterThan(0);
  });

  test('is told of a storm by a screen reader now and then, not each second', async () => {
    await using open = await browser.open(node.url);
    await open.page.getByText('Alert000').first().waitFor();
    await open.page.evaluate(COUNT_WHAT_IS_SAID);
    for (let wave = 0; wave < 5; wave += 1) {
      await node.api.post({ labels: { alertname: `Storm${wave}`, severity: 'urgent' } });
      const alerts = `${301 + wave} alerts`;
      await open.page.locator('.now-total').getByText(alerts).waitFor();
    }
    await eventually('it is said', async () => (await open.page.evaluate<number>('window.said')) > 0);
    expect(await open.page.evaluate('window.said')).toBeLessThanOrEqual(2);
  });
});

const TOP_GROUP = `[...document.querySelectorAll('.group-row')]
  .filter((row) => row.getBoundingClientRect().top > 100)
  .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)[0]?.getAttribute('aria-label') ?? ''`;

const COUNT_WHAT_IS_SAID = `{
  window.said = 0;
  const words = new Map();
  setInterval(() => {
    for (const region of document.querySelectorAll('[role=status], [role=alert], [aria-live]')) {
      const text = region.textContent;
      if (text !== (words.get(region) ?? '')) window.said += 1;
      words.set(region, text);
    }
  }, 20);
}`;
