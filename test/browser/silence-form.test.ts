/** What happens to what somebody types for a silence: nothing of it is lost, all of it can be changed, and taken back. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHROMIUM, TestBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import type { ProcessNode } from '../support/process-node.ts';
import { describeWithPrograms } from '../support/required-programs.ts';

const config = `
route: { receiver: nobody, group_by: [alertname], group_wait: 0s }
receivers: [{ name: nobody }]
`;
const HOUR_MS = 3_600_000;

describeWithPrograms([CHROMIUM], 'the form of a silence', () => {
  const owned = new AsyncDisposableStack();
  let browser: TestBrowser;
  let node: ProcessNode;

  beforeAll(async () => {
    const cluster = owned.use(await ProcessCluster.start({ config, size: 1 }));
    node = cluster.node('n1');
    browser = owned.use(await TestBrowser.start());
    await node.api.post(
      ...Array.from({ length: 8 }, (_, index) => ({
        labels: { alertname: `Alert${index}`, site: index < 6 ? 'a' : 'b' },
      })),
    );
  });
  afterAll(() => owned.disposeAsync());

  const formOf = (...filters: readonly string[]) =>
    browser.open(`${node.url}/silences/new?${new URLSearchParams(filters.map((filter) => ['filter', filter]))}`);
  const active = async () => (await node.api.silences()).filter(({ status }) => status.state === 'active');

  test('outlives a lost connection and a reload, and is then sent', async () => {
    await using open = await formOf('{alertname="Alert1"}');
    const { page } = open;
    await page.getByLabel('Your name').fill('nora');
    await page.getByLabel('How long').fill('until tomorrow 9:00');
    await page.getByLabel('Why').fill('new disks');
    await page.getByText('Mutes 1 of 8 alerts').waitFor();

    await page.context().setOffline(true);
    await page.keyboard.press('Enter');
    await page
      .getByRole('alert')
      .getByText(/cannot be reached.*Nothing you typed is lost/)
      .waitFor();
    await page.context().setOffline(false);
    await page.reload();
    await page.getByText('What you had typed is here again').waitFor();
    expect(await page.getByLabel('How long').inputValue()).toBe('until tomorrow 9:00');

    await page.getByLabel('Why').press('Enter');
    await page.getByText(/Silenced until .* 09:00: it mutes 1 alert/).waitFor();
    expect(await active()).toMatchObject([{ createdBy: 'nora', comment: 'new disks' }]);
    expect(open.complaints).toEqual([]);
  });

  test('says what it does not understand where it was typed', async () => {
    await using open = await formOf('alertname="Alert2"');
    const { page } = open;
    await page.getByLabel('Your name').fill('nora');
    await page.getByLabel('How long').fill('for ever and a day');
    await page.keyboard.press('Enter');
    await page.getByText(/no duration. Write it as 2h/).waitFor();
    expect(await focusedName(page)).toBe('when');

    const matchers = page.getByRole('combobox', { name: 'Alerts with these labels' });
    await matchers.fill('site=~"("');
    await matchers.press('Enter');
    await page.getByText(/error parsing regexp/).waitFor();
  });

  test('asks again before a broad one, and takes it back with one key', async () => {
    await using open = await formOf('site="a"');
    const { page } = open;
    await page.getByLabel('Your name').fill('nora');
    await page.getByRole('button', { name: '1 h', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'This silence is broad' });
    await dialog.getByText('It would mute 6 of the 8 alerts').waitFor();
    // Whoever presses Enter twice has not meant this.
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    expect((await active()).some(({ matchers }) => matchers.some(({ name }) => name === 'site'))).toBe(false);

    await page.getByRole('button', { name: '1 h', exact: true }).click();
    await dialog.getByRole('button', { name: 'Silence anyway' }).click();
    await page.getByText(/Silenced until .* it mutes 6 alerts/).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Ended: it mutes nothing any more').waitFor();
    expect((await active()).some(({ matchers }) => matchers.some(({ name }) => name === 'site'))).toBe(false);
  });

  test('changes an end and nothing else, whatever else the silence holds', async () => {
    const before = {
      matchers: [{ name: 'alertname', value: 'Alert3|Alert4', isRegex: true, isEqual: true }],
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + HOUR_MS).toISOString(),
      createdBy: 'ada',
      comment: 'rollout',
      annotations: { ticket: 'OPS-1' },
    };
    const answer = await fetch(`${node.url}/api/v2/silences`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(before),
    });
    const { silenceID } = (await answer.json()) as { silenceID: string };
    await using open = await browser.open(`${node.url}/silences/${silenceID}`);
    const { page } = open;
    await page.getByRole('link', { name: 'Change' }).click();
    await page.getByRole('button', { name: '4 h', exact: true }).click();
    await page.getByRole('button', { name: /^Save until/ }).click();
    await page.getByText(/Changed: it lasts until/).waitFor();

    const after = await silence(silenceID);
    expect(after).toMatchObject({ ...before, startsAt: expect.anything(), endsAt: expect.anything() });
    expect(Date.parse(after.endsAt)).toBeGreaterThan(Date.now() + 3 * HOUR_MS);

    await page.getByRole('button', { name: 'Undo' }).click();
    await eventually('the end is as it was', async () => (await silence(silenceID)).endsAt === before.endsAt);
    expect(open.complaints).toEqual([]);
  });

  async function silence(id: string) {
    const answer = await fetch(`${node.url}/api/v2/silence/${id}`);
    return (await answer.json()) as { endsAt: string };
  }
});

function focusedName(page: Page): Promise<string> {
  return page.evaluate<string>("document.activeElement?.name ?? ''");
}
