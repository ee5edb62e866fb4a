/**
 * A silence as peers share it, and how two copies become one. What a human ended stays ended, whatever another human, who
 * did not know, changed about it at the same time; of two changes the later one counts. Pure.
 */
import {
  digestOfFields,
  mergeUnknownFields,
  unknownFieldsOf,
  type WithUnknownFields,
} from '../../cluster/unknown-fields.ts';
import { compareVersions, formatVersion, parseVersion, type Version } from '../../cluster/version.ts';
import type { Labels } from '../model/labels.ts';
import { Matcher, TYPE_ORDER } from '../model/matcher.ts';
import type { Silence } from '../model/silence.ts';

export interface SilenceRecord extends WithUnknownFields {
  readonly silence: Silence;
  readonly version: Version;
  /** Of the word that ended it; the earliest, if several did. Undefined: nobody has, though its time may have passed. */
  readonly ended: Version | undefined;
  /** The latest end it ever had: a copy that was away may still believe in it, and must find this record until then. */
  readonly latestEndsAtMs: number;
}

/** In tens of thousands of years; what people write ends in the year 9999. */
const MOST_MS = 1e15;

const FIELDS = new Set([
  ...['id', 'matchers', 'startsAtMs', 'endsAtMs', 'updatedAtMs', 'createdBy', 'comment', 'annotations'],
  ...['version', 'ended', 'latestEndsAtMs'],
]);

/** Returns `stored` itself if `incoming` brings nothing. */
export function mergeSilences(stored: SilenceRecord, incoming: SilenceRecord): SilenceRecord {
  const merged = mergeWords(stored, incoming);
  const latestEndsAtMs = Math.max(stored.latestEndsAtMs, incoming.latestEndsAtMs);
  return merged.latestEndsAtMs === latestEndsAtMs ? merged : { ...merged, latestEndsAtMs };
}

function mergeWords(stored: SilenceRecord, incoming: SilenceRecord): SilenceRecord {
  const ended = earlier(stored, incoming);
  const later = laterWords(stored, incoming);
  if (ended === undefined || ended === later) return later;
  // The later words, with the end that came first.
  const { startsAtMs, endsAtMs } = ended.silence;
  const merged: SilenceRecord = {
    ...later,
    silence: { ...later.silence, startsAtMs, endsAtMs },
    ended: ended.ended,
  };
  return wordsDigest(merged) === wordsDigest(stored) ? stored : merged;
}

function earlier(a: SilenceRecord, b: SilenceRecord): SilenceRecord | undefined {
  if (a.ended === undefined) return b.ended && b;
  return b.ended !== undefined && compareVersions(b.ended, a.ended) < 0 ? b : a;
}

function laterWords(stored: SilenceRecord, incoming: SilenceRecord): SilenceRecord {
  const order = compareVersions(incoming.version, stored.version);
  if (order !== 0) return order > 0 ? incoming : stored;
  // Versions are given once; should two records share one all the same, every node picks the same of them.
  const [ours, theirs] = [words(stored), words(incoming)];
  if (ours !== theirs) return theirs > ours ? incoming : stored;
  return mergeUnknownFields(stored, incoming);
}

/** Start and end are the ended one's, so they do not tell two later words apart. */
function words({ silence: { startsAtMs: _, endsAtMs: __, ...rest } }: SilenceRecord): string {
  return JSON.stringify(storedSilence(rest));
}

export function silenceDigest(record: SilenceRecord): string {
  const { silence, latestEndsAtMs } = record;
  return latestEndsAtMs === silence.endsAtMs ? wordsDigest(record) : `${wordsDigest(record)} ${latestEndsAtMs}`;
}

function wordsDigest({ version, ended, unknownFields }: SilenceRecord): string {
  return `${formatVersion(version)} ${ended ? formatVersion(ended) : ''}${digestOfFields(unknownFields)}`;
}

/** For disk and wire: silences hold absolute times, which are read with the cluster's clock. */
export function writeSilence({ silence, version, ended, latestEndsAtMs, unknownFields }: SilenceRecord): unknown {
  return {
    ...unknownFields,
    ...storedSilence(silence),
    version: formatVersion(version),
    ...(ended && { ended: formatVersion(ended) }),
    ...(latestEndsAtMs !== silence.endsAtMs && { latestEndsAtMs }),
  };
}

export function storedSilence<Part extends Pick<Silence, 'matchers'>>(silence: Part): object {
  return { ...silence, matchers: silence.matchers.map(({ type, name, value }) => [type, name, value]) };
}

/** @throws if it is not one */
export function readSilence(written: unknown): SilenceRecord {
  if (typeof written !== 'object' || written === null) throw new Error('not a silence');
  const { id, matchers, startsAtMs, endsAtMs, updatedAtMs, createdBy, comment, annotations, version, ended } =
    written as Record<string, unknown>;
  const { latestEndsAtMs = endsAtMs } = written as Record<string, unknown>;
  const times = [startsAtMs, endsAtMs, updatedAtMs, latestEndsAtMs];
  if (![id, createdBy, comment].every((text) => typeof text === 'string') || !times.every(isWritable))
    throw new Error('not a silence');
  // It stands in links, which cannot be written with half a character.
  if (!(id as string).isWellFormed()) throw new Error('not the id of a silence');
  if (!Array.isArray(matchers) || matchers.length === 0)
    throw new Error('a silence without matchers would match everything');
  if (!isRecordOfTexts(annotations)) throw new Error('not the annotations of a silence');
  const readVersion = parseVersion(version);
  const readEnded = ended === undefined ? undefined : parseVersion(ended);
  if (!readVersion || (ended !== undefined && !readEnded)) throw new Error('a silence without a version');
  const silence = { id, startsAtMs, endsAtMs, updatedAtMs, createdBy, comment, annotations } as Omit<
    Silence,
    'matchers'
  >;
  return {
    silence: { ...silence, matchers: matchers.map(readMatcher) },
    version: readVersion,
    ended: readEnded,
    latestEndsAtMs: Math.max(endsAtMs as number, latestEndsAtMs as number),
    ...unknownFieldsOf(written as Record<string, unknown>, FIELDS),
  };
}

/** Whether an answer can say it: the platform refuses to write instants some hundred thousand years off. */
function isWritable(ms: unknown): boolean {
  return Number.isFinite(ms) && Math.abs(ms as number) <= MOST_MS;
}

function readMatcher(written: unknown): Matcher {
  if (!Array.isArray(written) || written.length !== 3) throw new Error('not a matcher');
  const [type, name, value] = written as unknown[];
  const known = TYPE_ORDER.find((candidate) => candidate === type);
  if (known === undefined || typeof name !== 'string' || typeof value !== 'string') throw new Error('not a matcher');
  return new Matcher(known, name, value);
}

function isRecordOfTexts(written: unknown): written is Labels {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return false;
  return Object.values(written).every((value) => typeof value === 'string');
}
