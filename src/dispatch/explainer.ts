/**
 * Everything about where an alert with given labels goes now, from the parts that decide it. The alert need not exist.
 * Worked out when asked; a look at every silence, so it is for people and not for every alert.
 */
import type { Inhibition } from '../alerts/inhibitor.ts';
import { type Alert, isResolved } from '../model/alert.ts';
import { groupIdOf } from '../model/group-id.ts';
import { fingerprint, formatLabels, type Labels } from '../model/labels.ts';
import { matchesAll } from '../model/matcher.ts';
import type { Now } from '../model/now.ts';
import { type Silence, silenceState } from '../model/silence.ts';
import type { TimeInterval } from '../model/time-interval.ts';
import { nextChangeMs } from '../model/time-interval-change.ts';
import { heldByTimeIntervals } from '../notify/mute.ts';
import type { PipelineConfig } from '../notify/pipeline.ts';
import type { ReceiverTarget } from '../notify/tell.ts';
import { isOwedResolved, type NotificationLog } from '../state/notification-log.ts';
import type { Dispatcher } from './dispatcher.ts';
import { type ExplainedRoute, explainRoutes } from './explain.ts';
import type { Group } from './group.ts';
import { groupKey, groupLabels, type Route } from './route.ts';
import { type Next, type StandingGroup, whatNext } from './what-next.ts';

export interface ExplainerDependencies {
  readonly dispatcher: Pick<Dispatcher, 'tree' | 'groupOf'>;
  readonly log: Pick<NotificationLog, 'entry' | 'lastTickMs'>;
  readonly silences: { values(): Iterable<Silence> };
  readonly inhibition: (alert: Pick<Alert, 'labels'>, now: Now) => Inhibition | undefined;
  readonly getAlert: (fingerprint: string) => Alert | undefined;
  readonly pipelineConfig: () => PipelineConfig;
}

export interface Destination {
  readonly route: Route;
  readonly integrations: readonly string[];
  readonly groupLabels: Labels;
  readonly groupKey: string;
  readonly groupId: string;
  /** Whether there is such a group now. */
  readonly exists: boolean;
  readonly mutedBy: readonly string[];
  readonly next: Next;
}

export interface Explanation {
  readonly routes: readonly ExplainedRoute[];
  readonly destinations: readonly Destination[];
  /** Those that mute it now. */
  readonly silences: readonly Silence[];
  readonly inhibition: (Inhibition & { readonly labels: Labels }) | undefined;
}

const DAY_MS = 86_400_000;
const LOOK_AHEAD_MS = 400 * DAY_MS;

export class Explainer {
  readonly #dependencies: ExplainerDependencies;

  constructor(dependencies: ExplainerDependencies) {
    this.#dependencies = dependencies;
  }

  explain(labels: Labels, now: Now): Explanation {
    const { dispatcher, silences, getAlert } = this.#dependencies;
    const routes = explainRoutes(dispatcher.tree, labels);
    const alert = getAlert(fingerprint(labels));
    const muting = [...silences.values()].filter(
      (silence) => silenceState(silence, now.wallMs) === 'active' && matchesAll(silence.matchers, labels),
    );
    const inhibition = this.#inhibition(labels, now);
    const known: Known = {
      ...{ labels, alert, now },
      silencedUntilMs: muting.length === 0 ? undefined : Math.max(...muting.map(({ endsAtMs }) => endsAtMs)),
      inhibitedBy: inhibition && formatLabels(inhibition.labels).slice(0, 200),
    };
    return {
      routes,
      destinations: routes
        .filter(({ verdict }) => verdict === 'taken')
        .map(({ route }) => this.#destination(route, known)),
      silences: muting,
      inhibition,
    };
  }

  #inhibition(labels: Labels, now: Now): Explanation['inhibition'] {
    const found = this.#dependencies.inhibition({ labels }, now);
    const source = found && this.#dependencies.getAlert(found.fingerprint);
    return found && source && { ...found, labels: source.labels };
  }

