/** What one node is told all nodes know, no more often than they must, and in the same words whatever was lost between. */
import { afterEach, expect, test } from 'vitest';
import { AlertCluster, type AlertNode, type AlertNodeOptions, MINUTE_MS } from '../../test/support/alert-cluster.ts';
import type { Alert } from '../model/alert.ts';

let cluster: AlertCluster;
afterEach(() => cluster.stop());

async function clusterOf(nodes: Readonly<Record<string, AlertNodeOptions>>): Promise<AlertCluster> {
  cluster = new AlertCluster(nodes);
  await cluster.load();
  return cluster;
}

/** A checker speaks to the node, of something else, each minute. */
async function hearing(node: AlertNode, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    await node.post('Other');
    await cluster.advance(MINUTE_MS);
  }
}

async function pair(): Promise<{ a: AlertNode; b: AlertNode }> {
  await clusterOf({ a: {}, b: {} });
  return { a: cluster.node('a'), b: cluster.node('b') };
}

const words = (summary: string): Partial<Alert> => ({ annotations: { summary } });

test('an alert posted to one node fires, ends and fires again on all', async () => {
  const { a, b } = await pair();
  await a.post('Down', words('it is down'));
  await cluster.advance(1_000);
  expect(b.get('Down')?.annotations).toEqual({ summary: 'it is down' });
  await a.end('Down');
  await cluster.advance(1_000);
  await a.post('Down');
  await cluster.advance(1_000);
  expect(b.heard).toEqual(['Down new', 'Down ended', 'Down firing again']);
});

test('the end and the time it is known are those of the node that heard it, on clocks minutes apart', async () => {
  await clusterOf({ a: {}, b: { wallOffsetMs: 5 * MINUTE_MS } });
  const [a, b] = [cluster.node('a'), cluster.node('b')];
  await a.post('Down');
  await cluster.advance(MINUTE_MS);
  expect([a.minutesLeft('Down'), Math.round(b.minutesLeft('Down'))]).toEqual([4, 4]);
  const known = b.system.now().wallMs - (b.get('Down')?.receivedAtMs ?? 0);
  expect(Math.round(known / 1_000)).toBe(60);
  await b.end('Down');
  await cluster.advance(1_000);
  expect(a.state('Down')).toBe('ended');
});

test('a mere refresh is announced by nobody, whichever node it is posted to', async () => {
  const { a, b } = await pair();
  await a.post('Down');
  for (let minutes = 0; minutes < 4; minutes++) {
    await cluster.advance(MINUTE_MS);
    await a.post('Down');
    await b.post('Down');
  }
  expect(cluster.announced).toHaveLength(1);
});

test('a pair of Prometheus servers with differing annotations is announced at most once a minute', async () => {
  const { a, b } = await pair();
  await a.post('Down', words('one'));
  for (let round = 0; round < 60; round++) {
    await cluster.advance(5_000);
    await (round % 3 === 0 ? b : a).post('Down', words(round % 2 === 0 ? 'one' : 'two'));
  }
  const gaps = cluster.announced.slice(1).map(({ atMs }, index) => atMs - (cluster.announced[index]?.atMs ?? 0));
  expect(cluster.announced.length).toBeGreaterThan(3);
  expect(Math.min(...gaps.slice(1))).toBeGreaterThanOrEqual(MINUTE_MS - 1_000);
});

test('words that were held back are told with a later refresh', async () => {
  const { a, b } = await pair();
  await a.post('Down');
  for (const summary of ['first', 'second']) {
    await cluster.advance(1_000);
    await a.post('Down', words(summary));
  }
  await cluster.advance(1_000);
  expect(b.get('Down')?.annotations).toEqual({ summary: 'first' });
  await cluster.advance(MINUTE_MS);
  await a.post('Down', words('second'));
  await cluster.advance(1_000);
  expect(b.get('Down')?.annotations).toEqual({ summary: 'second' });
});

test('an end wins over the old firing copy of a node that was cut off', async () => {
  const { a, b } = await pair();
  await a.post('Down', { endsAtMs: a.system.now().wallMs + 600 * MINUTE_MS, timeout: false });
  await cluster.advance(1_000);
  cluster.cut('a', 'b');
  await a.end('Down');
  await cluster.advance(MINUTE_MS);
  expect(cluster.states('Down')).toEqual({ a: 'ended', b: 'firing' });
  cluster.heal();
  cluster.exchange();
  expect(cluster.states('Down')).toEqual({ a: 'ended', b: 'ended' });
  expect(b.heard).toEqual(['Down new', 'Down ended']);
});

