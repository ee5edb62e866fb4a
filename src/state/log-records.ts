/**
 * The two kinds of records the notification log is made of, as they are merged and as they travel: what one alert was last
 * told to one receiver, and who spoke, speaks or was refused there. Pure. Instants are on the clock of the node that holds
 * the record; on the wire they are ages, so that no clock has to be trusted.
 */
import {
  digestOfFields,
  mergeUnknownFields,
  unknownFieldsOf,
  type WithUnknownFields,
} from '../../cluster/unknown-fields.ts';
import { compareVersions, formatVersion, parseVersion, type Version } from '../../cluster/version.ts';

/**
 * intent: a message saying it fires was on its way; whether it arrived is not known. It counts as told when a "resolved"
 * may be owed, and as untold when a "firing" is. untold: an intent that surely did not arrive.
 */
export type ToldState = 'untold' | 'intent' | 'firing' | 'resolved';

/** What a node says it does about one tick of a group for one receiver. */
export type ClaimState = 'intent' | 'refused' | 'sent';

export interface ToldRecord extends WithUnknownFields {
  readonly state: ToldState;
  readonly version: Version;
  readonly atMs: number;
}

export interface ClaimRecord {
  readonly state: ClaimState;
  readonly version: Version;
  /** The tick it is about. */
  readonly tickMs: number;
  /** When the attempt's own deadline has passed. */
  readonly untilMs: number;
  readonly atMs: number;
}

/** Of one place: a group and a receiver. */
export interface TurnRecord extends WithUnknownFields {
  readonly groupKey: string;
  readonly receiverKey: string;
  /** The last message that was sent, whoever sent it. */
  readonly spoke: { readonly version: Version; readonly tickMs: number } | undefined;
  /** The newest of each node, by its id. */
  readonly claims: ReadonlyMap<string, ClaimRecord>;
}

const TOLD_STATES: readonly unknown[] = ['untold', 'intent', 'firing', 'resolved'] satisfies ToldState[];
const CLAIM_STATES: readonly unknown[] = ['intent', 'refused', 'sent'] satisfies ClaimState[];
/** Far more than nodes of a cluster; a bound for what a peer may send. */
const MOST_CLAIMS = 64;

/** The later word counts. Returns `stored` itself if `incoming` brings nothing. */
export function mergeTold(stored: ToldRecord, incoming: ToldRecord): ToldRecord {
  const order = compareVersions(incoming.version, stored.version);
  if (order !== 0) return order > 0 ? incoming : stored;
  // Versions are given once; should two records share one all the same, every node picks the same of them.
  if (incoming.state !== stored.state) return incoming.state > stored.state ? incoming : stored;
  return mergeUnknownFields(stored, incoming);
}

export function toldDigest({ version, state, unknownFields }: ToldRecord): string {
  return `${formatVersion(version)} ${state}${digestOfFields(unknownFields)}`;
}

/**
 * Claim by claim the later one; of the last messages the later one. Of the same word heard twice the older instants count:
 * what is on its way for long, or waits for a process that stands still, seems younger than it is, and never older.
 */
export function mergeTurns(stored: TurnRecord, incoming: TurnRecord): TurnRecord {
  const spoke = mergeSpoken(stored.spoke, incoming.spoke);
  let claims: Map<string, ClaimRecord> | undefined;
  for (const [node, claim] of incoming.claims) {
    const known = stored.claims.get(node);
    const merged = known ? mergeClaims(known, claim) : claim;
    if (merged === known) continue;
    claims ??= new Map(stored.claims);
    claims.set(node, merged);
  }
  const whole = mergeUnknownFields(stored, incoming);
  if (spoke === stored.spoke && !claims) return whole;
  return { ...whole, spoke, claims: claims ?? stored.claims };
}

function mergeSpoken(stored: TurnRecord['spoke'], incoming: TurnRecord['spoke']): TurnRecord['spoke'] {
  if (incoming === undefined || stored === undefined) return stored ?? incoming;
  const order = compareVersions(incoming.version, stored.version);
  if (order !== 0) return order > 0 ? incoming : stored;
  return incoming.tickMs < stored.tickMs ? { ...stored, tickMs: incoming.tickMs } : stored;
}

function mergeClaims(stored: ClaimRecord, incoming: ClaimRecord): ClaimRecord {
  const order = compareVersions(incoming.version, stored.version);
  if (order !== 0) return order > 0 ? incoming : stored;
  const state = incoming.state > stored.state ? incoming.state : stored.state;
  const older: ClaimRecord = {
    state,
    version: stored.version,
    tickMs: Math.min(stored.tickMs, incoming.tickMs),
    untilMs: Math.min(stored.untilMs, incoming.untilMs),
    atMs: Math.min(stored.atMs, incoming.atMs),
  };
  return isSameClaim(older, stored) ? stored : older;
}

