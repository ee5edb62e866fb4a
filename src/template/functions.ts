/** Every function templates can call: Go's own and Alertmanager's. `and` and `or` stop early and are the evaluator's. */
import {
  ANY,
  ANYTHINGS,
  type Callable,
  callable,
  contextual,
  listOfStrings,
  STRING,
  STRINGS,
  stringsOf,
  VALUE,
  variadic,
} from './callable.ts';
import { dict, index, length, slice } from './collection-functions.ts';
import { equalsAny, isLess } from './compare.ts';
import { Duration } from './duration.ts';
import { humanizeDuration } from './humanize-duration.ts';
import { toJson } from './json.ts';
import { display, print, printLine } from './print.ts';
import { sprintf } from './printf.ts';
import { ValueError } from './template-error.ts';
import {
  base64Decode,
  base64Encode,
  escapeHtml,
  escapeJavaScript,
  joinStrings,
  queryEscape,
  queryUnescape,
  title,
  toLower,
  toUpper,
  trimSpace,
} from './text-functions.ts';
import { parseTime } from './time-parse.ts';
import { TIME, TimeValue, ZERO_TIME } from './time-value.ts';
import { isTrue, listOfAnything, TrustedText, typeName, type Value } from './value.ts';
import { loadZone, UTC } from './zone.ts';

function textFunction(change: (text: string) => Value): Callable {
  return callable([STRING], change);
}

function nowOf(nowMs: number): TimeValue {
  return new TimeValue(BigInt(Math.trunc(nowMs)) * 1_000_000n, UTC);
}

/** The text of any arguments, as the escaping functions take them. */
function argumentsText(values: readonly Value[]): string {
  return print(values.map((value) => (value == null || values.length === 1 ? display(value) : value)));
}

function call(target: Value): never {
  if (target == null) throw new ValueError('call of nil');
  throw new ValueError(`non-function of type ${typeName(target)}; name the function or method without call`);
}

const GO_FUNCTIONS: readonly (readonly [string, Callable])[] = [
  ['call', variadic([VALUE], VALUE, call)],
  ['eq', variadic([VALUE], VALUE, (value, ...others) => equalsAny(value, others))],
  ['ne', callable([VALUE, VALUE], (a, b) => !equalsAny(a, [b]))],
  ['lt', callable([VALUE, VALUE], isLess)],
  ['le', callable([VALUE, VALUE], (a, b) => isLess(a, b) || equalsAny(a, [b]))],
  ['gt', callable([VALUE, VALUE], (a, b) => !(isLess(a, b) || equalsAny(a, [b])))],
  ['ge', callable([VALUE, VALUE], (a, b) => !isLess(a, b))],
  ['html', variadic([], ANY, (...values) => escapeHtml(argumentsText(values)))],
  ['index', variadic([VALUE], VALUE, (item, ...keys) => index(item, keys))],
  ['js', variadic([], ANY, (...values) => escapeJavaScript(argumentsText(values)))],
  ['len', callable([VALUE], length)],
  ['not', callable([VALUE], (value) => !isTrue(value))],
  ['print', variadic([], ANY, (...values) => print(values))],
  ['printf', variadic([STRING], ANY, (format, ...values) => sprintf(format, values))],
  ['println', variadic([], ANY, (...values) => printLine(values))],
  ['slice', variadic([VALUE], VALUE, (item, ...bounds) => slice(item, bounds))],
  ['urlquery', variadic([], ANY, (...values) => queryEscape(argumentsText(values)))],
];

const ALERTMANAGER_FUNCTIONS: readonly (readonly [string, Callable])[] = [
  ['append', variadic([ANYTHINGS], ANY, (list, ...values) => listOfAnything([...list.elements, ...values]))],
  ['base64decode', textFunction(base64Decode)],
  ['base64encode', textFunction(base64Encode)],
  ['date', callable([STRING, TIME], (layout, time) => time.format(layout))],
  ['dict', variadic([], ANY, (...keysAndValues) => dict(keysAndValues))],
  ['humanizeDuration', callable([ANY], humanizeDuration)],
  ['join', callable([STRING, STRINGS], (separator, list) => joinStrings(stringsOf(list), separator))],
  ['list', variadic([], ANY, (...values) => listOfAnything(values))],
  ['match', contextual([STRING, STRING], ({ patterns }, pattern, text) => patterns.matches(pattern, text))],
  ['mustToDate', callable([STRING, STRING], parseTime)],
  ['now', contextual([], ({ nowMs }) => nowOf(nowMs))],
  [
    'reReplaceAll',
    contextual([STRING, STRING, STRING], ({ patterns }, pattern, replacement, text) =>
      patterns.replaceAll(pattern, replacement, text),
    ),
  ],
  ['routeLabels', contextual([STRING], (context, name) => context.routeLabel(name))],
  ['safeHtml', textFunction((text) => new TrustedText('template.HTML', text))],
  ['safeUrl', textFunction((text) => new TrustedText('template.URL', text))],
  [
    'since',
    contextual([TIME], ({ nowMs }, time) => new Duration(nowOf(nowMs).epochNanoseconds - time.epochNanoseconds)),
  ],
  ['stringSlice', variadic([], STRING, (...texts) => listOfStrings(texts))],
  ['title', textFunction(title)],
  ['toDate', callable([STRING, STRING], timeOrZero)],
  ['toJson', callable([ANY], toJson)],
  ['toLower', textFunction(toLower)],
  ['toUpper', textFunction(toUpper)],
  ['trimSpace', textFunction(trimSpace)],
  ['tz', callable([STRING, TIME], (zone, time) => time.in(loadZone(zone)))],
  ['urlUnescape', textFunction(queryUnescape)],
];

function timeOrZero(layout: string, text: string): TimeValue {
  try {
    return parseTime(layout, text);
  } catch (cause) {
    if (!(cause instanceof ValueError)) throw cause;
    return ZERO_TIME;
  }
}

export const FUNCTIONS: ReadonlyMap<string, Callable> = new Map([...GO_FUNCTIONS, ...ALERTMANAGER_FUNCTIONS]);

/** What a template may name. */
export const FUNCTION_NAMES: ReadonlySet<string> = new Set([...FUNCTIONS.keys(), 'and', 'or']);
