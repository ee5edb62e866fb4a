/** What whoever runs Tocsin looks at: what happened, whether receivers work, who is alive, where an alert would go, what runs. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHROMIUM, TestBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import { describeWithPrograms } from '../support/required-programs.ts';
import { WebhookSink } from '../support/webhook-sink.ts';

const configFor = (sinkUrl: string) => `
route:
  receiver: team
  group_by: [alertname]
  group_wait: 0s
  routes:
    - matchers: [severity="urgent"]
      receiver: on-call
receivers:
  - name: team
    webhook_configs: [{ url: '${sinkUrl}/team' }]
  - name: on-call
    webhook_configs: [{ url: '${sinkUrl}/phone' }, { url: 'http://127.0.0.1:1/nobody-listens' }]
`;

describeWithPrograms([CHROMIUM], 'how things are', () => {
  const owned = new AsyncDisposableStack();
  let browser: TestBrowser;
  let cluster: ProcessCluster;
  let sink: WebhookSink;
  let config: string;

  beforeAll(async () => {
    sink = owned.use(await WebhookSink.start());
    config = configFor(sink.url(''));
    cluster = owned.use(await ProcessCluster.start({ config }));
    browser = owned.use(await TestBrowser.start());
  });
  afterAll(() => owned.disposeAsync());

  const open = (path: string, screen: 'phone' | 'desktop' = 'phone') =>
    browser.open(`${cluster.node('n1').url}${path}`, { screen });

  test('what happens appears in the history by itself, and can be narrowed down and exported', async () => {
    await using window = await open('/history?range=1h');
    const { page } = window;
    await page.getByText('Started').first().waitFor();
    await cluster.node('n2').api.post({ labels: { alertname: 'DiskFull', severity: 'important' } });
    const sent = page.getByText(/webhook to team: 1 firing of the group DiskFull/);
    await sent.first().waitFor();

    await page.getByRole('button', { name: 'Filter …' }).click();
    await page.getByLabel('Alerts', { exact: true }).check();
    await sent.first().waitFor({ state: 'detached' });
    await page.getByText('DiskFull {severity=important}').first().waitFor();
    // What is seen can be sent to somebody, and taken away.
    expect(new URL(page.url()).searchParams.getAll('kind')).toEqual(['alert']);
    const href = await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href');
    const exported = await fetch(new URL(href ?? '', page.url()));
    expect(await exported.text()).toContain('DiskFull');
    expect(window.complaints).toEqual([]);
  });

  test('the test of a receiver asks before it rings, and says what became of each channel', async () => {
    await using window = await open('/receivers');
    const { page } = window;
    const tests = () => sink.received.filter(({ headers }) => headers['x-tocsin-test'] === 'true');
    await page.getByRole('button', { name: 'Test on-call …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Test on-call' });
    await dialog.getByText(/really sends a message to on-call/).waitFor();
    expect(tests()).toEqual([]);

    await dialog.getByRole('button', { name: 'Send the test message' }).click();
    await dialog
      .getByText(/ECONNREFUSED/)
      .first()
      .waitFor();
    await dialog.getByText('sent', { exact: true }).waitFor();
    expect(tests().map(({ path }) => path)).toEqual(['/phone']);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(window.complaints).toEqual([]);
  });

  test('the way of an alert shows as its labels are typed, and what another configuration would change', async () => {
    await using window = await open('/routing', 'desktop');
    const { page } = window;
    await page.getByRole('combobox').fill('alertname=Foo severity=urgent');
    await page.getByText('It goes to on-call.').waitFor();
    const route = page.getByRole('listitem').filter({ has: page.getByText('taken', { exact: true }) });
    expect(await route.last().innerText()).toContain('severity="urgent"');
    // The address holds it, so that it can be sent to somebody.
    await eventually(
      'the labels are in the address',
      async () => new URL(page.url()).searchParams.get('labels') === 'alertname=Foo severity=urgent',
    );

    await page.getByLabel('A whole configuration file').fill(config.replace('receiver: on-call', 'receiver: team'));
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('receiver: on-call → team').waitFor();
    expect(await page.getByRole('insertion').first().innerText()).toContain('team');
    expect(await page.getByRole('deletion').first().innerText()).toContain('on-call');
    expect(window.complaints).toEqual([]);
  });

  test('the configuration is shown with its secrets masked, and what was given on the command line first', async () => {
    await using window = await open('/status');
    const { page } = window;
    const text = await page.getByRole('region', { name: 'The configuration as YAML' }).innerText();
    expect(text).toContain('receiver: on-call');
    expect(text).not.toContain('nobody-listens');
    expect(await page.getByRole('term').filter({ hasText: '--' }).first().innerText()).toMatch(/^--cluster\./);
    expect(window.complaints).toEqual([]);
  });

  test('a dead node is drawn as dead, and its part of the history is said to be missing', async () => {
    await cluster.node('n3').kill();
    await using window = await open('/cluster');
    const { page } = window;
    await page.getByText('2 of 3 members alive').waitFor();
    await page.getByRole('img', { name: /2 living members: n1, n2\. Not alive: n3\./ }).waitFor();
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByText('Missing: n3').waitFor();
    expect(window.complaints).toEqual([]);
  });
});
