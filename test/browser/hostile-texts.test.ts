/** Labels, annotations and links are anybody's words: on no page do they become markup, script or a link that runs one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { atRest, CHROMIUM, type OpenPage, TestBrowser } from '../support/browser.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import type { ProcessNode } from '../support/process-node.ts';
import { describeWithPrograms } from '../support/required-programs.ts';

const config = `
route: { receiver: nobody, group_by: ['...'], group_wait: 0s }
receivers: [{ name: nobody }]
`;

/** Each would set `hacked`, if it ran. */
const SCRIPT = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>"\'><svg onload=window.hacked=1>';
const LINK = 'javascript:window.hacked=1';
const HOSTILE = {
  labels: { alertname: `Hostile${SCRIPT}`, severity: SCRIPT, job: SCRIPT, instance: LINK },
  annotations: {
    summary: SCRIPT,
    description: `see ${LINK} or https://example.org/"onmouseover="window.hacked=1`,
    runbook_url: LINK,
    dashboard: ` \u0001jAvAsCrIpT:window.hacked=1`,
    picture: 'data:text/html,<script>window.hacked=1</script>',
  },
  generatorURL: LINK,
};

describeWithPrograms([CHROMIUM], 'hostile texts', () => {
  const owned = new AsyncDisposableStack();
  let browser: TestBrowser;
  let node: ProcessNode;
  let fingerprint: string;

  beforeAll(async () => {
    const cluster = owned.use(await ProcessCluster.start({ config, size: 1 }));
    node = cluster.node('n1');
    browser = owned.use(await TestBrowser.start());
    await node.api.post(HOSTILE);
    await node.api.silence('alertname', HOSTILE.labels.alertname);
    fingerprint = (await node.api.alerts())[0]?.fingerprint ?? '';
  });
  afterAll(() => owned.disposeAsync());

  const pages = [
    '/',
    '/wall',
    '/silences',
    '/silences/new',
    '/alerts/FINGERPRINT',
    '/history',
    '/receivers',
    '/cluster',
    '/routing',
    '/status',
  ];

  test.each(pages)('are only shown at %s', async (path) => {
    const query =
      path === '/silences/new'
        ? `?filter=${encodeURIComponent(`alertname=${JSON.stringify(HOSTILE.labels.alertname)}`)}&comment=${encodeURIComponent(SCRIPT)}`
        : '';
    await using open = await browser.open(`${node.url}${path.replace('FINGERPRINT', fingerprint)}${query}`);
    await atRest(open);
    await expectInert(open);
  });

  test('are only shown where there is no script', async () => {
    await using open = await browser.open(node.url, { javaScript: false });
    await open.page.getByText('<script>').first().waitFor();
    expect(await open.page.locator('main img, main svg[onload], main script').count()).toBe(0);
  });
});

async function expectInert({ page, complaints }: OpenPage): Promise<void> {
  expect(await page.evaluate('window.hacked')).toBeUndefined();
  const protocols = await page.evaluate<string[]>(
    "[...document.querySelectorAll('a[href]')].map((link) => link.protocol)",
  );
  expect(protocols.filter((protocol) => !['http:', 'https:', 'mailto:'].includes(protocol))).toEqual([]);
  expect(await page.locator('[onerror], [onload], [onmouseover]').count()).toBe(0);
  expect(complaints).toEqual([]);
}