  #destination(route: Route, { labels, alert, now, silencedUntilMs, inhibitedBy }: Known): Destination {
    const { dispatcher, pipelineConfig } = this.#dependencies;
    const { targets, timeIntervals } = pipelineConfig();
    const places = targets.get(route.receiver) ?? [];
    const group = dispatcher.groupOf(route, labels);
    const key = groupKey(route, groupLabels(route, labels));
    const held = heldByTimeIntervals(route, timeIntervals, now);
    const next = whatNext({
      ...{ nowMs: now.wallMs, route, places: places.length, silencedUntilMs, inhibitedBy },
      alert: alert === undefined ? 'unknown' : isResolved(alert, now.wallMs) ? 'ended' : 'firing',
      group: group && this.#standing(group, { fingerprint: fingerprint(labels), alert, places, now }),
      muted: held && { by: held.by, untilMs: unmutedAtMs(route, timeIntervals, now) },
    });
    return {
      route,
      integrations: places.map(({ receiver }) => receiver.integration),
      groupLabels: groupLabels(route, labels),
      groupKey: key,
      groupId: groupIdOf(key, route.receiver),
      exists: group !== undefined,
      mutedBy: held?.by ?? [],
      next,
    };
  }

  #standing(
    group: Group,
    {
      fingerprint,
      alert,
      places,
      now,
    }: Pick<Known, 'alert' | 'now'> & { fingerprint: string; places: readonly ReceiverTarget[] },
  ): StandingGroup {
    const { log } = this.#dependencies;
    const onWallClock = (ms: number) => Math.round(now.wallMs + ms - now.monotonicMs);
    const receiverKeys = places.map(({ key }) => key);
    const toldAtMs = log.lastTickMs(group.key, receiverKeys);
    const isEnded = alert !== undefined && isResolved(alert, now.wallMs);
    const knowing = places.filter(({ key, receiver }) => {
      const told = log.entry(group.key, key)?.told.get(fingerprint);
      return isEnded ? receiver.sendResolved && isOwedResolved(told) : told === 'firing';
    });
    return {
      hasTicked: group.hasTicked,
      dueMs: Math.max(now.wallMs, onWallClock(group.dueMs)),
      toldAtMs: toldAtMs === undefined ? undefined : onWallClock(toldAtMs),
      toldPlaces: knowing.length,
    };
  }
}

interface Known {
  readonly labels: Labels;
  readonly alert: Alert | undefined;
  readonly now: Now;
  readonly silencedUntilMs: number | undefined;
  readonly inhibitedBy: string | undefined;
}

/** When no time interval mutes the route any more; undefined if that is not near. */
export function unmutedAtMs(
  route: Pick<Route, 'muteTimeIntervals' | 'activeTimeIntervals'>,
  timeIntervals: ReadonlyMap<string, readonly TimeInterval[]>,
  now: Now,
): number | undefined {
  const untilMs = now.wallMs + LOOK_AHEAD_MS;
  const instants = [route.muteTimeIntervals, route.activeTimeIntervals].map((names) =>
    names.flatMap((name) => timeIntervals.get(name) ?? []),
  );
  let wallMs = now.wallMs;
  // Where one kind lets go the other may hold; either changes a few times a day at most.
  for (let step = 0; step < MOST_STEPS; step++) {
    if (!heldByTimeIntervals(route, timeIntervals, { ...now, wallMs })) return wallMs;
    const changes = instants.map((intervals) => nextChangeMs(intervals, wallMs, { withinMs: untilMs - wallMs }));
    const next = Math.min(...changes.map((change) => change ?? Number.POSITIVE_INFINITY));
    if (next === Number.POSITIVE_INFINITY) return undefined;
    wallMs = next;
  }
  return undefined;
}

const MOST_STEPS = 100;
