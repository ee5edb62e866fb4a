/** A notification as templates see it: Alertmanager's Data, Alerts, Alert and KV with their methods. */
import { type Labels, labelNames, labelValue } from '../model/labels.ts';
import type { AlertStatus, Notification, NotifiedAlert } from '../model/notification.ts';
import { ZERO_TIME as ZERO_TIME_TEXT } from '../model/timestamp.ts';
import { type Callable, callable, STRING, STRINGS, stringsOf } from './callable.ts';
import { joinStrings } from './text-functions.ts';
import { parseRfc3339, TimeValue, ZERO_TIME } from './time-value.ts';
import { ListValue, MapValue, StructValue, type Value } from './value.ts';
import { UTC } from './zone.ts';

const DATA_JSON_NAMES: ReadonlyMap<string, string> = new Map([
  ['Receiver', 'receiver'],
  ['Status', 'status'],
  ['Alerts', 'alerts'],
  ['NotificationReason', 'notification_reason'],
  ['GroupLabels', 'groupLabels'],
  ['CommonLabels', 'commonLabels'],
  ['CommonAnnotations', 'commonAnnotations'],
  ['RouteLabels', 'routeLabels'],
  ['ExternalURL', 'externalURL'],
]);

const ALERT_JSON_NAMES: ReadonlyMap<string, string> = new Map([
  ['Status', 'status'],
  ['Labels', 'labels'],
  ['Annotations', 'annotations'],
  ['StartsAt', 'startsAt'],
  ['EndsAt', 'endsAt'],
  ['GeneratorURL', 'generatorURL'],
  ['Fingerprint', 'fingerprint'],
]);

/** What Go's QuoteMeta escapes; a hyphen is not among it. */
const REGEX_METACHARACTERS = /[\\.+*?()|[\]{}^$]/g;

const bound = new WeakMap<Notification, StructValue>();

/** The root of the data, `.` and `$` at the outermost. A notification is bound once for all its texts. */
export function notificationValue(notification: Notification): StructValue {
  const known = bound.get(notification);
  if (known !== undefined) return known;
  const value = new StructValue(
    '*template.Data',
    new Map<string, Value>([
      ['Receiver', quoteMeta(notification.receiver)],
      ['Status', notification.status],
      ['Alerts', new Alerts(notification.alerts.map((alert) => new AlertValue(alert)))],
      ['NotificationReason', notification.reason],
      ['GroupLabels', keyValues(notification.groupLabels)],
      ['CommonLabels', keyValues(notification.commonLabels)],
      ['CommonAnnotations', keyValues(notification.commonAnnotations)],
      ['RouteLabels', keyValues(notification.routeLabels)],
      ['ExternalURL', notification.externalURL],
    ]),
    DATA_JSON_NAMES,
  );
  bound.set(notification, value);
  return value;
}

/** A receiver's name as messages show it: with regex metacharacters escaped, as Alertmanager does. */
export function quoteMeta(receiver: string): string {
  return receiver.replaceAll(REGEX_METACHARACTERS, '\\$&');
}

/**
 * Its fields are made when a template first looks into it: most texts ask of a group of ten thousand how many there are, and
 * what they have in common.
 */
class AlertValue extends StructValue {
  readonly status: AlertStatus;

  constructor(alert: NotifiedAlert) {
    super('template.Alert', () => alertFields(alert), ALERT_JSON_NAMES);
    this.status = alert.status;
  }
}

function alertFields(alert: NotifiedAlert): ReadonlyMap<string, Value> {
  return new Map<string, Value>([
    ['Status', alert.status],
    ['Labels', keyValues(alert.labels)],
    ['Annotations', keyValues(alert.annotations)],
    ['StartsAt', timeValue(alert.startsAt, alert.startsAtMs)],
    ['EndsAt', timeValue(alert.endsAt, alert.endsAtMs)],
    ['GeneratorURL', alert.generatorURL],
    ['Fingerprint', alert.fingerprint],
  ]);
}

/** The text knows the poster's offset and nanoseconds; the milliseconds are what remains if it cannot be read. */
function timeValue(text: string, milliseconds: number | undefined): TimeValue {
  // Of whatever fires.
  if (text === ZERO_TIME_TEXT) return ZERO_TIME;
  const parsed = parseRfc3339(text);
  if (parsed !== undefined) return parsed;
  return milliseconds === undefined ? ZERO_TIME : new TimeValue(BigInt(Math.trunc(milliseconds)) * 1_000_000n, UTC);
}

