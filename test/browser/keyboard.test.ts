/** Somebody who uses no mouse: from what fires to a silence of it, by keys alone, told where they are at each step. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHROMIUM, TestBrowser, takenOver } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import type { ProcessNode } from '../support/process-node.ts';
import { describeWithPrograms } from '../support/required-programs.ts';

const config = `
route: { receiver: nobody, group_by: [alertname], group_wait: 0s }
receivers: [{ name: nobody }]
`;

describeWithPrograms([CHROMIUM], 'by keyboard alone', () => {
  const owned = new AsyncDisposableStack();
  let browser: TestBrowser;
  let node: ProcessNode;

  beforeAll(async () => {
    const cluster = owned.use(await ProcessCluster.start({ config, size: 1 }));
    node = cluster.node('n1');
    browser = owned.use(await TestBrowser.start());
    await node.api.post({ labels: { alertname: 'DiskFull', severity: 'urgent' } });
  });
  afterAll(() => owned.disposeAsync());

  test('a silence is made', async () => {
    await using open = await browser.open(node.url);
    const { page } = open;
    await takenOver(open);
    await page.getByText('DiskFull').first().waitFor();
    const focused = () => page.evaluate<string>(NAME_OF_FOCUSED);
    const tabTo = async (name: RegExp, most = 40) => {
      for (let presses = 0; presses < most; presses += 1) {
        await page.keyboard.press('Tab');
        if (name.test(await focused())) return;
      }
      throw new Error(`${most} times Tab leads to nothing called ${name}; the last was ${await focused()}`);
    };

    // The very first stop leads past the navigation.
    await page.keyboard.press('Tab');
    expect(await focused()).toMatch(/to the content/i);
    await page.keyboard.press('Enter');
    await tabTo(/silence/i);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /silence/i }).waitFor();
    // It begins with the one thing that is missing.
    await eventually('the name is asked for', async () => /^your name/i.test(await focused()));
    await page.keyboard.type('nora');
    await page.keyboard.press('Enter');

    await eventually('the silence is made', async () => {
      const [silence] = await silences(node);
      return silence?.createdBy === 'nora' && silence.matchers.some(({ value }) => value === 'DiskFull');
    });
    // Whoever sees nothing is told what came of it.
    await page
      .getByRole('status')
      .filter({ hasText: /silenced/i })
      .first()
      .waitFor();
    expect(open.complaints).toEqual([]);
  });

  test('silences are ended one after the other, without beginning at the top again', async () => {
    await node.api.silence('alertname', 'One');
    await node.api.silence('alertname', 'Two');
    await using open = await browser.open(`${node.url}/silences`);
    const { page } = open;
    const cards = page.locator('.silence-in-list');
    await cards.nth(1).waitFor();
    const before = await cards.count();
    await cards.first().getByRole('button', { name: /^End/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: /^End/ }).press('Enter');
    await eventually('it is gone', async () => (await cards.count()) === before - 1);
    await eventually(
      'the focus is on the page',
      async () => (await page.evaluate<string>(NAME_OF_FOCUSED)) === 'Silences',
    );
  });
});

async function silences(node: ProcessNode) {
  const answer = await fetch(`${node.url}/api/v2/silences`);
  return (await answer.json()) as { createdBy: string; matchers: { value: string }[] }[];
}

/** What a screen reader would call it, roughly. */
const NAME_OF_FOCUSED = `(() => {
  const element = document.activeElement;
  if (!element) return '';
  const labelled = element.labels?.[0]?.textContent ?? '';
  return (element.getAttribute('aria-label') ?? labelled) || element.textContent || '';
})()`;
