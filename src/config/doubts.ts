/** What is allowed and yet most likely not meant: unused receivers, routes no alert reaches, timings that cannot hold, and more. */
import { formatDuration } from '../model/duration.ts';
import type { ReceiverConfig } from './config.ts';
import { quoted } from './config-error.ts';
import { warnOfIrcDisagreements } from './irc-disagreements.ts';
import type { Problems } from './problems.ts';
import type { ReceiversSection } from './receivers.ts';
import type { RouteSection } from './routes.ts';
import { warnOfLadderGaps } from './severity-ladder.ts';

interface Timings {
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
}

/** The defaults of the root route, as dispatch/route.ts fills them in. */
const ROOT_TIMINGS: Timings = { groupIntervalMs: 300_000, repeatIntervalMs: 14_400_000 };

export function warnOfDoubts(root: RouteSection, receivers: ReceiversSection, problems: Problems): void {
  warnOfTimings(root, ROOT_TIMINGS, problems);
  warnOfUnreachable(root, problems);
  warnOfUnused(root, receivers, problems);
  warnOfLadderGaps(root, problems);
  warnOfIrcDisagreements(receivers, problems);
}

function warnOfTimings({ config, path, routes }: RouteSection, inherited: Timings, problems: Problems): void {
  const groupIntervalMs = config.groupIntervalMs ?? inherited.groupIntervalMs;
  const repeatIntervalMs = config.repeatIntervalMs ?? inherited.repeatIntervalMs;
  const own = config.repeatIntervalMs === undefined ? config.groupIntervalMs : config.repeatIntervalMs;
  if (own !== undefined && repeatIntervalMs < groupIntervalMs) {
    const key = config.repeatIntervalMs === undefined ? 'group_interval' : 'repeat_interval';
    const [repeat, group] = [formatDuration(repeatIntervalMs), formatDuration(groupIntervalMs)];
    const message = `repeat_interval ${repeat} is shorter than group_interval ${group}, which is as often as anything is repeated`;
    problems.warning([...path, key], message);
  }
  for (const route of routes) warnOfTimings(route, { groupIntervalMs, repeatIntervalMs }, problems);
}

/**
 * A route is never reached if an earlier sibling without `continue` takes all it would take: one without matchers, with
 * the same ones, or with a single one of them. Other cases are not looked for; they would cost a comparison of all pairs.
 */
function warnOfUnreachable({ routes }: RouteSection, problems: Problems): void {
  const takers = new Map<string, RouteSection>();
  for (const route of routes) {
    const matchers = route.config.matchers.map(String);
    const taker = ['', ...matchers, matchers.join(',')].map((some) => takers.get(some)).find((found) => found);
    if (taker !== undefined) {
      const message = `no alert reaches this route: the one on line ${problems.lineOf(taker.path)} takes them first; move this one up or set continue there`;
      problems.warning(route.path, message);
    }
    const all = matchers.join(',');
    if (!route.config.continue && !takers.has(all)) takers.set(all, route);
    warnOfUnreachable(route, problems);
  }
}

function warnOfUnused(root: RouteSection, { config, places }: ReceiversSection, problems: Problems): void {
  const used = new Set<string>();
  const collect = ({ config: { receiver }, routes }: RouteSection) => {
    if (receiver !== undefined) used.add(receiver);
    for (const route of routes) collect(route);
  };
  collect(root);
  const unused = config.filter(({ name }: ReceiverConfig) => !used.has(name));
  for (const { name } of unused) {
    const path = places.get(name);
    if (path !== undefined) problems.warning(path, `receiver ${quoted(name)} is used by no route`);
  }
}
