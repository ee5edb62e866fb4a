/** An alert runs out when nobody has heard its checker: not sooner, and not never. */
import { afterEach, describe, expect, test } from 'vitest';
import { AlertCluster, type AlertNode, type AlertNodeOptions, MINUTE_MS } from '../../test/support/alert-cluster.ts';
import { silentLogger } from '../../test/support/memory-disk.ts';
import { LeaseKeeper } from './lease-keeper.ts';

let cluster: AlertCluster;
afterEach(() => cluster.stop());

async function nodes(options: Readonly<Record<string, AlertNodeOptions>>): Promise<AlertNode[]> {
  cluster = new AlertCluster(options);
  await cluster.load();
  return [...cluster.nodes];
}

/** Posts each minute, as a checker does. */
async function refreshing(minutes: number, ...posts: readonly (readonly [AlertNode, string])[]): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    for (const [node, alertname] of posts) await node.post(alertname);
    await cluster.advance(MINUTE_MS);
  }
}

const ALL_FIRING = { a: 'firing', b: 'firing', c: 'firing' };
const ALL_ENDED = { a: 'ended', b: 'ended', c: 'ended' };

test.each([
  ['in step', {}],
  ['5 minutes fast', { wallOffsetMs: 5 * MINUTE_MS }],
  ['5 minutes slow and drifting', { wallOffsetMs: -5 * MINUTE_MS, rate: 1.0002 }],
])('a refresh at one node keeps the others from running out, with a clock %s', async (_, skew) => {
  const [a, b] = await nodes({ a: {}, b: {}, c: skew });
  await refreshing(30, [a as AlertNode, 'Down']);
  expect(cluster.states('Down')).toEqual(ALL_FIRING);
  expect(b?.heard).toEqual(['Down new']);
  expect(cluster.node('c').heard).toEqual(['Down new']);
  expect(cluster.announced).toHaveLength(1);
});

test('an alert that nobody refreshes runs out everywhere after its own lease, without a message', async () => {
  const [a] = await nodes({ a: {}, b: {}, c: {} });
  await a?.post('Down');
  await cluster.advance(5 * MINUTE_MS - 1_000);
  expect(cluster.states('Down')).toEqual(ALL_FIRING);
  await cluster.advance(2_000);
  expect(cluster.states('Down')).toEqual(ALL_ENDED);
  expect(cluster.announced).toHaveLength(1);
});

test('after its only hearer died, the others wait one more lease, hear nobody, and it ends', async () => {
  const [a, b] = (await nodes({ a: {}, b: {}, c: {} })) as [AlertNode, AlertNode];
  await refreshing(4, [a, 'Down']);
  a.kill();
  await cluster.advance(MINUTE_MS + 30_000);
  expect(b.state('Down')).toBe('firing');
  await cluster.advance(5 * MINUTE_MS - 32_000);
  expect(b.state('Down')).toBe('firing');
  await cluster.advance(60_000);
  expect([b.state('Down'), cluster.node('c').state('Down')]).toEqual(['ended', 'ended']);
});

test('after its only hearer died, its checker speaks to another in time and nothing is ever over', async () => {
  const [a, b] = (await nodes({ a: {}, b: {}, c: {} })) as [AlertNode, AlertNode];
  await refreshing(4, [a, 'Down']);
  await cluster.advance(57_000);
  a.kill();
  await cluster.advance(2 * MINUTE_MS);
  await refreshing(30, [b, 'Down']);
  expect(b.heard).toEqual(['Down new']);
  expect(cluster.node('c').heard).toEqual(['Down new']);
  expect(cluster.node('c').state('Down')).toBe('firing');
});

test('its only hearer restarts and has forgotten the refreshes: nobody lets it run out', async () => {
  const [a, b] = (await nodes({ a: {}, b: {}, c: {} })) as [AlertNode, AlertNode];
  await refreshing(4, [a, 'Down']);
  await cluster.advance(50_000);
  await a.restart();
  await cluster.advance(MINUTE_MS);
  await refreshing(10, [a, 'Down']);
  expect(cluster.states('Down')).toEqual(ALL_FIRING);
  expect(b.heard).toEqual(['Down new']);
});

