/**
 * `npm run pictures [-- directory]`: every page of the web UI, on a phone, on a desk and in the dark, as PNG files for a
 * person to look at, in pictures/ unless told otherwise. The README shows two of them, kept in docs/pictures/.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { atRest, type OpenOptions, TestBrowser } from '../test/support/browser.ts';
import { ProcessCluster } from '../test/support/process-cluster.ts';
import { showcaseConfig, showcasePages, showShowcase } from '../test/support/ui-showcase.ts';
import { WebhookSink } from '../test/support/webhook-sink.ts';
import { buildWeb } from './build-web.ts';
import { repository } from './step.ts';

const LOOKS: ReadonlyMap<string, OpenOptions> = new Map<string, OpenOptions>([
  ['phone', { screen: 'phone' }],
  ['phone-dark', { screen: 'phone', colorScheme: 'dark' }],
  ['desktop', { screen: 'desktop' }],
  ['desktop-dark', { screen: 'desktop', colorScheme: 'dark' }],
]);

const directory = resolve(process.argv[2] ?? join(repository, 'pictures'));
mkdirSync(directory, { recursive: true });
await buildWeb();
await using sink = await WebhookSink.start();
await using cluster = await ProcessCluster.start({ config: showcaseConfig(sink.url('')) });
await using browser = await TestBrowser.start();
await showShowcase(cluster);
for (const [name, path] of await showcasePages(cluster)) {
  for (const [look, options] of LOOKS) {
    const javaScript = name !== 'now without script';
    await using open = await browser.open(`${cluster.node('n1').url}${path}`, { ...options, javaScript });
    await atRest(open);
    await open.page.screenshot({ path: join(directory, `${name.replaceAll(' ', '-')}-${look}.png`) });
    for (const complaint of open.complaints) process.stderr.write(`${name}, ${look}: ${complaint}\n`);
  }
}
process.stdout.write(`Written to ${directory}\n`);
