/** Silences end alike on all nodes, and what a human ended stays ended. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyUnknownFields, anyVersion, replicatedMapLaws } from '../../cluster/replicated-map.laws.ts';
import { Matcher } from '../model/matcher.ts';
import { mergeSilences, readSilence, type SilenceRecord, silenceDigest, writeSilence } from './silence-record.ts';

interface Change {
  readonly time?: number;
  readonly node?: string;
  readonly ended?: number;
  readonly comment?: string;
  readonly endsAtMs?: number;
  readonly latestEndsAtMs?: number;
}

function record(change: Change = {}) {
  const { time = 1, node = 'a.1', ended, comment = 'why', endsAtMs = 100, latestEndsAtMs = endsAtMs } = change;
  return {
    silence: {
      id: 'x',
      matchers: [new Matcher('=', 'a', '1')],
      startsAtMs: 1,
      endsAtMs,
      updatedAtMs: time,
      createdBy: 'me',
      comment,
      annotations: {},
    },
    version: { time, node },
    ended: ended === undefined ? undefined : { time: ended, node },
    latestEndsAtMs,
  } satisfies SilenceRecord;
}

replicatedMapLaws<SilenceRecord>({
  name: 'silences',
  merge: mergeSilences,
  digest: silenceDigest,
  // A version stands for one word of one process; so its words follow from it.
  arbitraryValue: fc
    .record({ version: anyVersion, isEnded: fc.boolean(), later: fc.nat(3), unknown: anyUnknownFields })
    .map(({ version: { time, node }, isEnded, later, unknown }) => ({
      ...record({ time, node, comment: `${time}${node}`, endsAtMs: 100 + time, ...(isEnded && { ended: time }) }),
      latestEndsAtMs: 100 + time + later,
      ...unknown,
    })),
  content: ({ silence, ended, latestEndsAtMs, unknownFields }) => [
    ...[silence.comment, silence.endsAtMs, ended?.time],
    ...[latestEndsAtMs, unknownFields],
  ],
});

describe('of two copies of a silence', () => {
  it('the later words count', () => {
    const merged = mergeSilences(record({ time: 1, comment: 'old' }), record({ time: 2, comment: 'new' }));
    expect(merged.silence.comment).toBe('new');
  });

  it('one that was ended stays so, though another human extended it a moment later', () => {
    const ended = record({ time: 1, ended: 1, endsAtMs: 50 });
    const extended = record({ time: 2, endsAtMs: 900, comment: 'still needed' });
    for (const merged of [mergeSilences(ended, extended), mergeSilences(extended, ended)]) {
      expect(merged.silence).toMatchObject({ endsAtMs: 50, comment: 'still needed' });
    }
  });

  it('one that was ended early is remembered for as long as somebody may believe that it lasts', () => {
    const long = record({ time: 1, endsAtMs: 900 });
    const ended = record({ time: 2, ended: 2, endsAtMs: 50 });
    for (const merged of [mergeSilences(ended, long), mergeSilences(long, ended)]) {
      expect([merged.silence.endsAtMs, merged.latestEndsAtMs]).toEqual([50, 900]);
    }
  });

  it('ended twice, it ended the first time', () => {
    const [first, second] = [record({ time: 1, ended: 1, endsAtMs: 50 }), record({ time: 2, ended: 2, endsAtMs: 60 })];
    expect(mergeSilences(second, first).silence.endsAtMs).toBe(50);
    expect(mergeSilences(first, second).silence.endsAtMs).toBe(50);
  });
});

it('what a newer version says besides tells two copies apart, so that both get it', () => {
  expect(silenceDigest({ ...record(), unknownFields: { ticket: 'T-1' } })).not.toBe(silenceDigest(record()));
});

describe('a record that travels', () => {
  it('arrives as it was', () => {
    const sent = { ...record({ time: 7, ended: 7 }), unknownFields: { ticket: 'T-1' } };
    expect(readSilence(JSON.parse(JSON.stringify(writeSilence(sent))))).toEqual(sent);
  });

  const written = writeSilence(record()) as Record<string, unknown>;
  it.each<[string, unknown]>([
    ['nothing', null],
    ['no matchers: it would match everything', { ...written, matchers: [] }],
    ['a matcher of an unknown type', { ...written, matchers: [['==', 'a', '1']] }],
    ['a matcher whose regular expression is none', { ...written, matchers: [['=~', 'a', '(']] }],
    ['a matcher that is no list', { ...written, matchers: ['a=1'] }],
    ['an end that nobody can write', { ...written, endsAtMs: 1e300 }],
    ['a start that nobody can write', { ...written, startsAtMs: -1e17 }],
    ['half a character in its id', { ...written, id: '\ud800' }],
    ['an end that is no instant', { ...written, endsAtMs: 'late' }],
    ['no version', { ...written, version: undefined }],
    ['an end of no version', { ...written, ended: 'yes' }],
    ['annotations that are no texts', { ...written, annotations: { a: 1 } }],
    ['no author', { ...written, createdBy: undefined }],
  ])('%s is refused', (_what, record) => expect(() => readSilence(record)).toThrow());
});
