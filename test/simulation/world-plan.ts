/**
 * A random world, drawn from its seed alone: how many nodes with which clocks and disks, what they are configured to do,
 * who checks, what fires when, who silences, and what goes wrong for a while. After `calmFromMs` nothing goes wrong any more.
 */
import type { LinkConditions } from '../../cluster/testing/memory-network.ts';
import type { Labels } from '../../src/model/labels.ts';
import type { CheckerPlan } from './checker.ts';
import { Draw } from './draw.ts';
import type { PlacePlan, RingPlan } from './ring-plan.ts';
import type { NodePlan } from './simulated-node.ts';
import { drawTroubles, type Trouble } from './troubles.ts';

export interface AlertPlan {
  readonly labels: Labels;
  /** When it is the case. */
  readonly spans: readonly { readonly fromMs: number; readonly toMs: number }[];
}

export interface SilencePlan {
  readonly atMs: number;
  readonly on: string;
  readonly matchers: Labels;
  readonly forMs: number;
  readonly expires: { readonly atMs: number; readonly on: string } | undefined;
}

export interface WorldPlan {
  readonly seed: number;
  readonly nodes: readonly NodePlan[];
  readonly rings: readonly RingPlan[];
  readonly network: Partial<LinkConditions>;
  readonly peerTimeoutMs: number;
  readonly checkers: readonly CheckerPlan[];
  readonly alerts: readonly AlertPlan[];
  readonly silences: readonly SilencePlan[];
  readonly troubles: readonly Trouble[];
  readonly calmFromMs: number;
  readonly endMs: number;
}

const MINUTE = 60_000;
/** At most, as long as they are as good as NTP makes them. */
const CLOCKS_DIFFER_MS = 401;
const PLACES = ['phone', 'mail', 'chat'];
/** Long enough for everything owed to be told, and for the promises' patience to end. */
const CALM_MS = 6 * MINUTE;

export interface WorldLimits {
  /** Each world has between one and so many. */
  readonly mostNodes: number;
  /** Whether a checker's clock may be ahead of a node's, so that an end it says is still to come there. */
  readonly checkersMayBeAhead: boolean;
}

export function planWorld(seed: number, { mostNodes, checkersMayBeAhead }: WorldLimits): WorldPlan {
  const draw = new Draw(seed);
  const nodes = drawNodes(draw, mostNodes);
  const names = nodes.map(({ name }) => name);
  const rings = drawRings(draw);
  const calmFromMs = draw.between(4, 20) * MINUTE;
  const checkers = drawCheckers(draw, { names, areBehindMs: checkersMayBeAhead ? 0 : CLOCKS_DIFFER_MS });
  const alerts = drawAlerts(draw, { rings, untilMs: calmFromMs });
  return {
    seed,
    nodes,
    rings,
    network: drawNetwork(draw),
    peerTimeoutMs: 5_000,
    checkers,
    alerts,
    silences: drawSilences(draw, { names, alerts, untilMs: calmFromMs }),
    troubles: drawTroubles(draw, {
      nodes: names,
      places: PLACES,
      checkers: checkers.slice(1).map(({ name }) => name),
      untilMs: calmFromMs,
    }),
    calmFromMs,
    endMs: calmFromMs + CALM_MS,
  };
}

function drawNodes(draw: Draw, mostNodes: number): NodePlan[] {
  const count = draw.between(1, mostNodes);
  // Only a minority of clocks may be wrong; of all others the clocks are as good as NTP makes them.
  const wrong = draw.between(0, Math.floor((count - 1) / 2));
  return Array.from({ length: count }, (_, index) => ({
    name: `n${index + 1}`,
    wallOffsetMs: index < wrong ? draw.between(-600, 600) * 1000 : draw.between(-200, 200),
    rate: 1 + draw.between(-100, 100) * 1e-6,
    diskDelayMs: draw.chance(0.7) ? 0 : draw.between(1, 40),
  }));
}

function drawRings(draw: Draw): RingPlan[] {
  return Array.from({ length: draw.between(2, 3) }, (_, index) => {
    const groupIntervalMs = draw.between(10, 45) * 1000;
    return {
      severity: `s${index + 1}`,
      places: draw.some(PLACES).map((name): PlacePlan => ({ name, sendResolved: draw.chance(0.8) })),
      groupWaitMs: draw.between(1, 30) * 1000,
      groupIntervalMs,
      repeatIntervalMs: draw.between(2, 12) * groupIntervalMs,
    };
  });
}

function drawNetwork(draw: Draw): Partial<LinkConditions> {
  if (draw.chance(0.5)) return {};
  return {
    delayMs: draw.between(1, 40),
    jitterMs: draw.between(0, 60),
    duplicationRate: draw.chance(0.5) ? 0.1 : 0,
    reorderRate: draw.chance(0.5) ? 0.1 : 0,
  };
}

/** The first of them posts to all and never dies. */
function drawCheckers(
  draw: Draw,
  { names, areBehindMs }: { names: readonly string[]; areBehindMs: number },
): CheckerPlan[] {
  return Array.from({ length: draw.between(1, 3) }, (_, index) => {
    const intervalMs = draw.between(5, 15) * 1000;
    return {
      name: `c${index + 1}`,
      intervalMs,
      phaseMs: draw.between(0, intervalMs),
      wallOffsetMs: draw.between(-200, 200) - areBehindMs,
      ...(index > 0 && draw.chance(0.5) && { to: [draw.one(names)] }),
      delayMs: Object.fromEntries(names.map((node) => [node, draw.between(0, 30)])),
    };
  });
}

function drawAlerts(draw: Draw, { rings, untilMs }: { rings: readonly RingPlan[]; untilMs: number }): AlertPlan[] {
  return Array.from({ length: draw.between(2, 8) }, (_, index) => {
    const spans: { fromMs: number; toMs: number }[] = [];
    let atMs = draw.between(0, untilMs / 2);
    for (let count = draw.between(1, 3); count > 0 && atMs < untilMs; count -= 1) {
      // Some are over before anybody is told, some outlast the world.
      const toMs = atMs + draw.one([draw.between(1, 30) * 1000, draw.between(1, 8) * MINUTE, 2 * untilMs + MINUTE]);
      spans.push({ fromMs: atMs, toMs });
      atMs = toMs + draw.between(1, 180) * 1000;
    }
    const alertname = draw.one(['Down', 'Slow', 'Full']);
    return { labels: { alertname, instance: `i${index + 1}`, severity: draw.one(rings).severity }, spans };
  });
}

function drawSilences(
  draw: Draw,
  { names, alerts, untilMs }: { names: readonly string[]; alerts: readonly AlertPlan[]; untilMs: number },
): SilencePlan[] {
  return Array.from({ length: draw.between(0, 2) }, () => {
    const atMs = draw.between(MINUTE, untilMs);
    const forMs = draw.between(1, 6) * MINUTE;
    const { labels } = draw.one(alerts);
    const { instance = '', alertname = '' } = labels;
    return {
      atMs,
      on: draw.one(names),
      matchers: draw.chance(0.5) ? { alertname } : { alertname, instance },
      forMs,
      expires: draw.chance(0.6) ? { atMs: atMs + draw.between(5_000, forMs - 1_000), on: draw.one(names) } : undefined,
    };
  });
}
