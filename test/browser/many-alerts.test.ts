/**
 * Ten thousand alerts in five hundred groups on one page: it is there soon, and answers keys. How soon exactly is measured by
 * npm run bench-web; here only what would be far off on any machine fails.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAINT_LIMITS, paintFigures, postManyAlerts } from '../../bench/web-paint.ts';
import { CHROMIUM, TestBrowser, takenOver } from '../support/browser.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import type { ProcessNode } from '../support/process-node.ts';
import { describeWithPrograms } from '../support/required-programs.ts';

const config = `
route: { receiver: nobody, group_by: [alertname, group], group_wait: 0s }
receivers: [{ name: nobody }]
`;
/** Machines are shared. */
const MARGIN = 8;

describeWithPrograms([CHROMIUM], 'ten thousand alerts', () => {
  const owned = new AsyncDisposableStack();
  let browser: TestBrowser;
  let node: ProcessNode;

  beforeAll(async () => {
    const cluster = owned.use(await ProcessCluster.start({ config, size: 1 }));
    node = cluster.node('n1');
    browser = owned.use(await TestBrowser.start());
    await postManyAlerts(node);
  });
  afterAll(() => owned.disposeAsync());

  test('are seen, and filtered as one types', async () => {
    const { firstUsefulPaintMs, keystrokeToPaintMs, lastKeyToFoundMs } = await paintFigures(browser, node, {
      rounds: 1,
    });
    expect(firstUsefulPaintMs.median).toBeLessThan(MARGIN * PAINT_LIMITS.firstUsefulPaintMs);
    expect(keystrokeToPaintMs.median).toBeLessThan(MARGIN * PAINT_LIMITS.keystrokeToPaintMs);
    expect(lastKeyToFoundMs.median).toBeLessThan(MARGIN * PAINT_LIMITS.lastKeyToFoundMs);
  });

  test('are looked into by words, also those that are not shown yet; the address keeps the words', async () => {
    await using open = await browser.open(node.url);
    const { page } = open;
    await takenOver(open);
    await page.getByRole('combobox').first().pressSequentially('host-4999');
    // One alert of a group of twenty: nothing that its group says of itself has the word.
    await page.getByText('1 alert in 1 group').waitFor();
    await page.getByText('group-499').first().waitFor();
    await page.waitForURL(/q=host-4999/);
    await page.reload();
    await takenOver(open);
    await page.getByText('1 alert in 1 group').waitFor();
    expect(await page.getByRole('combobox').first().inputValue()).toBe('host-4999');
    expect(open.complaints).toEqual([]);
  });

  test('are a list whose length the page does not feel', async () => {
    await using open = await browser.open(node.url);
    await takenOver(open);
    await open.page.getByText('group-017').first().waitFor();
    await open.page.keyboard.press('End');
    await open.page.getByText('group-499').first().waitFor();
    expect(await open.page.evaluate<number>('document.getElementsByTagName("*").length')).toBeLessThan(6_000);
    expect(open.complaints).toEqual([]);
  });
});
