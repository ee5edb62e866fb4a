/** When a newly fired alert will be told to whom: what the routing tree and the groups there are already say. Pure. */
import { groupLabels, type Route, type RouteTree } from '../../src/dispatch/route.ts';
import { type Labels, sameLabels } from '../../src/model/labels.ts';

export interface KnownGroup {
  readonly receiver: string;
  readonly labels: Labels;
}

export interface Prospect {
  readonly receiver: string;
  /** For a group that is told of already: at the latest. */
  readonly withinMs: number;
  readonly reason: 'new group' | 'group told of already';
  /** Names of the time intervals that may hold it back. */
  readonly timeIntervals: readonly string[];
  /** When an alert that was told already is told again. */
  readonly repeatMs: number;
}

/** In the order of the tree. */
export function prospects(tree: RouteTree, labels: Labels, groups: readonly KnownGroup[]): readonly Prospect[] {
  return tree.match(labels).map((route) => {
    const own = groupLabels(route, labels);
    const isKnown = groups.some((group) => group.receiver === route.receiver && sameLabels(group.labels, own));
    return {
      receiver: route.receiver,
      withinMs: isKnown ? route.groupIntervalMs : route.groupWaitMs,
      reason: isKnown ? 'group told of already' : 'new group',
      timeIntervals: intervalsOf(route),
      repeatMs: route.repeatIntervalMs,
    };
  });
}

function intervalsOf({ activeTimeIntervals, muteTimeIntervals }: Route): readonly string[] {
  return [...activeTimeIntervals, ...muteTimeIntervals];
}
