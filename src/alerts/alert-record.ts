/**
 * An alert as it lies on disk and as it travels. On the wire its lease is made of ages, so that no peer's clock has to be
 * trusted; its start is the checker's word and absolute. Whatever is read is taken for hostile.
 */
import { digestOfFields, unknownFieldsOf } from '../../cluster/unknown-fields.ts';
import { formatVersion, parseVersion, type Version } from '../../cluster/version.ts';
import type { Alert } from '../model/alert.ts';
import {
  fingerprint as fingerprintOf,
  isValidLabelName,
  type Labels,
  sameLabels,
  sortedLabels,
} from '../model/labels.ts';
import type { Now } from '../model/now.ts';
import { parseTimestamp } from '../model/timestamp.ts';
import { heardAtMs, isEndedByWord } from './lease.ts';
import { NO_VERSION } from './merge-copies.ts';

/** What RFC 3339 can say: the years 1 to 9999. Beyond, an instant could not be shown. */
const EARLIEST_MS = Date.parse('0001-01-01T00:00:00Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');
/** As many as the API takes by default; the size of the whole is bounded by that of a record. */
const MOST_LABELS = 256;

/** On the wire and on disk: what is unknown on the one must not pass for what is known on the other. */
const FIELDS = new Set([
  ...['labels', 'annotations', 'generatorURL', 'startsAtText', 'endsAtText', 'timeout', 'version'],
  ...['startsAt', 'heldAgo', 'heardAgo', 'endsIn', 'askedEndsIn', 'ranOut'],
  ...['fingerprint', 'startsAtMs', 'endsAtMs', 'askedEndsAtMs', 'updatedAtMs', 'receivedAtMs', 'lastHeardMs'],
]);

/** Equal exactly when two nodes need not exchange it: leases differ for ever, but one that ran out is asked to be undone. */
export function alertDigest({ version, lastHeardMs, unknownFields }: Alert): string {
  const text = `${formatVersion(version ?? NO_VERSION)}${digestOfFields(unknownFields)}`;
  return lastHeardMs === undefined ? text : `${text} ran out`;
}

/** JSON with ages in milliseconds, `endsIn` and `askedEndsIn` negative for what is over. */
export function writeAlert(alert: Alert, { wallMs }: Now): unknown {
  const { labels, annotations, generatorURL, startsAtMs, startsAtText, endsAtText, askedEndsAtMs } = alert;
  const heardAgo = Math.max(0, wallMs - heardAtMs(alert));
  return {
    ...alert.unknownFields,
    labels,
    annotations,
    generatorURL,
    startsAt: startsAtMs,
    ...(startsAtText !== undefined && { startsAtText }),
    heldAgo: Math.max(0, wallMs - alert.receivedAtMs),
    heardAgo,
    endsIn: endsInMs(alert, { wallMs, heardAgo }),
    ...(endsAtText !== undefined && { endsAtText }),
    ...(askedEndsAtMs !== undefined && { askedEndsIn: askedEndsAtMs - wallMs }),
    ...(alert.lastHeardMs !== undefined && { ranOut: true }),
    timeout: alert.timeout,
    version: formatVersion(alert.version ?? NO_VERSION),
  };
}

/** However the clock was set meanwhile: what a checker has ended was over when it was heard, and what ran out is over. */
function endsInMs(alert: Alert, { wallMs, heardAgo }: { wallMs: number; heardAgo: number }): number {
  const ms = alert.endsAtMs - wallMs;
  if (isEndedByWord(alert)) return Math.min(ms, -heardAgo);
  return alert.lastHeardMs === undefined ? ms : Math.min(ms, 0);
}

export interface WireContext {
  /** The fingerprint under which the record came. */
  readonly key: string;
  readonly now: Now;
  /** What stands under the key. */
  readonly known: Alert | undefined;
}

