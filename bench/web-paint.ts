/** How soon people see something: from asking for the page to the most urgent group on it, and from a key to the list it asks for. */
import type { TestBrowser } from '../test/support/browser.ts';
import type { ProcessNode } from '../test/support/process-node.ts';

export const ALERTS = 10_000;
export const GROUPS = 500;
const BATCH = 500;
/** What the UI is held to, in milliseconds, on a quiet machine. */
export const PAINT_LIMITS = { firstUsefulPaintMs: 1_500, keystrokeToPaintMs: 100, lastKeyToFoundMs: 1_000 } as const;

export interface Spread {
  readonly median: number;
  readonly most: number;
}

/** Of group 17 there is one urgent alert, and it stands first. */
export function manyAlert(index: number) {
  const group = index % GROUPS;
  const severity = index === 17 ? 'urgent' : ['important', 'interesting'][group % 2];
  return {
    labels: {
      alertname: `Alert${String(group % 50).padStart(2, '0')}`,
      group: `group-${String(group).padStart(3, '0')}`,
      instance: `host-${index}`,
      job: `job-${group % 20}`,
      severity: severity as string,
    },
    annotations: { summary: `Something is wrong with host ${index}` },
    generatorURL: `https://prometheus.example.org/graph?host=${index}`,
  };
}

export async function postManyAlerts({ api }: ProcessNode): Promise<void> {
  for (let from = 0; from < ALERTS; from += BATCH) {
    await api.post(...Array.from({ length: BATCH }, (_, offset) => manyAlert(from + offset)));
  }
}

export async function paintFigures(
  browser: TestBrowser,
  node: ProcessNode,
  { rounds }: { readonly rounds: number },
): Promise<Readonly<Record<keyof typeof PAINT_LIMITS, Spread>>> {
  const firstMs: number[] = [];
  const keyMs: number[] = [];
  const foundMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await using open = await browser.open(node.url, { screen: 'phone' });
    const { page } = open;
    firstMs.push(await page.evaluate<number>(FIRST_USEFUL_PAINT));
    const filter = page.getByRole('combobox').first();
    await filter.click();
    await page.evaluate(WATCH_KEYS);
    // Narrows what is shown with each key; then one group is left, which was not loaded before.
    for (const key of 'group-49') {
      await page.keyboard.press(key);
      keyMs.push(await page.evaluate<number>(LAST_KEY_PAINTED));
    }
    await page.keyboard.press('9');
    await page.getByText('20 alerts in 1 group').waitFor();
    foundMs.push(await page.evaluate<number>(SINCE_LAST_KEY));
  }
  return {
    firstUsefulPaintMs: spread(firstMs),
    keystrokeToPaintMs: spread(keyMs),
    lastKeyToFoundMs: spread(foundMs),
  };
}

/** When the urgent alert's group was first painted: with the first contents, if it is among them, else when it came. */
const FIRST_USEFUL_PAINT = `new Promise((resolve) => {
  const look = () => {
    if (!document.querySelector('main')?.textContent.includes('group-017')) return requestAnimationFrame(look);
    const [first] = performance.getEntriesByName('first-contentful-paint');
    const cameWithPage = performance.timing.domInteractive - performance.timing.navigationStart;
    requestAnimationFrame(() => resolve(first && !window.__late ? Math.max(first.startTime, cameWithPage) : performance.now()));
    window.__late = true;
  };
  look();
})`;

/** From the key's own time stamp to the frame that shows what came of it first, in the list or above it. */
const WATCH_KEYS = `
  window.__keys = { downAt: 0, paintedAt: 0 };
  addEventListener('keydown', (event) => { window.__keys = { downAt: event.timeStamp, paintedAt: 0 }; }, { capture: true });
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => { window.__keys.paintedAt ||= performance.now(); })))
    .observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true, attributes: true });
`;
/** Rejects if nothing came of it. */
const LAST_KEY_PAINTED = `new Promise((resolve, reject) => {
  const look = () => {
    const { downAt, paintedAt } = window.__keys;
    if (paintedAt > 0) resolve(paintedAt - downAt);
    else if (performance.now() - downAt > 5000) reject(new Error('a key changed nothing'));
    else setTimeout(look, 5);
  };
  look();
})`;
const SINCE_LAST_KEY = 'performance.now() - window.__keys.downAt';

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}
