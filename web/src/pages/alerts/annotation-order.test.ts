import { expect, test } from 'vitest';
import { orderedAnnotations } from './annotation-order.ts';

test('the summary first, the runbook before other links', () => {
  const ordered = orderedAnnotations({
    zone: 'b',
    description: 'all of it',
    grafana_url: 'https://grafana.example/d/1',
    summary: 'Disk full',
    runbook_url: 'https://runbooks.example/disk',
    empty: ' ',
  });
  expect(ordered.texts.map(([name]) => name)).toEqual(['summary', 'description', 'zone']);
  expect(ordered.links.map(({ words }) => words)).toEqual(['Runbook', 'Grafana']);
});

test('what would run in the page, or is more than an address, is text', () => {
  const ordered = orderedAnnotations({
    runbook_url: 'javascript:alert(1)',
    dashboard: 'data:text/html,<b>',
    relative: '/silences',
    sentence: 'see https://x.example and https://y.example',
  });
  expect(ordered.links).toEqual([]);
  expect(ordered.texts).toHaveLength(4);
});
