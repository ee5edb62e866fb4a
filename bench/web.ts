/**
 * The web UI with very many alerts, in the system's Chromium, from a node of its own on loopback:
 *
 *     npm run bench-web -- paint              10 000 alerts in 500 groups: first useful paint, keystroke to paint in the filter
 *     npm run bench-web -- churn [minutes]    the same while alerts come and go: what the page's memory does (ten minutes)
 *
 * Times are of this machine and what else it does; the console says them with their spread.
 */
import { TestBrowser } from '../test/support/browser.ts';
import { ProcessCluster } from '../test/support/process-cluster.ts';
import { churn } from './web-churn.ts';
import { PAINT_LIMITS, paintFigures, postManyAlerts } from './web-paint.ts';

const CONFIG = `
route: { receiver: nobody, group_by: [alertname, group], group_wait: 1s, group_interval: 5s }
receivers: [{ name: nobody }]
`;
const DEFAULT_MINUTES = 10;

const [what, minutes] = process.argv.slice(2);
await using cluster = await ProcessCluster.start({ config: CONFIG, size: 1 });
await using browser = await TestBrowser.start();
const node = cluster.node('n1');
await postManyAlerts(node);
if (what === 'paint') {
  const figures = await paintFigures(browser, node, { rounds: 5 });
  for (const [name, { median, most }] of Object.entries(figures)) {
    const limitMs = PAINT_LIMITS[name as keyof typeof PAINT_LIMITS];
    console.log(`${name}: median ${Math.round(median)} ms, most ${Math.round(most)} ms (wanted: under ${limitMs} ms)`);
  }
} else if (what === 'churn') {
  await churn(browser, node, { minutes: Number(minutes ?? DEFAULT_MINUTES) });
} else {
  console.error('say which: npm run bench-web -- paint|churn [minutes]');
  process.exitCode = 2;
}
