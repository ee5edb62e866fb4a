/** `time_intervals` and its deprecated twin `mute_time_intervals`: named lists of intervals, with names unique across both. */
import { z } from 'zod';
import { type TimeInterval, timeIntervalFromConfig, timeIntervalToConfig } from '../model/time-interval.ts';
import { type ConfigPath, quoted } from './config-error.ts';
import { readFields, readList } from './fields.ts';
import type { Problems } from './problems.ts';
import { textOrEmpty } from './values.ts';
import type { PlainValue } from './yaml-tree.ts';

const SCHEMAS = { name: textOrEmpty, time_intervals: z.unknown() };

export class TimeIntervals {
  readonly #problems: Problems;
  /** Also names whose intervals are bad: a route that uses them is right. */
  readonly #lines = new Map<string, number>();
  readonly #intervals = new Map<string, readonly TimeInterval[]>();

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** Reads one of the two lists; gives it as it is shown. */
  read(value: PlainValue | undefined, path: ConfigPath): readonly unknown[] {
    return readList(value, { path, problems: this.#problems }).map((item, index) =>
      this.#named(item, [...path, index]),
    );
  }

  has(name: string): boolean {
    return this.#lines.has(name);
  }

  get byName(): ReadonlyMap<string, readonly TimeInterval[]> {
    return this.#intervals;
  }

  #named(value: PlainValue, path: ConfigPath): unknown {
    const problems = this.#problems;
    const fields = readFields(value, SCHEMAS, { path, problems });
    const name = fields.name ?? '';
    const line = this.#lines.get(name);
    if (name === '') problems.error(path, 'a time interval needs a name');
    else if (line !== undefined) {
      problems.error(
        [...path, 'name'],
        `time interval ${quoted(name)} is defined twice, the first time on line ${line}`,
      );
    } else this.#lines.set(name, problems.lineOf(path));
    const blocks = readList(fields.time_intervals as PlainValue | undefined, {
      path: [...path, 'time_intervals'],
      problems,
    });
    const intervals = blocks.flatMap((block, index) => this.#interval(block, [...path, 'time_intervals', index]));
    if (!this.#intervals.has(name)) this.#intervals.set(name, intervals);
    return { name, time_intervals: intervals.map(timeIntervalToConfig) };
  }

  #interval(block: PlainValue, path: ConfigPath): TimeInterval[] {
    // A null item is an interval without any condition, which holds always.
    const result = timeIntervalFromConfig(block ?? {});
    if (result.ok) return [result.interval];
    for (const problem of result.problems) this.#problems.error([...path, ...problem.path], problem.message);
    return [];
  }
}