/** @throws if it is not one, or not that of its key */
export function readAlert(record: unknown, { key, now, known }: WireContext): Alert {
  const written = blockOf(record);
  const labels = sortedLabels(textsOf(written.labels, 'labels'));
  if (Object.keys(labels).length === 0 || Object.values(labels).includes('')) throw new Error('labels that are empty');
  if (fingerprintOf(labels) !== key) throw new Error('its labels are not those of its fingerprint');
  if (known && !sameLabels(known.labels, labels))
    throw new Error('other labels than this node has under the fingerprint');
  const annotations = sortedLabels(textsOf(written.annotations, 'annotations'));
  const { generatorURL, timeout, ranOut } = written;
  if (typeof generatorURL !== 'string' || typeof timeout !== 'boolean') throw new Error('not an alert');
  const startsAtMs = instantOf(written.startsAt);
  const startsAtText = timestampOf(written.startsAtText);
  if (startsAtText && startsAtText.ms !== startsAtMs) throw new Error('a start whose text is that of another instant');
  const endsAtText = timestampOf(written.endsAtText);
  const heardMs = at(now, -ageOf(written.heardAgo));
  const endsAtMs = at(now, numberOf(written.endsIn));
  const { askedEndsIn } = written;
  const isOver = ranOut === true;
  if (isOver && endsAtMs > now.wallMs) throw new Error('an alert that ran out before its end');
  return {
    fingerprint: key,
    // Most records are of alerts that are known; what is equal costs no memory twice.
    labels: known?.labels ?? labels,
    annotations: known && sameLabels(known.annotations, annotations) ? known.annotations : annotations,
    generatorURL,
    startsAtMs,
    endsAtMs,
    timeout,
    updatedAtMs: isOver ? endsAtMs : heardMs,
    receivedAtMs: at(now, -ageOf(written.heldAgo)),
    version: versionOf(written.version),
    ...(startsAtText?.text !== undefined && { startsAtText: startsAtText.text }),
    ...(endsAtText?.text !== undefined && { endsAtText: endsAtText.text }),
    ...(askedEndsIn !== undefined && { askedEndsAtMs: at(now, numberOf(askedEndsIn)) }),
    ...(isOver && { lastHeardMs: Math.min(heardMs, endsAtMs) }),
    ...unknownFieldsOf(written, FIELDS),
  };
}

/** With fields of newer versions beside those it knows, where those versions look for them. */
export function storedAlert(alert: Alert): string {
  const { unknownFields, ...known } = alert;
  return JSON.stringify(unknownFields ? { ...unknownFields, ...known } : alert);
}

/** @throws if it is not one */
export function readStoredAlert(text: string): Alert {
  const alert = JSON.parse(text) as Alert;
  const { fingerprint, labels, annotations, startsAtMs, endsAtMs, updatedAtMs, receivedAtMs, version } = alert;
  const isWhole =
    typeof fingerprint === 'string' &&
    isBlock(labels) &&
    isBlock(annotations) &&
    [startsAtMs, endsAtMs, updatedAtMs, receivedAtMs].every(Number.isFinite) &&
    (version === undefined || (isBlock(version) && parseVersion(formatVersion(version)) !== undefined));
  if (!isWhole) throw new Error('not an alert');
  if (fingerprintOf(sortedLabels(labels)) !== fingerprint)
    throw new Error('its labels are not those of its fingerprint');
  const { unknownFields } = unknownFieldsOf({ ...alert }, FIELDS);
  if (!unknownFields) return alert;
  const known = Object.entries(alert).filter(([name]) => FIELDS.has(name));
  return { ...(Object.fromEntries(known) as unknown as Alert), unknownFields };
}

function isBlock(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function blockOf(value: unknown): Readonly<Record<string, unknown>> {
  if (!isBlock(value)) throw new Error('not an alert');
  return value;
}

function textsOf(value: unknown, what: string): Labels {
  const texts = Object.entries(blockOf(value));
  if (texts.length > MOST_LABELS) throw new Error(`more than ${MOST_LABELS} ${what}`);
  for (const [name, text] of texts) {
    if (!isValidLabelName(name, 'utf8') || typeof text !== 'string' || !text.isWellFormed()) {
      throw new Error(`${what} that are no names and texts`);
    }
  }
  return value as Labels;
}

function versionOf(value: unknown): Version {
  const version = parseVersion(value);
  if (!version) throw new Error('an alert without a version');
  return version;
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error('not a number of milliseconds');
  return value;
}

function ageOf(value: unknown): number {
  const age = numberOf(value);
  if (age < 0) throw new Error('not an age');
  return age;
}

function instantOf(value: unknown): number {
  const ms = numberOf(value);
  if (ms < EARLIEST_MS || ms > LATEST_MS) throw new Error('an instant outside the years 1 to 9999');
  return ms;
}

/** Whole milliseconds, in years that can be shown: an end that is far off on a slow clock may lie beyond on this one. */
function at({ wallMs }: Now, inMs: number): number {
  return Math.min(LATEST_MS, Math.max(EARLIEST_MS, Math.round(wallMs + inMs)));
}

function timestampOf(value: unknown): { readonly ms: number; readonly text?: string } | undefined {
  if (value === undefined) return undefined;
  const timestamp = typeof value === 'string' ? parseTimestamp(value) : undefined;
  if (timestamp?.text !== value) throw new Error('a time that is no RFC 3339');
  return timestamp;
}