test('a node that starts long after an alert ran out and was told brings it to nobody', async () => {
  const [a, b] = (await nodes({ a: {}, b: {}, c: {} })) as [AlertNode, AlertNode];
  await a.post('Down');
  await cluster.advance(1_000);
  cluster.node('c').kill();
  await cluster.advance(20 * MINUTE_MS);
  for (const node of [a, b]) node.actOnEnds();
  await cluster.node('c').restart();
  cluster.exchange();
  expect(cluster.states('Down')).toEqual(ALL_ENDED);
  expect(b.heard).toEqual(['Down new']);
});

test('who died before the alert was heard of last is not waited for', async () => {
  const [a, b] = (await nodes({ a: {}, b: {}, c: {} })) as [AlertNode, AlertNode];
  await b.post('Down');
  await cluster.advance(MINUTE_MS);
  a.kill();
  await cluster.advance(MINUTE_MS);
  await b.post('Down');
  await cluster.advance(5 * MINUTE_MS + 1_000);
  expect(b.state('Down')).toBe('ended');
});

test('a node that reaches nobody and hears no checker lets nothing run out, and learns the truth when it is back', async () => {
  const [a, b] = (await nodes({ a: {}, b: {} })) as [AlertNode, AlertNode];
  await a.post('Down');
  await a.post('Ended');
  await cluster.advance(MINUTE_MS);
  cluster.cut('a', 'b');
  await refreshing(60, [a, 'Down']);
  await a.end('Ended');
  expect([b.state('Down'), b.state('Ended')]).toEqual(['firing', 'firing']);
  cluster.heal();
  cluster.exchange();
  expect([b.state('Down'), b.state('Ended')]).toEqual(['firing', 'ended']);
  await refreshing(20, [a, 'Down']);
  expect(b.heard).toEqual(['Down new', 'Ended new', 'Ended ended']);
});

test('a node that reaches nobody, but hears checkers, waits one more lease and no longer', async () => {
  const [a, b] = (await nodes({ a: {}, b: {} })) as [AlertNode, AlertNode];
  await a.post('Down');
  await cluster.advance(MINUTE_MS);
  cluster.cut('a', 'b');
  await refreshing(8, [b, 'Other']);
  expect(b.state('Down')).toBe('firing');
  await refreshing(4, [b, 'Other']);
  expect([b.state('Down'), b.state('Other')]).toEqual(['ended', 'firing']);
});

test('what a node hears only of itself does not make it hear checkers', async () => {
  const [a, b] = (await nodes({ a: {}, b: {} })) as [AlertNode, AlertNode];
  await a.post('Down');
  await cluster.advance(MINUTE_MS);
  cluster.cut('a', 'b');
  for (let minute = 0; minute < 30; minute++) {
    const now = b.system.now();
    await b.store.put([], now, { by: 'this node' });
    await cluster.advance(MINUTE_MS);
  }
  expect(b.state('Down')).toBe('firing');
});

test('a node that was frozen across the end waits for its checkers, whatever was asked before', async () => {
  const [a, b] = (await nodes({ a: {}, b: {} })) as [AlertNode, AlertNode];
  await a.post('Down');
  await cluster.advance(5 * MINUTE_MS - 10_000);
  b.system.freeze();
  await a.post('Down');
  await cluster.advance(MINUTE_MS);
  await b.system.thaw();
  await cluster.advance(1_000);
  expect(b.state('Down')).toBe('firing');
  await refreshing(10, [a, 'Down']);
  expect(b.heard).not.toContain('Down ended');
  expect(b.state('Down')).toBe('firing');
});

