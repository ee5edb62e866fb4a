/**
 * How much work a list of matchers may make for each alert. Silences and filters come from anybody who reaches the API,
 * and matching does not pause; the operator's own configuration is not limited so.
 */
import type { Matcher } from './matcher.ts';
import { regexCost } from './regex.ts';

/** Under a fifth of a second, measured, for the longest label value; hundreds of plain host names cost nothing. */
const MOST_COST = 1_500;

export const TOO_COSTLY =
  'its regular expressions take too long to match; use fewer or smaller repetitions, or plain alternatives';

/** `times` is how much more than one filter may cost what is asked for rarely. */
export function isAffordable(matchers: readonly Pick<Matcher, 'type' | 'value'>[], times = 1): boolean {
  let cost = 0;
  for (const { type, value } of matchers) if (type === '=~' || type === '!~') cost += regexCost(value);
  return cost <= MOST_COST * times;
}