test('a checker’s end of what had run out here already reaches those where it still fires', async () => {
  const { a, b } = await pair();
  cluster.cut('a', 'b');
  await a.post('Down', { endsAtMs: a.system.now().wallMs + MINUTE_MS, timeout: false });
  cluster.heal();
  cluster.exchange();
  cluster.cut('a', 'b');
  await b.post('Down', { endsAtMs: b.system.now().wallMs + 60 * MINUTE_MS, timeout: false });
  await hearing(a, 20);
  expect(cluster.states('Down')).toEqual({ a: 'ended', b: 'firing' });
  await a.end('Down');
  cluster.heal();
  cluster.exchange();
  expect(cluster.states('Down')).toEqual({ a: 'ended', b: 'ended' });
});

test('what ran out and was acted upon where nobody could hear the checker fires again when the others are back', async () => {
  const { a, b } = await pair();
  await b.post('Down');
  await cluster.advance(1_000);
  cluster.cut('a', 'b');
  for (let minutes = 0; minutes < 15; minutes++) {
    await b.post('Down');
    await hearing(a, 1);
  }
  expect(cluster.states('Down')).toEqual({ a: 'ended', b: 'firing' });
  a.actOnEnds();
  cluster.heal();
  cluster.exchange();
  expect(cluster.states('Down')).toEqual({ a: 'firing', b: 'firing' });
  expect(b.heard).toEqual(['Down new', 'Other new']);
});

test('a node that was away longer than an alert lived does not bring it back', async () => {
  const { a, b } = await pair();
  await a.post('Down');
  await cluster.advance(1_000);
  cluster.cut('a', 'b');
  b.system.freeze();
  await hearing(a, 20);
  a.actOnEnds();
  await a.store.collectGarbage(a.system.now(), () => false);
  await b.system.thaw();
  await cluster.advance(100);
  expect(cluster.states('Down')).toEqual({ a: 'ended', b: 'firing' });
  cluster.heal();
  cluster.exchange();
  expect(cluster.states('Down')).toEqual({ a: 'ended', b: 'ended' });
});

test('of what is over, watchers hear that it is gone once, and peers that it is over until retention has passed', async () => {
  const { a, b } = await pair();
  await a.post('Down');
  await a.end('Down');
  await cluster.advance(1_000);
  for (let hours = 0; hours < 3; hours++) {
    await cluster.advance(20 * MINUTE_MS);
    await a.store.collectGarbage(a.system.now(), () => false);
  }
  expect(a.heard.filter((each) => each === 'Down removed')).toHaveLength(1);
  expect(a.state('Down')).toBe('ended');
  const later = { ...a.system.now(), wallMs: a.system.now().wallMs + 121 * 60 * MINUTE_MS };
  await a.store.collectGarbage(later, () => false);
  expect(a.state('Down')).toBe('unknown');
  expect(b.state('Down')).toBe('ended');
});

test('the limit per alertname refuses nothing a peer took, and counts it', async () => {
  await clusterOf({ a: {}, b: { perAlertnameLimit: 1 } });
  const [a, b] = [cluster.node('a'), cluster.node('b')];
  await a.post('Down');
  await cluster.advance(1_000);
  expect(b.state('Down')).toBe('firing');
  const { wallMs } = b.system.now();
  const other = { ...(b.get('Down') as Alert), labels: { alertname: 'Down', instance: '2' }, fingerprint: '0' };
  const [rejected] = await b.store.put([{ ...other, updatedAtMs: wallMs }], b.system.now());
  expect(rejected?.message).toContain('per-alertname-limit');
});

test('what a newer version says besides survives restarts and refreshes of those who do not know it, up to the next word', async () => {
  await clusterOf({ newer: {}, a: {}, b: {} });
  const [newer, a, b] = [cluster.node('newer'), cluster.node('a'), cluster.node('b')];
  await newer.post('Down');
  await cluster.advance(1_000);
  a.hearBesides(newer, 'Down', { ticket: 'T-1' });
  await cluster.advance(1_000);
  await a.restart();
  await a.post('Down');
  cluster.exchange();
  expect([a, b].map((node) => node.get('Down')?.unknownFields)).toEqual([{ ticket: 'T-1' }, { ticket: 'T-1' }]);
  await b.end('Down');
  await cluster.advance(1_000);
  expect([a, b].map((node) => node.get('Down')?.unknownFields)).toEqual([undefined, undefined]);
});
