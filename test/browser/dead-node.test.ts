/** The node the browser is on dies: the page says since when it is out of date, and goes on by itself when the node is back. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHROMIUM, TestBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import { describeWithPrograms } from '../support/required-programs.ts';

const HAS_ASKED_FOR_MEMBERS = `performance.getEntriesByType('resource')
  .some(({ name, responseEnd }) => name.endsWith('/api/v3/cluster') && responseEnd > 0)`;

const config = `
route: { receiver: nobody, group_by: [alertname], group_wait: 0s }
receivers: [{ name: nobody }]
`;

describeWithPrograms([CHROMIUM], 'a node that dies', () => {
  const owned = new AsyncDisposableStack();
  let browser: TestBrowser;
  let cluster: ProcessCluster;

  beforeAll(async () => {
    cluster = owned.use(await ProcessCluster.start({ config }));
    browser = owned.use(await TestBrowser.start());
  });
  afterAll(() => owned.disposeAsync());

  test('is said to be dead on the page, which then shows what happened meanwhile', async () => {
    const [first, second] = cluster.nodes;
    if (!first || !second) throw new Error('three nodes were started');
    await first.api.post({ labels: { alertname: 'BeforeDeath' } });
    await using open = await browser.open(first.url);
    await open.page.getByText('BeforeDeath').first().waitFor();
    await eventually('the page has asked who else there is', () => open.page.evaluate<boolean>(HAS_ASKED_FOR_MEMBERS));

    await first.kill();
    const banner = open.page.getByRole('alert');
    await banner.getByText(/does not answer/).waitFor();
    // Where to look meanwhile.
    await banner.getByRole('link', { name: /n2/ }).waitFor();
    await open.page.getByText('BeforeDeath').first().waitFor();

    await second.api.post({ labels: { alertname: 'DuringDeath' } });
    await first.start();
    await open.page.getByText('DuringDeath').first().waitFor({ timeout: 30_000 });
    await banner.waitFor({ state: 'hidden' });
    expect(open.complaints).toEqual([]);
  });

  test('leaves the buttons of a form on a phone within reach', async () => {
    const [first] = cluster.nodes;
    if (!first) throw new Error('three nodes were started');
    await using open = await browser.open(`${first.url}/silences/new?filter=${encodeURIComponent('alertname="X"')}`, {
      screen: 'phone',
    });
    const submit = open.page.locator('button[type=submit]');
    await submit.waitFor();
    await first.kill();
    await open.page
      .getByRole('alert')
      .getByText(/does not answer/)
      .waitFor();
    await submit.click({ trial: true });
    await first.start();
  });
});