function isSameClaim(a: ClaimRecord, b: ClaimRecord): boolean {
  return a.state === b.state && a.tickMs === b.tickMs && a.untilMs === b.untilMs && a.atMs === b.atMs;
}

export function turnDigest({ spoke, claims, unknownFields }: TurnRecord): string {
  const made = [...claims].map(([node, { version, state }]) => `${node} ${formatVersion(version)} ${state}`);
  return `${[spoke ? formatVersion(spoke.version) : '', ...made.sort()].join('\n')}${digestOfFields(unknownFields)}`;
}

/** The newest instant in a record. */
export function lastTouchedMs({ claims }: TurnRecord): number {
  return Math.max(Number.NEGATIVE_INFINITY, ...[...claims.values()].map(({ atMs }) => atMs));
}

/** Turns an instant into what is written, and back: an age on the wire, a wall time on disk. */
export type TimeForm = (ms: number) => number;

const TOLD_FIELDS = new Set(['state', 'version', 'at']);
const TURN_FIELDS = new Set(['groupKey', 'receiverKey', 'spoke', 'claims']);

export function writeTold({ state, version, atMs, unknownFields }: ToldRecord, form: TimeForm): unknown {
  return { ...unknownFields, state, version: formatVersion(version), at: form(atMs) };
}

/** @throws if it is not one */
export function readTold(written: unknown, form: TimeForm): ToldRecord {
  const record = blockOf(written);
  const { state, version, at } = record;
  if (!TOLD_STATES.includes(state)) throw new Error('not a record of what was told');
  return {
    state: state as ToldState,
    version: versionOf(version),
    atMs: form(instantOf(at)),
    ...unknownFieldsOf(record, TOLD_FIELDS),
  };
}

export function writeTurn(record: TurnRecord, form: TimeForm): unknown {
  const { groupKey, receiverKey, spoke, claims, unknownFields } = record;
  return {
    ...unknownFields,
    groupKey,
    receiverKey,
    ...(spoke && { spoke: { version: formatVersion(spoke.version), tick: form(spoke.tickMs) } }),
    claims: [...claims].map(([node, { state, version, tickMs, untilMs, atMs }]) => ({
      node,
      state,
      version: formatVersion(version),
      tick: form(tickMs),
      until: form(untilMs),
      at: form(atMs),
    })),
  };
}

/** @throws if it is not one */
export function readTurn(written: unknown, form: TimeForm): TurnRecord {
  const record = blockOf(written);
  const { groupKey, receiverKey, spoke, claims } = record;
  if (typeof groupKey !== 'string' || typeof receiverKey !== 'string' || !Array.isArray(claims))
    throw new Error('not a record of turns');
  if (claims.length > MOST_CLAIMS) throw new Error(`a record of turns with more than ${MOST_CLAIMS} claims`);
  return {
    groupKey,
    receiverKey,
    spoke: spoke === undefined ? undefined : readSpoken(spoke, form),
    claims: new Map(claims.map((claim) => readClaim(claim, form))),
    ...unknownFieldsOf(record, TURN_FIELDS),
  };
}

function readSpoken(written: unknown, form: TimeForm): NonNullable<TurnRecord['spoke']> {
  const { version, tick } = blockOf(written);
  return { version: versionOf(version), tickMs: form(instantOf(tick)) };
}

function readClaim(written: unknown, form: TimeForm): [string, ClaimRecord] {
  const { node, state, version, tick, until, at } = blockOf(written);
  if (typeof node !== 'string' || !CLAIM_STATES.includes(state)) throw new Error('not a claim');
  return [
    node,
    {
      state: state as ClaimState,
      version: versionOf(version),
      tickMs: form(instantOf(tick)),
      untilMs: form(instantOf(until)),
      atMs: form(instantOf(at)),
    },
  ];
}

function blockOf(written: unknown): Readonly<Record<string, unknown>> {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) throw new Error('not a record');
  return written as Record<string, unknown>;
}

function versionOf(written: unknown): Version {
  const version = parseVersion(written);
  if (!version) throw new Error('a record without a version');
  return version;
}

function instantOf(written: unknown): number {
  if (typeof written !== 'number' || !Number.isFinite(written)) throw new Error('not an instant');
  return written;
}
