/**
 * The whole point, as somebody lives through it at 3 a.m.: mails keep coming, a silence is made on the phone at one node,
 * another node's page shows it without being asked, the mails stop; it is ended there, and they go on.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMailServer } from '../../receivers/testing/mail-server.ts';
import { CHROMIUM, TestBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import { describeWithPrograms } from '../support/required-programs.ts';

const config = (mailPort: number) => `
global: { smtp_smarthost: '127.0.0.1:${mailPort}', smtp_from: tocsin@example.org, smtp_require_tls: false }
route: { receiver: ops, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1s }
receivers: [{ name: ops, email_configs: [{ to: ops@example.org }] }]
`;

describeWithPrograms([CHROMIUM], 'a silence made on the phone', () => {
  const owned = new AsyncDisposableStack();
  let browser: TestBrowser;
  let cluster: ProcessCluster;
  let mails: Awaited<ReturnType<typeof startMailServer>>;

  beforeAll(async () => {
    mails = owned.use(await startMailServer());
    cluster = owned.use(await ProcessCluster.start({ config: config(mails.port) }));
    browser = owned.use(await TestBrowser.start());
  });
  afterAll(() => owned.disposeAsync());

  const mailsAbout = (alertname: string) =>
    mails.arrived.filter(({ parsed }) => parsed.subject?.includes(alertname)).length;
  /** Two more ticks at which the other group was told again. */
  const untilToldTwiceMore = async (alertname: string) => {
    const before = mailsAbout(alertname);
    await eventually(`two more mails about ${alertname}`, () => mailsAbout(alertname) >= before + 2);
  };

  test('is seen on another node without reload, stops the mails, and ended there lets them go on', async () => {
    const [first, second] = cluster.nodes;
    if (!first || !second) throw new Error('three nodes were started');
    await first.api.post(
      { labels: { alertname: 'DiskFull', severity: 'urgent', instance: 'db1' } },
      { labels: { alertname: 'StillRinging', severity: 'important' } },
    );
    await untilToldTwiceMore('DiskFull');

    await using desk = await browser.open(`${second.url}/silences`);
    await using phone = await browser.open(first.url, { screen: 'phone', colorScheme: 'dark' });
    await phone.page.getByRole('link', { name: /silence.*DiskFull/i }).tap();
    await phone.page.getByLabel('Your name').fill('nora');
    // With the name known this is the second tap, and the last.
    await phone.page.getByRole('button', { name: '2 h', exact: true }).tap();
    await phone.page
      .getByText(/silenced until/i)
      .first()
      .waitFor();

    await desk.page.getByText('DiskFull').first().waitFor();
    // One mail may have been on its way.
    await untilToldTwiceMore('StillRinging');
    const before = mailsAbout('DiskFull');
    await untilToldTwiceMore('StillRinging');
    expect(mailsAbout('DiskFull')).toBe(before);

    await desk.page.getByRole('button', { name: /^End/ }).first().click();
    await desk.page.getByRole('dialog').getByRole('button', { name: /^End/ }).click();
    await untilToldTwiceMore('DiskFull');
    expect([...phone.complaints, ...desk.complaints]).toEqual([]);
  });
});
