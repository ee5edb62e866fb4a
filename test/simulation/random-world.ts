/** Runs a random world to its end and judges it. Whoever finds it at fault is told how to see it again. */
import { type Judgement, judge, violationTexts } from './promises.ts';
import { endAllTroubles } from './troubles.ts';
import { World } from './world.ts';
import { planWorld, type WorldLimits, type WorldPlan } from './world-plan.ts';

export interface RandomWorldOptions extends Partial<WorldLimits> {
  readonly logs?: boolean;
}

export interface RanWorld {
  readonly trace: string;
  readonly judgement: Judgement;
  readonly simulatedMs: number;
}

/** What random worlds may have in the tests, and in a replay unless it says otherwise. */
export const LIMITS: WorldLimits = { mostNodes: 3, checkersMayBeAhead: false };
const REPLAY = 'test/simulation/replay.ts';

export async function randomWorld(seed: number, options: RandomWorldOptions = {}): Promise<RanWorld> {
  return runPlan(planWorld(seed, { ...LIMITS, ...options }), options);
}

/** One fault shows itself again and again. */
const MOST_SHOWN = 10;

/** Nothing if all promises were kept; else what was broken, and the command that shows how. */
export function faultText(seed: number, { judgement }: RanWorld, mostNodes = LIMITS.mostNodes): string {
  if (judgement.violations.length === 0) return '';
  const shown = violationTexts(judgement).slice(0, MOST_SHOWN);
  const limits = mostNodes === LIMITS.mostNodes ? '' : ` --nodes ${mostNodes}`;
  return [`seed ${seed}: node ${REPLAY} ${seed}${limits}`, ...shown].join('\n  ');
}

async function runPlan(plan: WorldPlan, { logs }: RandomWorldOptions): Promise<RanWorld> {
  const { seed, nodes, rings, network, peerTimeoutMs } = plan;
  await using world = await World.begin({
    seed,
    nodes,
    rings,
    network: { conditions: network },
    flags: [`--cluster.peer-timeout=${peerTimeoutMs}ms`],
    ...(logs !== undefined && { logs }),
  });
  for (const node of nodes) world.history.remark(JSON.stringify(node));
  for (const ring of rings) world.history.remark(JSON.stringify(ring));
  for (const checker of plan.checkers) {
    world.history.remark(JSON.stringify(checker));
    world.checks(checker);
  }
  happen(world, plan);
  await world.passesUntil(plan.calmFromMs);
  await endAllTroubles(world, [...new Set(rings.flatMap(({ places }) => places.map(({ name }) => name)))]);
  await world.passesUntil(plan.endMs);
  await world.look();
  const judgement = judge(world.history.events, rings, { peerTimeoutMs });
  return { trace: world.trace(), judgement, simulatedMs: world.nowMs };
}

function happen(world: World, { alerts, silences, troubles }: WorldPlan): void {
  for (const { labels, spans } of alerts) {
    for (const { fromMs, toMs } of spans) {
      world.after(fromMs, () => world.begins(labels));
      world.after(toMs, () => world.ends(labels));
    }
  }
  for (const { atMs, on, matchers, forMs, expires } of silences) {
    world.after(atMs, async () => {
      const id = await world.silence(on, matchers, forMs);
      if (id === undefined || !expires) return;
      world.after(expires.atMs - atMs, () => world.expireSilence(expires.on, id));
    });
  }
  for (const { fromMs, toMs, begin, end } of troubles) {
    world.after(fromMs, () => begin(world));
    world.after(toMs, () => end(world));
  }
}
