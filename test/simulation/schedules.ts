/**
 * The schedules that broke earlier drafts of the cluster, each with exactly what must be told. An expectation reads
 * `1:30 phone: reason: Down firing`, or `1:30+2s …` where the instant may be so much later.
 */
import { rankFor } from '../../cluster/rank.ts';
import type { CheckerPlan } from './checker.ts';
import { clock, mustTell } from './must-tell.ts';
import { judge, violationTexts } from './promises.ts';
import type { RingPlan } from './ring-plan.ts';
import { World, type WorldOptions } from './world.ts';

export interface Schedule {
  readonly name: string;
  /** Resolves with what was told otherwise than it must be: empty if all is well. */
  readonly play: (options?: Pick<WorldOptions, 'seed' | 'logs'>) => Promise<string[]>;
}

const MINUTE = 60_000;
const NODES = ['n1', 'n2', 'n3'];
const PAGE: RingPlan = {
  severity: 'page',
  places: [{ name: 'phone' }],
  groupWaitMs: 30_000,
  groupIntervalMs: 300_000,
  repeatIntervalMs: 1_200_000,
};
const down = { alertname: 'Down', severity: 'page' };
const instance = (name: string) => ({ ...down, instance: name });

/** Those who may speak about the group of these alerts, best rank first, if all are well. */
const [first = '', second = '', third = ''] = rankFor('{}/{severity="page"}:{alertname="Down"}', NODES);

const checker: CheckerPlan = { name: 'prometheus', intervalMs: 15_000 };

/** Resolves with what is not as it must be. */
type Story = (world: World) => Promise<readonly string[]>;

interface StoryOptions extends Partial<WorldOptions> {
  /** False where nodes are kept from learning or taking something: the promises suppose that they are not. */
  readonly isJudged?: boolean;
}

function schedule(name: string, { isJudged = true, ...options }: StoryOptions, story: Story): Schedule {
  const { nodes = NODES, rings = [PAGE] } = options;
  return {
    name,
    async play(more = {}) {
      await using world = await World.begin({ ...options, rings, nodes, ...more });
      // Long enough for everybody to know everybody.
      await world.passesUntil(60_000);
      const wrong = await story(world);
      if (!isJudged) return [...wrong];
      return [...wrong, ...violationTexts(judge(world.history.events, rings, { peerTimeoutMs: 15_000 }))];
    },
  };
}

const COMES_AND_GOES = [
  '1:30 phone: first notification: Down firing',
  '21:30+1s phone: repeat interval elapsed: Down firing',
  '26:30+1s phone: all alerts resolved: Down resolved',
];

/** An alert from 1:00 to 22:00, seen by a checker that posts to all. */
async function anAlertComesAndGoes(world: World, meanwhile: () => unknown = () => {}): Promise<void> {
  world.checks(checker);
  world.begins(down);
  await meanwhile();
  await world.passesUntil(22 * MINUTE);
  world.ends(down);
  await world.passesUntil(32 * MINUTE);
}

function chain(ends: readonly [string, string], middle: string): Schedule {
  const links = [
    [ends[0], middle],
    [middle, ends[1]],
  ];
  return schedule(
    `a chain ${ends[0]}–${middle}–${ends[1]} without a link between its ends`,
    { links },
    async (world) => {
      await anAlertComesAndGoes(world);
      return mustTell(world.messages(), COMES_AND_GOES);
    },
  );
}

function resetBeforeFlush(...links: readonly (readonly [string, string])[]): Schedule {
  const names = links.map((link) => link.join('–')).join(' and ');
  return schedule(`a TCP reset of ${names} 50 ms before a flush, with nobody dead`, {}, async (world) => {
    await anAlertComesAndGoes(world, async () => {
      await world.passesUntil(89_950);
      for (const [one, two] of links) world.network.reset(one, two);
    });
    return mustTell(world.messages(), COMES_AND_GOES.with(0, '1:30+2s phone: first notification: Down firing'));
  });
}

/** It is thawed after 20 s; its timers run before it reads what its sockets have. */
function ownerFrozen(fromMs: number, firstTold: string): Schedule {
  return schedule(`the owner is stopped at ${fromMs / 1000} s for 20 s`, {}, async (world) => {
    await anAlertComesAndGoes(world, async () => {
      await world.passesUntil(fromMs);
      world.node(first).freeze();
      await world.passes('20s');
      await world.node(first).thaw();
    });
    return mustTell(world.messages(), COMES_AND_GOES.with(0, `${firstTold} phone: first notification: Down firing`));
  });
}

