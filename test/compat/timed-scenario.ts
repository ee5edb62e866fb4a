/**
 * A scenario of the timed story: one routing set-up, what happens when, and what the receivers are told. Times are seconds
 * from the scenario's own beginning. Each scenario has its own route, receivers and alerts, so that many can be told at the
 * same time and none disturbs another.
 */
import type { SinkBehaviour } from '../support/webhook-sink.ts';

export interface Integration {
  readonly send_resolved?: boolean;
  readonly max_alerts?: number;
  /** To the first requests, one each. */
  readonly answersFirst?: readonly SinkBehaviour[];
  /** To all others; 200 at once unless said otherwise. */
  readonly answers?: SinkBehaviour;
}

/** A route as in the configuration file. `receiver` names one of the scenario's own. */
export interface ScenarioRoute {
  readonly receiver?: string;
  readonly routes?: readonly ScenarioRoute[];
  readonly [key: string]: unknown;
}

export interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal?: readonly string[];
}

export interface FiringOptions {
  /** Added to `alertname`, `scenario` and `instance`, or in place of them. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly generatorURL?: string;
  /** In seconds of the scenario, or a function from the instant of the step to the text posted. */
  readonly starts?: number | ((stepMs: number) => string);
  /** In seconds of the scenario; `'timeout'`: the checker gives no end. An hour after the beginning otherwise. */
  readonly ends?: number | 'timeout';
}

export type Action =
  | { readonly kind: 'fire'; readonly instance: string; readonly options: FiringOptions }
  | { readonly kind: 'resolve'; readonly instance: string; readonly labels: Readonly<Record<string, string>> }
  | {
      readonly kind: 'silence';
      readonly id: string;
      readonly instance: string;
      /** In seconds of the scenario. */
      readonly ends: number;
    }
  | { readonly kind: 'expire'; readonly id: string }
  | { readonly kind: 'reload' };

export interface Step {
  readonly atSeconds: number;
  readonly actions: readonly Action[];
}

/** Lines as `toldLines` writes them. */
export type Told = readonly string[];

export interface Scenario {
  /** Unique. Also the value of the alerts' label `scenario` and the beginning of the receivers' names. */
  readonly name: string;
  /** In place of the story's timings: group_wait 1s, group_interval 2s, repeat_interval 5s. */
  readonly route?: ScenarioRoute;
  /** By name, without the scenario's; `''` is the one the route begins with. */
  readonly receivers?: Readonly<Record<string, readonly Integration[]>>;
  readonly inhibitRules?: readonly InhibitRule[];
  /** Seconds of the story at which this scenario begins; early by default. */
  readonly beginsAt?: number;
  readonly steps: readonly Step[];
}

/** Alertmanager and we do the very same, to the byte. */
export interface AgreedScenario extends Scenario {
  readonly both: Told;
}

/** What we do differently on purpose; docs/compatibility.md says why, under the same name. */
export interface DifferentScenario extends Scenario {
  readonly difference: string;
  readonly alertmanager: Told;
  readonly tocsin: Told;
  /** What of a message's own fields the difference is about; else corresponding messages have the same bytes. */
  readonly shows?: 'status and common labels';
}

export function at(atSeconds: number, ...actions: readonly Action[]): Step {
  return { atSeconds, actions };
}

export function fires(instance: string, options: FiringOptions = {}): Action {
  return { kind: 'fire', instance, options };
}

/** Posts its end. */
export function resolves(instance: string, labels: Readonly<Record<string, string>> = {}): Action {
  return { kind: 'resolve', instance, labels };
}

/** From now on, for the alerts of the scenario with this instance. */
export function silences(instance: string, { ends = 3600 }: { ends?: number } = {}): Action {
  return { kind: 'silence', id: instance, instance, ends };
}

export function endsSilenceOf(instance: string): Action {
  return { kind: 'expire', id: instance };
}

export const reloads: Action = { kind: 'reload' };