function keyValues(labels: Labels): KeyValues {
  return new KeyValues(new Map(labelNames(labels).map((name) => [name, labelValue(labels, name)])));
}

/** Alertmanager's KV: labels or annotations. */
class KeyValues extends MapValue {
  constructor(entries: ReadonlyMap<string, string>) {
    super('template.KV', entries, '');
  }

  /** By name, but `alertname` before all others. */
  sortedPairs(): Pairs {
    const pairs = [...this.entries].map(([name, value]) => pair(name, String(value)));
    const alertname = pairs.findIndex((each) => each.fields.get('Name') === 'alertname');
    return new Pairs(alertname < 0 ? pairs : [...pairs.splice(alertname, 1), ...pairs]);
  }

  without(names: readonly string[]): KeyValues {
    const removed = new Set(names);
    const kept = [...this.entries].filter(([name]) => !removed.has(name));
    return new KeyValues(new Map(kept.map(([name, value]) => [name, String(value)])));
  }

  override stringer(): string {
    return this.sortedPairs().stringer();
  }

  override method(name: string): Callable | undefined {
    return KEY_VALUES_METHODS.get(name)?.(this);
  }
}

type MethodsOf<V> = ReadonlyMap<string, (value: V) => Callable>;

const KEY_VALUES_METHODS: MethodsOf<KeyValues> = new Map<string, (value: KeyValues) => Callable>([
  ['SortedPairs', (labels) => callable([], () => labels.sortedPairs())],
  ['Names', (labels) => callable([], () => labels.sortedPairs().column('Name'))],
  ['Values', (labels) => callable([], () => labels.sortedPairs().column('Value'))],
  ['Remove', (labels) => callable([STRINGS], (names) => labels.without(stringsOf(names)))],
  ['String', (labels) => callable([], () => labels.stringer())],
]);

function pair(name: string, value: string): StructValue {
  return new StructValue(
    'template.Pair',
    new Map([
      ['Name', name],
      ['Value', value],
    ]),
  );
}

class Pairs extends ListValue {
  declare readonly elements: readonly StructValue[];

  constructor(pairs: readonly StructValue[]) {
    super('template.Pairs', 'template.Pair', pairs);
  }

  column(field: 'Name' | 'Value'): Strings {
    return new Strings(this.elements.map((each) => String(each.fields.get(field))));
  }

  override withElements(elements: readonly Value[]): Pairs {
    return new Pairs(elements as readonly StructValue[]);
  }

  override stringer(): string {
    return joinStrings(
      this.elements.map(({ fields }) => `${fields.get('Name')}=${fields.get('Value')}`),
      ', ',
    );
  }

  override method(name: string): Callable | undefined {
    return PAIRS_METHODS.get(name)?.(this);
  }
}

const PAIRS_METHODS: MethodsOf<Pairs> = new Map<string, (value: Pairs) => Callable>([
  ['Names', (pairs) => callable([], () => pairs.column('Name'))],
  ['Values', (pairs) => callable([], () => pairs.column('Value'))],
  ['String', (pairs) => callable([], () => pairs.stringer())],
]);

class Strings extends ListValue {
  constructor(elements: readonly string[]) {
    super('template.Strings', 'string', elements);
  }

  override withElements(elements: readonly Value[]): Strings {
    return new Strings(elements as readonly string[]);
  }

  override method(name: string): Callable | undefined {
    if (name !== 'Join') return undefined;
    return callable([STRING], (separator) => joinStrings(stringsOf(this), separator));
  }
}

class Alerts extends ListValue {
  constructor(elements: readonly Value[]) {
    super('template.Alerts', 'template.Alert', elements);
  }

  override withElements(elements: readonly Value[]): Alerts {
    return new Alerts(elements);
  }

  /** Firing and Resolved give a bare list of alerts, without these methods. */
  override method(name: string): Callable | undefined {
    if (name !== 'Firing' && name !== 'Resolved') return undefined;
    return callable([], () => {
      const status = name.toLowerCase();
      const chosen = this.elements.filter((alert) => alert instanceof AlertValue && alert.status === status);
      return new ListValue('[]template.Alert', 'template.Alert', chosen);
    });
  }
}
