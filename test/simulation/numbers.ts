/**
 * The numbers of a simulated cluster, printed: `node test/simulation/numbers.ts`. How notices are spread with no fault, how
 * soon an owner that dies is replaced, what many alerts cost the network, and how much faster than real time all this is.
 */
import { rankFor } from '../../cluster/rank.ts';
import type { CheckerPlan } from './checker.ts';
import { judge, violationTexts } from './promises.ts';
import type { RingPlan } from './ring-plan.ts';
import { World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PEER_TIMEOUT_MS = 15_000;
const PAGE: RingPlan = {
  severity: 'page',
  places: [{ name: 'phone' }],
  groupWaitMs: 30_000,
  groupIntervalMs: 5 * MINUTE,
  repeatIntervalMs: 20 * MINUTE,
};

export interface QuietNumbers {
  readonly notices: number;
  /** Told twice, not told, told late. */
  readonly wrong: readonly string[];
  readonly noticesByNode: ReadonlyMap<string, number>;
  readonly simulatedPerRealSecond: number;
}

/** With no fault: groups that change and repeat. */
export async function quietHour(
  nodes: readonly string[],
  { groups, forMs }: { groups: number; forMs: number },
): Promise<QuietNumbers> {
  await using world = await World.begin({ nodes, rings: [PAGE] });
  const beganMs = performance.now();
  await world.passes(MINUTE);
  for (const checker of twoCheckers()) world.checks(checker);
  const alert = (group: number, instance: string) => ({ alertname: `Group${group}`, instance, severity: 'page' });
  for (let group = 0; group < groups; group += 1) {
    // Spread over five minutes, so that groups do not tick together; a second alert comes and goes.
    world.after((group * 5 * MINUTE) / groups, () => world.begins(alert(group, 'a')));
    for (const [minute, happens] of [
      [12, 'begins'],
      [24, 'ends'],
      [36, 'begins'],
    ] as const) {
      world.after(minute * MINUTE + (group * MINUTE) / groups, () => world[happens](alert(group, 'b')));
    }
  }
  await world.passes(forMs);
  const messages = world.messages();
  const noticesByNode = new Map(nodes.map((name) => [name, messages.filter(({ node }) => node === name).length]));
  const simulatedPerRealSecond = world.nowMs / (performance.now() - beganMs);
  const wrong = violationTexts(judge(world.history.events, [PAGE], { peerTimeoutMs: PEER_TIMEOUT_MS }));
  return { notices: messages.length, wrong, noticesByNode, simulatedPerRealSecond };
}

function twoCheckers(): CheckerPlan[] {
  return [
    { name: 'prometheus1', intervalMs: MINUTE },
    { name: 'prometheus2', intervalMs: MINUTE, phaseMs: 25_000 },
  ];
}

/** How long after its owner's death a page is told that was due just then, in milliseconds; undefined if never. */
export async function replacedAfter(beforeTickMs: number): Promise<number | undefined> {
  const nodes = ['n1', 'n2', 'n3'];
  const [owner = ''] = rankFor('{}/{severity="page"}:{alertname="Down"}', nodes);
  await using world = await World.begin({ nodes, rings: [PAGE] });
  await world.passes(MINUTE);
  world.checks({ name: 'prometheus', intervalMs: 15_000 });
  world.begins({ alertname: 'Down', severity: 'page' });
  await world.passes(PAGE.groupWaitMs - beforeTickMs - 1);
  if (beforeTickMs > 0) world.node(owner).kill();
  // With its claim made and known, and its message about to leave.
  else world.node(owner).crashAt({ at: 'message', count: 1, when: 'before' });
  await world.passes(MINUTE);
  const [told] = world.messages();
  return told?.toldAtMs === undefined ? undefined : told.toldAtMs - MINUTE - PAGE.groupWaitMs;
}

export interface TrafficNumbers {
  /** Until everybody knows all of them: the first three minutes, idle traffic included. */
  readonly bytesAtFirst: number;
  readonly messagesPerHour: number;
  readonly bytesPerHour: number;
}

/** What each node sends to its peers, on average, with so many alerts refreshed each minute by three checkers. */
export async function traffic(
  nodes: readonly string[],
  { alerts, post, forMs }: { alerts: number; post: 'to all' | 'to one each' | 'to one node'; forMs: number },
): Promise<TrafficNumbers> {
  await using world = await World.begin({ nodes, rings: [{ ...PAGE, groupBy: ['group'] }] });
  await world.passes(MINUTE);
  for (const [index, name] of ['prometheus1', 'prometheus2', 'prometheus3'].entries()) {
    const to = post === 'to all' ? nodes : nodes.slice(index % nodes.length, (index % nodes.length) + 1);
    if (index > 0 && post === 'to one node') break;
    world.checks({ name, intervalMs: MINUTE, phaseMs: index * 17_000, to });
  }
  for (let index = 0; index < alerts; index += 1) {
    world.begins({ alertname: 'Down', group: `g${index % 100}`, instance: `i${index}`, severity: 'page' });
  }
  // Until everybody has heard of all of them: what remains is the cost of going on.
  await world.passes(3 * MINUTE);
  const before = nodes.map((node) => world.traffic(node));
  await world.passes(forMs);
  const after = nodes.map((node) => world.traffic(node));
  const perHour = (count: (one: { messages: number; bytes: number }) => number) => {
    const sum = (all: typeof before) => all.reduce((total, one) => total + count(one), 0);
    return ((sum(after) - sum(before)) / nodes.length / forMs) * HOUR;
  };
  return {
    bytesAtFirst: before.reduce((total, { bytes }) => total + bytes, 0) / nodes.length,
    messagesPerHour: perHour(({ messages }) => messages),
    bytesPerHour: perHour(({ bytes }) => bytes),
  };
}

async function print(): Promise<void> {
  const nodes = ['n1', 'n2', 'n3'];
  const say = (text: string) => process.stdout.write(`${text}\n`);

  const quiet = await quietHour(nodes, { groups: 200, forMs: HOUR });
  const even = quiet.notices / nodes.length;
  const spread = [...quiet.noticesByNode].map(([node, count]) => `${node} ${count} (${percent(count / even - 1)})`);
  say(`no fault, 200 groups, 1 hour: ${quiet.notices} notices, ${quiet.wrong.length} wrong; ${spread.join(', ')}`);
  for (const text of quiet.wrong.slice(0, 10)) say(`  ${text}`);

  for (const beforeTickMs of [2_000, 200, 1, 0]) {
    const lateMs = await replacedAfter(beforeTickMs);
    const when = beforeTickMs > 0 ? `${beforeTickMs} ms before its tick` : 'with its message about to leave';
    say(`owner killed ${when}: told ${lateMs === undefined ? 'never' : `${lateMs.toFixed(0)} ms after the tick`}`);
  }

  for (const [alerts, post] of [
    [0, 'to all'],
    [10_000, 'to all'],
    [10_000, 'to one each'],
    [10_000, 'to one node'],
  ] as const) {
    const { bytesAtFirst, messagesPerHour, bytesPerHour } = await traffic(nodes, { alerts, post, forMs: 10 * MINUTE });
    say(
      `${alerts} alerts posted ${post} each minute: per node ${mebibytes(bytesAtFirst)} at first, then ${messagesPerHour.toFixed(0)} messages and ${mebibytes(bytesPerHour)} an hour`,
    );
  }

  const speed = await quietHour(nodes, { groups: 100, forMs: HOUR });
  say(`three nodes, 100 groups: ${speed.simulatedPerRealSecond.toFixed(0)} simulated seconds per real second`);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

function percent(fraction: number): string {
  return `${fraction < 0 ? '' : '+'}${(fraction * 100).toFixed(1)} %`;
}

if (import.meta.main) await print();
