/** Copies of several nodes become one: the laws, and whose word and lease counts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyUnknownFields, anyVersion, replicatedMapLaws } from '../../cluster/replicated-map.laws.ts';
import { formatVersion, type Version } from '../../cluster/version.ts';
import type { Alert } from '../model/alert.ts';
import { fingerprint } from '../model/labels.ts';
import { alertDigest } from './alert-record.ts';
import { mergeCopies } from './merge-copies.ts';

const MINUTE_MS = 60_000;
const LABELS = { alertname: 'Down' };

function copy(fields: Partial<Alert> = {}): Alert {
  return {
    fingerprint: fingerprint(LABELS),
    labels: LABELS,
    annotations: {},
    generatorURL: '',
    startsAtMs: 0,
    endsAtMs: 10 * MINUTE_MS,
    timeout: true,
    updatedAtMs: 5 * MINUTE_MS,
    receivedAtMs: MINUTE_MS,
    version: version(1),
    ...fields,
  };
}

function version(time: number, node = 'a.1'): Version {
  return { time, node };
}

/** What one writer said under one version is the same wherever it is held. */
function wordsOf(version: Version): Partial<Alert> {
  return { version, annotations: { summary: formatVersion(version) }, startsAtMs: version.time };
}

const ENDED: Partial<Alert> = { endsAtMs: 4 * MINUTE_MS, updatedAtMs: 5 * MINUTE_MS };
const minutes = (from: number, to: number) => fc.integer({ min: from, max: to }).map((each) => each * MINUTE_MS);

replicatedMapLaws({
  name: 'what checkers said of alerts',
  merge: mergeCopies,
  digest: alertDigest,
  content: (alert) => alert,
  arbitraryValue: fc
    .tuple(anyVersion, anyUnknownFields)
    .map(([given, unknown]) => copy({ ...wordsOf(given), ...(given.time % 2 === 0 && ENDED), ...unknown })),
});

replicatedMapLaws({
  name: 'leases of alerts that fire',
  merge: mergeCopies,
  digest: alertDigest,
  content: (alert) => alert,
  arbitraryValue: fc
    .record({
      version: anyVersion,
      heardMs: minutes(3, 5),
      leaseMs: minutes(5, 7),
      putOffMs: fc.option(minutes(1, 9)),
      receivedAtMs: minutes(1, 2),
      unknown: anyUnknownFields,
    })
    .map(({ version, heardMs, leaseMs, putOffMs, receivedAtMs, unknown }) =>
      copy({
        ...wordsOf(version),
        ...unknown,
        updatedAtMs: heardMs,
        receivedAtMs,
        endsAtMs: heardMs + leaseMs + (putOffMs ?? 0),
        ...(putOffMs !== null && { askedEndsAtMs: heardMs + leaseMs }),
      }),
    ),
});

replicatedMapLaws({
  name: 'alerts that ran out here and were heard of there',
  merge: mergeCopies,
  digest: alertDigest,
  content: (alert) => alert,
  arbitraryValue: fc
    .record({ version: anyVersion, heardMs: minutes(1, 4), ranOut: fc.boolean() })
    .map(({ version, heardMs, ranOut }) => {
      const endsAtMs = heardMs + 5 * MINUTE_MS;
      const heard = ranOut ? { updatedAtMs: endsAtMs, lastHeardMs: heardMs } : { updatedAtMs: heardMs };
      return copy({ ...wordsOf(version), endsAtMs, ...heard });
    }),
});

describe('the later word counts', () => {
  const LONG: Partial<Alert> = { endsAtMs: 1_000 * MINUTE_MS };

  test('an end is not revived by an older firing copy, however long its lease', () => {
    const ended = copy({ ...ENDED, version: version(2) });
    expect(mergeCopies(ended, copy(LONG))).toBe(ended);
    expect(mergeCopies(copy(LONG), ended)).toBe(ended);
  });

  test('one that fires again takes no lease from before the end', () => {
    const again = copy({ version: version(3) });
    const ended = copy({ ...ENDED, version: version(2) });
    expect(mergeCopies(mergeCopies(copy(LONG), ended), again)).toBe(again);
  });

  test('other words take over the longer lease', () => {
    const reworded = copy({ version: version(2), annotations: { summary: 'new' } });
    const merged = mergeCopies(copy(LONG), reworded);
    expect(merged).toMatchObject({ ...LONG, annotations: { summary: 'new' }, version: version(2) });
  });

  test('the end as the checker wrote it goes with the lease it belongs to', () => {
    const written = copy({ endsAtMs: 20 * MINUTE_MS, endsAtText: '20 past' });
    expect(mergeCopies(copy({ version: version(2) }), written).endsAtText).toBe('20 past');
    expect(mergeCopies(written, copy({ version: version(2), ...LONG }))).not.toHaveProperty('endsAtText');
  });
});

describe('of one that ran out here', () => {
  const over = copy({ updatedAtMs: 10 * MINUTE_MS, lastHeardMs: 5 * MINUTE_MS });

  test('a copy that was heard later fires on', () => {
    const heardSince = copy({ updatedAtMs: 9 * MINUTE_MS, endsAtMs: 14 * MINUTE_MS });
    expect(mergeCopies(over, heardSince)).toEqual(heardSince);
  });

  test('a copy that only got more time is over, too', () => {
    const putOff = copy({ endsAtMs: 15 * MINUTE_MS, askedEndsAtMs: 10 * MINUTE_MS });
    expect(mergeCopies(putOff, over)).toEqual(over);
    expect(mergeCopies(over, { ...putOff, updatedAtMs: 5 * MINUTE_MS + 20 })).toBe(over);
  });

  test('other words of the same hearing do not make it fire', () => {
    expect(mergeCopies(over, copy({ version: version(2) }))).toMatchObject({
      version: version(2),
      lastHeardMs: 5 * MINUTE_MS,
    });
  });
});
