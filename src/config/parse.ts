/** From the text of a configuration file to a frozen Config, or every error in it with its line. Pure. */
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { type IntegrationConfig, type ReceiverKind, receiverKinds } from '../../receivers/index.ts';
import type { LabelNameMode } from '../model/labels.ts';
import type { Config } from './config.ts';
import { type ConfigError, formatWarning } from './config-error.ts';
import { warnOfDoubts } from './doubts.ts';
import { readFields } from './fields.ts';
import { deepFrozen } from './frozen.ts';
import { readGlobal } from './global.ts';
import { readInhibitRules } from './inhibit-rules.ts';
import { MatcherReader } from './matchers.ts';
import { Problems } from './problems.ts';
import { readReceivers } from './receivers.ts';
import { readRootRoute } from './routes.ts';
import { showConfig } from './shown.ts';
import { TimeIntervals } from './time-intervals.ts';
import { texts } from './values.ts';
import { isBlock, type PlainValue, readYaml } from './yaml-tree.ts';

/** How matchers are read, and which label names there are: Alertmanager's default and its two feature flags. */
export type MatcherMode = 'fallback' | 'utf8-strict' | 'classic';

export interface ParseOptions {
  /** Absolute. Templates and the files of http_config are relative to it. The working directory if not given. */
  readonly directory?: string;
  /** `fallback` if not given. */
  readonly matcherMode?: MatcherMode;
  /** For tests; else every kind there is. */
  readonly receiverKinds?: readonly ReceiverKind<IntegrationConfig>[];
}

export type ParseResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly errors: readonly ConfigError[] };

const plain = z.custom<PlainValue>(() => true);

const SCHEMAS = {
  global: plain,
  route: plain,
  receivers: plain,
  inhibit_rules: plain,
  templates: texts,
  time_intervals: plain,
  mute_time_intervals: plain,
  tracing: plain,
  event_recorder: plain,
};

/** Never throws. Errors and warnings are sorted by line, each once, and hold no secrets; a warning begins with its line. */
export function parseConfig(text: string, options: ParseOptions = {}): ParseResult {
  const { directory = process.cwd(), matcherMode = 'fallback', receiverKinds: kinds = receiverKinds } = options;
  const tree = readYaml(text);
  const problems = new Problems(tree);
  if (tree.root === null && tree.errors.length > 0) return { ok: false, errors: problems.errors };

  const labelNames: LabelNameMode = matcherMode === 'classic' ? 'classic' : 'utf8';
  const matchers = new MatcherReader(matcherMode === 'utf8-strict' ? 'utf8' : matcherMode, problems);
  const sections = readFields(tree.root, SCHEMAS, { path: [], problems });

  const global = readGlobal(sections.global, { path: ['global'], problems, directory });
  const receivers = readReceivers(sections.receivers, {
    path: ['receivers'],
    problems,
    kinds,
    labelNames,
    directory,
    defaults: global.config.receiverDefaults,
  });
  const timeIntervals = new TimeIntervals(problems);
  const shownTimeIntervals = timeIntervals.read(sections.time_intervals, ['time_intervals']);
  const shownMuteTimeIntervals = timeIntervals.read(sections.mute_time_intervals, ['mute_time_intervals']);
  const inhibitRules = readInhibitRules(sections.inhibit_rules, {
    path: ['inhibit_rules'],
    problems,
    matchers,
    labelNames,
  });
  if ((tree.root === null || isBlock(tree.root)) && (sections.route ?? null) === null) {
    problems.error(['route'], 'no route provided in config; add a route with a receiver');
  }
  const route = readRootRoute(sections.route, {
    path: ['route'],
    problems,
    matchers,
    labelNames,
    isReceiver: (name) => receivers.places.has(name),
    isTimeInterval: (name) => timeIntervals.has(name),
  });
  for (const key of ['tracing', 'event_recorder'] as const) {
    if (sections[key] !== null && sections[key] !== undefined) {
      problems.warning([key], 'has no effect: it is accepted so that the file loads as it is');
    }
  }
  if (problems.errors.length > 0) return { ok: false, errors: problems.errors };

  warnOfDoubts(route, receivers, problems);
  const templates = (sections.templates ?? []).map((glob) => absolute(glob, directory));
  const config: Config = {
    global: global.config,
    route: route.config,
    receivers: receivers.config,
    inhibitRules: inhibitRules.config,
    timeIntervals: timeIntervals.byName,
    templates,
    ...showConfig({
      global: global.shown,
      route: route.shown,
      inhibitRules: inhibitRules.shown,
      receivers: receivers.shown,
      templates,
      muteTimeIntervals: shownMuteTimeIntervals,
      timeIntervals: shownTimeIntervals,
    }),
  };
  return { ok: true, config: deepFrozen(config), warnings: problems.warnings.map(formatWarning) };
}

function absolute(path: string, directory: string): string {
  return path === '' || isAbsolute(path) ? path : join(directory, path);
}