test('an alert that a peer tells of seconds before it ends is asked about, too', async () => {
  const [a, b] = (await nodes({ a: {}, b: {} })) as [AlertNode, AlertNode];
  cluster.cut('a', 'b');
  await a.post('Down', { endsAtMs: a.system.now().wallMs + 48_000 });
  await cluster.advance(41_000);
  cluster.heal();
  cluster.exchange();
  await cluster.advance(3_000);
  await a.post('Down');
  await cluster.advance(MINUTE_MS);
  expect(b.state('Down')).toBe('firing');
  expect(b.heard).toEqual(['Down new']);
});

describe('a stall', () => {
  /** A keeper whose process stands still when told so, and notices when it looks. */
  async function watched({ onAsk }: { onAsk: () => void }) {
    const [node] = (await nodes({ a: {} })) as [AlertNode];
    node.stop();
    const { system, store: alerts } = node;
    const asked: number[] = [];
    const stall = { isUnnoticed: false };
    const keeper = new LeaseKeeper({
      ...{ system, alerts, logger: silentLogger },
      peers: {
        hasConfiguredPeers: false,
        alive: () => ['b'],
        ask: async (_, fingerprints) => {
          asked.push(fingerprints.length);
          onAsk();
          return [];
        },
      },
      beforeScan: (now) => {
        if (stall.isUnnoticed) alerts.extendLeases(now, { reason: 'stall', sinceWallMs: now.wallMs - 2_000 });
        stall.isUnnoticed = false;
      },
    });
    keeper.start();
    await node.post('Down');
    await cluster.advance(5 * MINUTE_MS - 10_000);
    return { node, keeper, stall, asked };
  }

  test('is noticed before anybody is asked', async () => {
    const { stall, keeper, asked } = await watched({ onAsk: () => {} });
    await cluster.advance(7_500);
    stall.isUnnoticed = true;
    await cluster.advance(60_000);
    expect(asked).toEqual([]);
    keeper.stop();
  });

  test('is noticed before what the answers mean is decided', async () => {
    const told = { stalls: () => {} };
    const { stall, keeper } = await watched({ onAsk: () => told.stalls() });
    told.stalls = () => {
      stall.isUnnoticed = true;
    };
    await cluster.advance(60_000);
    expect(keeper.counts).toMatchObject({ 'put off meanwhile': 1, 'nobody knows better': 0 });
    keeper.stop();
  });
});

test('two nodes do not keep an alert alive by each other', async () => {
  const [a, b] = (await nodes({ a: {}, b: {}, c: {} })) as [AlertNode, AlertNode];
  await a.post('Down');
  await cluster.advance(2 * MINUTE_MS);
  b.store.extendLeases(b.system.now(), { reason: 'stall', sinceWallMs: b.system.now().wallMs - 1_500 });
  await cluster.advance(2 * MINUTE_MS);
  cluster.node('c').kill();
  await cluster.advance(30 * MINUTE_MS);
  expect([a.state('Down'), b.state('Down')]).toEqual(['ended', 'ended']);
});

test('thousands that end together are asked about in questions of bounded size, and none runs out', async () => {
  const [a, b] = (await nodes({ a: {}, b: {} })) as [AlertNode, AlertNode];
  const many = 3_000;
  for (let minute = 0; minute < 8; minute++) {
    for (let number = 0; number < many; number++) void a.post(`Down${number}`);
    await cluster.advance(MINUTE_MS);
  }
  const firing = Array.from({ length: many }, (_, number) => b.state(`Down${number}`)).filter((s) => s === 'firing');
  expect(firing).toHaveLength(many);
  expect(b.heard).toHaveLength(many);
});

test('once stopped, it leaves no timer and decides nothing', async () => {
  const [a, b] = (await nodes({ a: {}, b: {} })) as [AlertNode, AlertNode];
  await a.post('Down');
  await cluster.advance(5 * MINUTE_MS - 1_990);
  cluster.stop();
  const before = b.get('Down');
  await cluster.advance(10 * MINUTE_MS);
  expect(b.get('Down')).toBe(before);
  expect(b.system.pendingTimers).toBe(0);
});
