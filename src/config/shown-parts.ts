/** Parts of a configuration as YAML of their own, written as the whole is shown. They hold no secrets. */
import { type TimeInterval, timeIntervalToConfig } from '../model/time-interval.ts';
import type { InhibitRule } from './config.ts';
import { toYaml } from './shown.ts';

export function timeIntervalText(name: string, intervals: readonly TimeInterval[]): string {
  return toYaml({ name, time_intervals: intervals.map(timeIntervalToConfig) });
}

export function inhibitRuleText({ name, sourceMatchers, targetMatchers, equal }: InhibitRule): string {
  return toYaml({
    ...(name !== '' && { name }),
    source_matchers: sourceMatchers.map(String),
    target_matchers: targetMatchers.map(String),
    ...(equal.length > 0 && { equal }),
  });
}
