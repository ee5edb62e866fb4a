/** The configuration as the rest of the program sees it: validated, defaults filled in, frozen. Made only by load.ts. */
import type { ReceiverDefaults } from '../../receivers/defaults.ts';
import type { IntegrationConfig } from '../../receivers/index.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { TimeInterval } from '../model/time-interval.ts';

export interface Config {
  readonly global: GlobalConfig;
  readonly route: RouteConfig;
  readonly receivers: readonly ReceiverConfig[];
  readonly inhibitRules: readonly InhibitRule[];
  /** `time_intervals` and `mute_time_intervals`, by name. A name is active when any of its intervals contains the instant. */
  readonly timeIntervals: ReadonlyMap<string, readonly TimeInterval[]>;
  /** Absolute globs. */
  readonly templates: readonly string[];
  /** The configuration with defaults filled in and every secret shown as `<secret>`, as YAML: what /api/v2/status shows. */
  readonly shown: string;
  /** Of `shown` without paths; lower-case hex SHA-256. */
  readonly hash: string;
}

export interface GlobalConfig {
  readonly resolveTimeoutMs: number;
  readonly receiverDefaults: ReceiverDefaults;
}

/** Unset values are inherited from the parent; dispatch/route.ts fills them in. */
export interface RouteConfig {
  readonly receiver: string | undefined;
  /** Undefined: inherited. `'all'` is `group_by: ['...']`. */
  readonly groupBy: readonly string[] | 'all' | undefined;
  readonly groupWaitMs: number | undefined;
  readonly groupIntervalMs: number | undefined;
  readonly repeatIntervalMs: number | undefined;
  /** match, match_re and matchers together, sorted. */
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  /** Values are templates. */
  readonly labels: Labels;
  readonly routes: readonly RouteConfig[];
}

export interface ReceiverConfig {
  readonly name: string;
  /** Always holds at least `name`. */
  readonly labels: Labels;
  /** In Alertmanager's build order: by kind, then as listed. */
  readonly integrations: readonly IntegrationConfig[];
}

export interface InhibitRule {
  readonly name: string;
  readonly sourceMatchers: readonly Matcher[];
  readonly targetMatchers: readonly Matcher[];
  readonly equal: readonly string[];
}
