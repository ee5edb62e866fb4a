/**
 * How much work a list of matchers may make for each alert. Silences and filters come from anybody who reaches the API,
 * and matching does not pause; the operator's own configuration is not limited so.
 */
import type { Matcher } from './matcher.ts';
import { regexCost, withinRegexCost } from './regex.ts';

export { TOO_COSTLY } from './regex.ts';

/** Under a fifth of a second, measured, for the longest label value; hundreds of plain host names cost nothing. */
const MOST_COST = 1_500;

/** `times` is how much more than one filter may cost what is asked for rarely. */
export function isAffordable(matchers: readonly Pick<Matcher, 'type' | 'value'>[], times = 1): boolean {
  return matchersCost(matchers) <= MOST_COST * times;
}

/** Of all of them together; see {@link regexCost}. */
export function matchersCost(matchers: readonly Pick<Matcher, 'type' | 'value'>[]): number {
  let cost = 0;
  for (const { type, value } of matchers) if (type === '=~' || type === '!~') cost += regexCost(value);
  return cost;
}

/**
 * What `make` makes of a stranger's texts. It is refused with a RegexError as soon as its patterns cost more than any
 * affordable matchers do, before they are compiled. Text is read in two grammars, so each pattern may be compiled twice.
 */
export function madeAffordably<Made>(make: () => Made): Made {
  return withinRegexCost(2 * MOST_COST, make);
}
