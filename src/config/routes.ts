/** `route` and everything below it: what each node says for itself. What it inherits is filled in by dispatch/route.ts. */
import { z } from 'zod';
import { optional, text, yamlBoolean } from '../../receivers/config-values.ts';
import { formatDuration } from '../model/duration.ts';
import { type LabelNameMode, sortedLabels } from '../model/labels.ts';
import type { RouteConfig } from './config.ts';
import { type ConfigPath, quoted } from './config-error.ts';
import { type Fields, readFields, readList } from './fields.ts';
import type { MatcherReader } from './matchers.ts';
import type { Problems } from './problems.ts';
import { durationMs, labelNameProblem, optionalTexts, regexMap, textMap, texts } from './values.ts';
import { isBlock, type PlainValue, valueAt } from './yaml-tree.ts';

const SCHEMAS = {
  receiver: optional(text),
  group_by: optionalTexts,
  continue: optional(yamlBoolean),
  matchers: texts,
  match: textMap,
  match_re: regexMap,
  mute_time_intervals: texts,
  active_time_intervals: texts,
  group_wait: optional(durationMs),
  group_interval: optional(durationMs),
  repeat_interval: optional(durationMs),
  labels: textMap,
  routes: z.unknown(),
};

/** A node with its place, for the checks that look at the whole tree. */
export interface RouteSection {
  readonly config: RouteConfig;
  readonly shown: Readonly<Record<string, unknown>>;
  readonly path: ConfigPath;
  readonly routes: readonly RouteSection[];
}

export interface RouteOptions {
  readonly path: ConfigPath;
  readonly problems: Problems;
  readonly matchers: MatcherReader;
  readonly labelNames: LabelNameMode;
  /** What routes may refer to. */
  readonly isReceiver: (name: string) => boolean;
  readonly isTimeInterval: (name: string) => boolean;
}

/** The tree below and including the root; the empty root if there is no block to read, which is reported. */
export function readRootRoute(value: PlainValue | undefined, options: RouteOptions): RouteSection {
  const { path, problems } = options;
  const root = readRoute(value, options);
  const { receiver, matchers, muteTimeIntervals, activeTimeIntervals } = root.config;
  if (receiver === undefined && isBlock(value) && (valueAt(value, 'receiver') ?? '') === '')
    problems.error(path, 'the root route needs a receiver: it takes every alert that no other route takes');
  if (matchers.length > 0) {
    const message =
      'the root route takes every alert and must not have match, match_re or matchers; move them to a route in routes';
    problems.error(path, message);
  }
  if (root.config.continue)
    problems.error([...path, 'continue'], 'the root route has no siblings to continue with; remove continue');
  if (muteTimeIntervals.length > 0 || activeTimeIntervals.length > 0) {
    const key = muteTimeIntervals.length > 0 ? 'mute_time_intervals' : 'active_time_intervals';
    problems.error([...path, key], `the root route must not have ${key}; move them to a route in routes`);
  }
  return root;
}

function readRoute(value: PlainValue | undefined, options: RouteOptions): RouteSection {
  const { path, problems, matchers } = options;
  const fields = readFields(value, SCHEMAS, { path, problems });
  checkFields(fields, options);
  const labels = readLabels(fields.labels, options);
  const read = matchers.read(
    { match: fields.match, matchRe: fields.match_re, matchers: fields.matchers },
    { path, prefix: '' },
  );
  const below = [...path, 'routes'];
  const routes = readList(fields.routes as PlainValue | undefined, { path: below, problems }).map((route, index) => {
    if (route === null) problems.error([...below, index], 'missing route: write its keys here or remove the "-"');
    return readRoute(route, { ...options, path: [...below, index] });
  });
  const { group_by: groupBy, mute_time_intervals: mutes = [], active_time_intervals: actives = [] } = fields;
  const config: RouteConfig = {
    receiver: fields.receiver || undefined,
    groupBy: groupBy?.includes('...') ? 'all' : groupBy,
    groupWaitMs: fields.group_wait,
    groupIntervalMs: fields.group_interval,
    repeatIntervalMs: fields.repeat_interval,
    matchers: read.matchers,
    continue: fields.continue ?? false,
    muteTimeIntervals: mutes,
    activeTimeIntervals: actives,
    labels,
    routes: routes.map((route) => route.config),
  };
  const shown = {
    ...(config.receiver !== undefined && { receiver: config.receiver }),
    ...(groupBy && { group_by: groupBy }),
    continue: config.continue,
    ...read.shown,
    ...(mutes.length > 0 && { mute_time_intervals: mutes }),
    ...(actives.length > 0 && { active_time_intervals: actives }),
    ...(config.groupWaitMs !== undefined && { group_wait: formatDuration(config.groupWaitMs) }),
    ...(config.groupIntervalMs !== undefined && { group_interval: formatDuration(config.groupIntervalMs) }),
    ...(config.repeatIntervalMs !== undefined && { repeat_interval: formatDuration(config.repeatIntervalMs) }),
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(routes.length > 0 && { routes: routes.map((route) => route.shown) }),
  };
  return { config, shown, path, routes };
}

function checkFields(fields: Fields<typeof SCHEMAS>, options: RouteOptions): void {
  const { path, problems, isReceiver, isTimeInterval } = options;
  if (fields.receiver && !isReceiver(fields.receiver)) {
    const message = `there is no receiver ${quoted(fields.receiver)}; add it to receivers or correct the name`;
    problems.error([...path, 'receiver'], message);
  }
  for (const key of ['mute_time_intervals', 'active_time_intervals'] as const) {
    for (const [index, name] of (fields[key] ?? []).entries()) {
      if (isTimeInterval(name)) continue;
      const message = `there is no time interval ${quoted(name)}; add it to time_intervals or correct the name`;
      problems.error([...path, key, index], message);
    }
  }
  for (const key of ['group_interval', 'repeat_interval'] as const) {
    if (fields[key] === 0) problems.error([...path, key], 'must be longer than zero');
  }
  checkGroupBy(fields.group_by ?? [], options);
}

function checkGroupBy(groupBy: readonly string[], { path, problems, labelNames }: RouteOptions): void {
  if (groupBy.includes('...') && groupBy.some((name) => name !== '...')) {
    problems.error([...path, 'group_by'], "'...' groups by all labels and must stand alone");
  }
  for (const [index, name] of groupBy.entries()) {
    const place = [...path, 'group_by', index];
    if (name === '...') continue;
    const problem = labelNameProblem(name, labelNames);
    if (problem !== undefined) problems.error(place, problem);
    else if (groupBy.indexOf(name) < index) problems.error(place, `label ${quoted(name)} is listed twice; remove one`);
  }
}

function readLabels(labels: ReadonlyMap<string, string> = new Map(), { path, problems, labelNames }: RouteOptions) {
  for (const name of labels.keys()) {
    const problem = labelNameProblem(name, labelNames);
    if (problem !== undefined) problems.error([...path, 'labels', name], problem);
  }
  return sortedLabels(Object.fromEntries(labels));
}
