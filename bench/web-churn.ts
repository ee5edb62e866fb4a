/** Alerts come and go for minutes while the page is open; its memory, after a collection, is said every half minute. */
import type { TestBrowser } from '../test/support/browser.ts';
import type { ProcessNode } from '../test/support/process-node.ts';
import { ALERTS, manyAlert } from './web-paint.ts';

const CHANGES_A_SECOND = 100;
const SAMPLE_EVERY_S = 30;

export async function churn(
  browser: TestBrowser,
  node: ProcessNode,
  { minutes }: { readonly minutes: number },
): Promise<void> {
  await using open = await browser.open(node.url);
  const { page } = open;
  const session = await page.context().newCDPSession(page);
  const heapMiB = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return usedSize / 2 ** 20;
  };
  const domNodes = () => page.evaluate<number>('document.getElementsByTagName("*").length');
  const sinceMs = performance.now();
  const samples: number[] = [];
  let next = ALERTS;
  for (let second = 0; second < minutes * 60; second += 1) {
    const ended = Array.from({ length: CHANGES_A_SECOND / 2 }, (_, offset) => ({
      ...manyAlert(next - ALERTS + offset),
      endsAt: new Date().toISOString(),
    }));
    const begun = Array.from({ length: CHANGES_A_SECOND / 2 }, (_, offset) => manyAlert(next + offset));
    next += CHANGES_A_SECOND / 2;
    await node.api.post(...ended, ...begun);
    if (second % SAMPLE_EVERY_S === 0) {
      const sample = await heapMiB();
      samples.push(sample);
      console.log(`${String(second).padStart(4)} s: ${sample.toFixed(1)} MiB of heap, ${await domNodes()} elements`);
    }
    const dueMs = sinceMs + (second + 1) * 1_000;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
  }
  const half = samples.slice(Math.floor(samples.length / 2));
  const early = samples.slice(1, Math.floor(samples.length / 2));
  console.log(
    `first half (without the first sample): ${mean(early).toFixed(1)} MiB; second half: ${mean(half).toFixed(1)} MiB`,
  );
  if (open.complaints.length > 0) console.log(`the page complains: ${open.complaints.join('; ')}`);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
