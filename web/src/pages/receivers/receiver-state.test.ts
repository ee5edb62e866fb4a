import { expect, test } from 'vitest';
import type { IntegrationHealth, ReceiverHealth } from '../../../../src/shapes/receivers.ts';
import { inOrder, integrationSummary, latencyWords, nodeState, queueWords, receiverState } from './receiver-state.ts';

const NOW = Date.parse('2026-03-02T12:00:00Z');
const health = (more: Partial<IntegrationHealth> = {}): IntegrationHealth => ({
  node: 'a',
  lastSentAt: '2026-03-02T11:00:00Z',
  lastFailedAt: null,
  lastError: '',
  isFailing: false,
  latencyMs: 20,
  sent: 1,
  failed: 0,
  underWay: 0,
  waiting: 0,
  closedUntil: null,
  ...more,
});
const receiver = (name: string, ...nodes: IntegrationHealth[]): ReceiverHealth => ({
  name,
  routes: 1,
  groups: 0,
  integrations: nodes.length === 0 ? [] : [{ integration: 'email', index: 0, sendResolved: true, nodes }],
});

test('a node’s way to somebody fails, is left alone, waits, is good, or was never used', () => {
  expect(nodeState(health({ isFailing: true }), NOW)).toBe('failing');
  expect(nodeState(health({ closedUntil: '2026-03-02T12:01:00Z' }), NOW)).toBe('left alone');
  expect(nodeState(health({ closedUntil: '2026-03-02T11:59:00Z' }), NOW)).toBe('good');
  expect(nodeState(health({ waiting: 3 }), NOW)).toBe('waiting');
  expect(nodeState(health({ lastSentAt: null }), NOW)).toBe('not used yet');
});

test('what fails comes first, whatever its name, and the rest by name', () => {
  const receivers = [
    receiver('c', health()),
    receiver('none'),
    receiver('z', health(), health({ isFailing: true })),
    receiver('b', health()),
  ];
  expect(inOrder(receivers, NOW).map(({ name }) => name)).toEqual(['z', 'b', 'c', 'none']);
  expect(receiverState(receiver('none'), NOW)).toBe('not used yet');
});

test('the summary has the latest of all nodes, and the error of who failed last', () => {
  const nodes = [
    health({ lastFailedAt: '2026-03-02T10:00:00Z', lastError: 'old', failed: 1 }),
    health({
      lastFailedAt: '2026-03-02T11:30:00Z',
      lastError: 'new',
      lastSentAt: '2026-03-02T11:40:00Z',
      waiting: 2,
      latencyMs: 77,
    }),
  ];
  expect(integrationSummary(nodes)).toMatchObject({
    lastSentAt: '2026-03-02T11:40:00Z',
    lastError: 'new',
    latencyMs: 77,
    waiting: 2,
    sent: 2,
    failed: 1,
  });
  expect(integrationSummary([])).toMatchObject({ lastSentAt: null, lastError: '' });
});

test('the queue says what is in it', () => {
  expect([queueWords(0, 0), queueWords(1, 0), queueWords(1, 3)]).toEqual([
    'empty',
    '1 under way',
    '1 under way, 3 waiting',
  ]);
});

test('latency is short to read', () => {
  expect([null, 340, 2_149].map(latencyWords)).toEqual(['–', '340 ms', '2.1 s']);
});