/** Rank 0 is heard and hears, but of the alert not before rank 1's time-out, or just after it. */
function firstLearnsLate(byMs: number): Schedule {
  const name = `rank 0 learns of an alert ${Math.abs(byMs)} ms ${byMs < 0 ? 'before' : 'after'} rank 1's time-out`;
  return schedule(name, { isJudged: false }, async (world) => {
    world.node(first).deafTo = '"alerts"';
    world.checks({ ...checker, to: [second, third] });
    world.begins(down);
    // The tick is at 1:30, the time-out 15 s later.
    await world.passesUntil(105_000 + byMs);
    world.node(first).deafTo = undefined;
    world.checks({ ...checker, name: 'another', phaseMs: 0, to: [first] });
    await world.passesUntil(8 * MINUTE);
    return mustTell(world.messages(), ['1:44+3s phone: first notification: Down firing']);
  });
}

const partition = schedule('a partition in which one alert was told left and another right', {}, async (world) => {
  world.network.partition([first], { how: 'closed' });
  await world.passes('10s');
  world.checks({ ...checker, name: 'left', to: [first], only: ['Down/x'] });
  world.checks({ ...checker, name: 'right', to: [second, third], only: ['Down/y'] });
  world.begins(instance('x'));
  await world.passes('10s');
  world.begins(instance('y'));
  await world.passesUntil(3 * MINUTE);
  world.network.heal();
  await world.passesUntil(28 * MINUTE);
  return mustTell(world.messages(), [
    '1:40+20s phone: first notification: Down/x firing',
    '1:45+20s phone: first notification: Down/y firing',
    '21:40+5m10s phone: repeat interval elapsed: Down/x firing, Down/y firing',
  ]);
});

const THREE_PLACES = { ...PAGE, places: [{ name: 'phone' }, { name: 'mail' }, { name: 'chat' }] };

const outOfPhase = schedule(
  'three channels whose ticks are out of phase after restarts',
  { rings: [THREE_PLACES] },
  async (world) => {
    world.place('mail').behaviour = { kind: 'takes', afterMs: 8_000 };
    world.checks(checker);
    world.begins(instance('x'));
    for (const [index, name] of NODES.entries()) {
      await world.passesUntil(2 * MINUTE + index * 70_000);
      world.node(name).kill();
      await world.passes('7s');
      await world.node(name).start();
    }
    await world.passesUntil(5.5 * MINUTE);
    world.begins(instance('y'));
    await world.passesUntil(30 * MINUTE);
    const both = 'Down/x firing, Down/y firing';
    return mustTell(world.messages(), [
      ...inAll('1:30+1s', '1:38+1s', 'first notification: Down/x firing'),
      ...inAll('6:30+2s', '6:38+2s', `new alerts added: ${both}`),
      ...inAll('26:30+2s', '26:38+2s', `repeat interval elapsed: ${both}`),
    ]);
  },
);

function inAll(at: string, slowly: string, text: string): string[] {
  return [`${at} chat: ${text}`, `${at} phone: ${text}`, `${slowly} mail: ${text}`];
}

/** At every tick the others have something to say, of which they have heard alone; what they lack has its turn too. */
const untakeable = schedule(
  'peers that cannot take an alert while its group churns',
  {
    nodes: NODES.map((name) => ({ name, ...(name !== second && { flags: ['--alerts.per-alertname-limit=2'] }) })),
    isJudged: false,
  },
  async (world) => {
    world.checks({ ...checker, only: ['Down/y', 'Down/z'] });
    world.checks({ ...checker, name: 'another', to: [second], only: ['Down/x'] });
    world.begins(instance('y'));
    world.begins(instance('z'));
    await world.passesUntil(2 * MINUTE);
    world.begins(instance('x'));
    for (const minute of [3, 8, 13, 18]) {
      await world.passesUntil(minute * MINUTE);
      if (minute % 2 === 0) world.begins(instance('y'));
      else world.ends(instance('y'));
    }
    await world.passesUntil(20 * MINUTE);
    const told = world.messages().filter(({ alerts }) => alerts.some(({ alert }) => alert === 'Down/x'));
    const byMs = 12 * MINUTE;
    return told.some(({ toldAtMs = byMs }) => toldAtMs < byMs) ? [] : ['not told: Down/x, before 12:00'];
  },
);

