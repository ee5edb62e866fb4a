/**
 * What goes wrong in a random world, and how it is set right: machines, processes, disks, clocks, the network, the places
 * and the checkers. A trouble begins and ends at instants of its own; several may be there at once.
 */
import type { Draw } from './draw.ts';
import type { PlaceBehaviour } from './place.ts';
import type { World } from './world.ts';
import type { DiskFound } from './world-event.ts';

export interface Trouble {
  readonly fromMs: number;
  readonly toMs: number;
  readonly begin: (world: World) => unknown;
  readonly end: (world: World) => unknown;
}

export interface TroubleScope {
  readonly nodes: readonly string[];
  readonly places: readonly string[];
  /** Those that may die. */
  readonly checkers: readonly string[];
  readonly untilMs: number;
}

type Kind = (draw: Draw, scope: TroubleScope) => Omit<Trouble, 'fromMs' | 'toMs'>;

/** In the order of their beginnings. */
export function drawTroubles(draw: Draw, scope: TroubleScope): Trouble[] {
  const kinds = scope.nodes.length > 1 ? [...OF_ONE, ...OF_SEVERAL] : OF_ONE;
  const troubles = Array.from({ length: draw.between(0, 8) }, () => {
    const fromMs = draw.between(0, scope.untilMs - 1_000);
    const lastsMs = draw.one([draw.between(10, 2_000), draw.between(2, 40) * 1_000, draw.between(40, 240) * 1_000]);
    const kind = draw.one(kinds);
    return { fromMs, toMs: Math.min(fromMs + lastsMs, scope.untilMs), ...kind(draw, scope) };
  });
  return troubles.sort((a, b) => a.fromMs - b.fromMs);
}

/** Whatever is left of all troubles: everything runs and works from now on. */
export async function endAllTroubles(world: World, places: readonly string[]): Promise<void> {
  world.network.heal();
  for (const node of world.nodes.values()) {
    if (node.diskBehaviour !== 'works') node.diskBehaviour = 'works';
    await node.thaw();
    if (!node.isRunning) await node.start();
  }
  for (const place of places) world.place(place).behaviour = { kind: 'takes' };
}

/** Unless something else has started it meanwhile. */
function startAgain(world: World, name: string, disk?: DiskFound): Promise<void> | undefined {
  const node = world.node(name);
  return node.isRunning ? undefined : node.start(disk);
}

function drawDisk(draw: Draw): DiskFound {
  if (draw.chance(0.8)) return 'its own disk';
  return draw.chance(0.5) ? 'an empty disk' : 'an old copy of its disk';
}

const killed: Kind = (draw, { nodes }) => {
  const node = draw.one(nodes);
  const disk = drawDisk(draw);
  return { begin: (world) => world.node(node).kill(), end: (world) => startAgain(world, node, disk) };
};

const crashed: Kind = (draw, { nodes }) => {
  const node = draw.one(nodes);
  const at = draw.one(['disk write', 'message'] as const);
  const point = { at, count: draw.between(1, 5), when: draw.one(['before', 'after'] as const) };
  return {
    begin: (world) => world.node(node).crashAt(point),
    end: (world) => {
      world.node(node).crashAt(undefined);
      return startAgain(world, node);
    },
  };
};

const powerCut: Kind = (draw, { nodes }) => {
  const node = draw.one(nodes);
  return {
    begin: (world) => world.node(node).vanish(),
    end: (world) => {
      world.network.heal();
      return startAgain(world, node);
    },
  };
};

const frozen: Kind = (draw, { nodes }) => {
  const node = draw.one(nodes);
  return { begin: (world) => world.node(node).freeze(), end: (world) => world.node(node).thaw() };
};

const stopped: Kind = (draw, { nodes }) => {
  const node = draw.one(nodes);
  return { begin: (world) => world.node(node).stop(), end: (world) => startAgain(world, node) };
};

const backedUp: Kind = (draw, { nodes }) => {
  const node = draw.one(nodes);
  return {
    begin: (world) => world.node(node).copyDisk(),
    end: (world) => {
      world.node(node).kill();
      return world.node(node).start('an old copy of its disk');
    },
  };
};

const diskBroken: Kind = (draw, { nodes }) => {
  const node = draw.one(nodes);
  const behaviour = draw.one(['refuses', 'hangs'] as const);
  return {
    begin: (world) => {
      world.node(node).diskBehaviour = behaviour;
    },
    end: (world) => {
      world.node(node).diskBehaviour = 'works';
    },
  };
};

const reloaded: Kind = (draw, { nodes }) => {
  const node = draw.one(nodes);
  return { begin: (world) => world.node(node).reload(), end: (world) => world.node(node).reload() };
};

const placeBroken: Kind = (draw, { places }) => {
  const place = draw.one(places);
  const behaviour = draw.one<PlaceBehaviour>([
    { kind: 'takes', afterMs: draw.between(100, 20_000) },
    { kind: 'refuses', retryable: true },
    { kind: 'refuses', retryable: false },
    { kind: 'refuses', retryable: true, retryAfterMs: draw.between(1, 30) * 1_000 },
    { kind: 'loses the answer', breaksAfterMs: draw.between(0, 5_000) },
    { kind: 'loses the answer' },
    { kind: 'hangs' },
  ]);
  return {
    begin: (world) => {
      world.place(place).behaviour = behaviour;
    },
    end: (world) => {
      world.place(place).behaviour = { kind: 'takes' };
    },
  };
};

const checkerDied: Kind = (draw, { checkers }) => {
  const checker = checkers.length > 0 ? draw.one(checkers) : undefined;
  return {
    begin: (world) => checker !== undefined && world.checker(checker).stop(),
    end: (world) => checker !== undefined && world.checker(checker).start(),
  };
};

const clockSet: Kind = (draw, { nodes }) => {
  // The first of them: if some clocks are wrong from the beginning, its is one, and a minority stays one.
  const node = nodes[0] ?? '';
  const byMs = nodes.length < 3 ? draw.between(-300, 300) : draw.between(-300, 300) * 1_000;
  return {
    begin: (world) => world.node(node).jumpWallClock(byMs),
    end: (world) => world.node(node).jumpWallClock(-byMs),
  };
};

const linkBroken: Kind = (draw, { nodes }) => {
  const [one, two] = drawTwo(draw, nodes);
  const how = draw.between(1, 5);
  return {
    begin: ({ network }) => {
      if (how === 1) network.reset(one, two);
      else if (how === 2) network.cut(one, two);
      else if (how === 3) network.silence(one, two);
      else if (how === 4) network.blackHole({ from: one, to: two });
      else network.setConditions(one, two, { lossRate: 0.2 });
    },
    end: ({ network }) => {
      if (how === 5) network.setConditions(one, two, { lossRate: 0 });
      else network.heal();
    },
  };
};

const partitioned: Kind = (draw, { nodes }) => {
  const group = draw.some(nodes, nodes.length - 1);
  const how = draw.one(['closed', 'silent'] as const);
  return { begin: ({ network }) => network.partition(group, { how }), end: ({ network }) => network.heal() };
};

function drawTwo(draw: Draw, nodes: readonly string[]): [string, string] {
  const one = draw.one(nodes);
  return [one, draw.one(nodes.filter((node) => node !== one))];
}

const OF_ONE: readonly Kind[] = [
  killed,
  crashed,
  crashed,
  powerCut,
  frozen,
  stopped,
  backedUp,
  diskBroken,
  reloaded,
  placeBroken,
  placeBroken,
  placeBroken,
  checkerDied,
];
const OF_SEVERAL: readonly Kind[] = [clockSet, linkBroken, linkBroken, partitioned, partitioned];
