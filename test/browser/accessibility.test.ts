/** Every page, as axe-core judges it (WCAG 2.2 AA and its own best practices), on a phone in the dark and on a desk by day. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { atRest, CHROMIUM, type OpenPage, TestBrowser } from '../support/browser.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import { describeWithPrograms } from '../support/required-programs.ts';
import { showcaseConfig, showcasePages, showShowcase } from '../support/ui-showcase.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describeWithPrograms([CHROMIUM], 'axe-core finds nothing wrong', () => {
  const owned = new AsyncDisposableStack();
  let browser: TestBrowser;
  let cluster: ProcessCluster;
  let pages: ReadonlyMap<string, string>;

  beforeAll(async () => {
    cluster = owned.use(await ProcessCluster.start({ config: showcaseConfig() }));
    browser = owned.use(await TestBrowser.start());
    await showShowcase(cluster);
    pages = await showcasePages(cluster);
  });
  afterAll(() => owned.disposeAsync());

  test.each([
    ['now'],
    ['now without script'],
    ['wall'],
    ['silences'],
    ['new silence'],
    ['silence'],
    ['alert'],
    ['group'],
    ['history'],
    ['receivers'],
    ['cluster'],
    ['routing'],
    ['status'],
  ])('with the page %s', async (name) => {
    const path = pages.get(name);
    if (path === undefined) throw new Error(`the showcase has no page ${name}`);
    const url = `${cluster.node('n1').url}${path}`;
    for (const looks of [
      { screen: 'phone', colorScheme: 'dark' },
      { screen: 'desktop', colorScheme: 'light' },
    ] as const) {
      await using open = await browser.open(url, { ...looks, withoutScripts: name === 'now without script' });
      await atRest(open);
      expect(await violations(open), looks.screen).toEqual([]);
      expect(open.complaints).toEqual([]);
    }
  });
});

async function violations({ page }: OpenPage): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const { violations: found } = await page.evaluate<AxeResults>('axe.run()');
  return found.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}