function answerLost(nodes: readonly string[]): Schedule {
  const name = `a receiver accepts but its answer is lost for 60 s, nodes: ${nodes.length}`;
  return schedule(name, { nodes }, async (world) => {
    world.checks(checker);
    world.begins(down);
    await world.passesUntil(85_000);
    world.place('phone').behaviour = { kind: 'loses the answer' };
    await world.passes('60s');
    world.place('phone').behaviour = { kind: 'takes' };
    await world.passesUntil(16 * MINUTE);
    const told = world.messages();
    const atMs = told.map(({ toldAtMs = 0 }) => toldAtMs);
    // Whoever began goes on: each attempt has ten seconds, and a pause follows that grows from half a second.
    const early = atMs.filter((ms, index) => index > 0 && ms - (atMs[index - 1] ?? 0) < 10_000);
    return [
      ...(atMs[0] !== undefined && Math.floor(atMs[0] / 1_000) === 90 ? [] : ['not told: at 1:30']),
      ...(new Set(told.map(({ node }) => node)).size === 1 ? [] : ['told: by several']),
      ...early.map((ms) => `told: ${clock(ms)}, while another was under way`),
      ...(atMs.filter((ms) => ms > 145_000).length === 1 ? [] : ['told: not once after all was well']),
    ];
  });
}

function onlyHearerDies(hearer: string, afterMs: number): Schedule {
  const name = `the only hearer of an alert, ${hearer}, dies ${afterMs / 1000} s into it, before the others' copies run out`;
  return schedule(name, {}, async (world) => {
    world.checks({ ...checker, to: [hearer] });
    world.begins(down);
    await world.passes(afterMs);
    world.node(hearer).kill();
    await world.passes('30s');
    await world.node(hearer).start();
    await world.passesUntil(13 * MINUTE);
    world.ends(down);
    await world.passesUntil(20 * MINUTE);
    return mustTell(world.messages(), [
      '1:30+1s phone: first notification: Down firing',
      '16:30+1s phone: all alerts resolved: Down resolved',
    ]);
  });
}

function oneFast(fast: string): Schedule {
  const nodes = NODES.map((name) => ({ name, ...(name === fast && { wallOffsetMs: 5 * MINUTE }) }));
  return schedule(`${fast} is 5 minutes fast`, { nodes }, async (world) => {
    await anAlertComesAndGoes(world);
    // Its silence ends at 35:00, whatever a clock says; the tick after that is told.
    await world.silence(fast, { alertname: 'Down' }, '3m');
    world.begins(down);
    await world.passesUntil(42 * MINUTE);
    return mustTell(world.messages(), [...COMES_AND_GOES, '35:00+5m30s phone: first notification: Down firing']);
  });
}

const aloneFrozen = schedule('alone and stopped over its tick', { nodes: ['n1'] }, async (world) => {
  world.checks(checker);
  world.begins(down);
  await world.passesUntil(80_000);
  world.node('n1').freeze();
  await world.passes('20s');
  await world.node('n1').thaw();
  await world.passesUntil(10 * MINUTE);
  return mustTell(world.messages(), ['1:40 phone: first notification: Down firing']);
});

export const SCHEDULES: readonly Schedule[] = [
  chain([first, second], third),
  chain([first, third], second),
  chain([second, third], first),
  resetBeforeFlush([first, second]),
  resetBeforeFlush([first, second], [first, third]),
  ownerFrozen(80_000, '1:30+2s'),
  ownerFrozen(89_000, '1:30+5s'),
  ...[-100, -50, -1, 0, 1, 50, 100].map(firstLearnsLate),
  partition,
  outOfPhase,
  untakeable,
  answerLost(NODES),
  ...[first, second].flatMap((hearer) => [53, 57, 59, 61].map((seconds) => onlyHearerDies(hearer, seconds * 1_000))),
  ...[first, second].map(oneFast),
  aloneFrozen,
  answerLost(['n1']),
];
