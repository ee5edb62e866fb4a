import { describe, expect, it } from 'vitest';
import { Matcher, type MatcherType } from './matcher.ts';
import { canUpdateInPlace, type Silence, silenceState, validateSilence } from './silence.ts';

/** From 10 s to 100 s. */
function silenceWith(changes: Partial<Silence> = {}): Silence {
  return {
    id: 'f5d9fa2e-6a5c-4a34-b3b8-8f1f6f0d8f5a',
    matchers: [new Matcher('=', 'job', 'node')],
    startsAtMs: 10_000,
    endsAtMs: 100_000,
    updatedAtMs: 0,
    createdBy: 'ada',
    comment: 'maintenance',
    annotations: {},
    ...changes,
  };
}

const PENDING_MS = 5_000;
const ACTIVE_MS = 50_000;
const EXPIRED_MS = 200_000;

describe('the state of a silence', () => {
  it('is active at both of its ends', () => {
    const states = [9_999, 10_000, 100_000, 100_001].map((wallMs) => silenceState(silenceWith(), wallMs));
    expect(states).toEqual(['pending', 'active', 'active', 'expired']);
  });
});

describe('a silence to be created', () => {
  const only = (type: MatcherType, value: string) => silenceWith({ matchers: [new Matcher(type, 'job', value)] });

  it('is fine with one matcher that demands something', () => {
    for (const silence of [only('=', 'a'), only('=~', 'a.*'), only('!=', ''), only('!=', 'a'), only('!~', '.*')]) {
      expect(validateSilence(silence, ACTIVE_MS)).toBeUndefined();
    }
  });

  it('may not mute everything', () => {
    for (const silence of [only('=', ''), only('=~', ''), only('=~', '.*'), only('=~', 'a|')]) {
      expect(validateSilence(silence, ACTIVE_MS)).toBe('at least one matcher must not match the empty string');
    }
  });

  it('may hold a matcher for absence beside one that demands something', () => {
    const matchers = [new Matcher('=', 'team', ''), new Matcher('=', 'job', 'node')];
    expect(validateSilence(silenceWith({ matchers }), ACTIVE_MS)).toBeUndefined();
  });

  it('needs a matcher', () => {
    expect(validateSilence(silenceWith({ matchers: [] }), ACTIVE_MS)).toBe('at least one matcher required');
  });

  it('says which matcher has a bad name', () => {
    const matchers = [new Matcher('=', 'job', 'a'), new Matcher('=', 'a.b', 'c')];
    expect(validateSilence(silenceWith({ matchers }), ACTIVE_MS, 'classic')).toBe(
      'invalid label matcher 1: invalid label name "a.b"',
    );
    expect(validateSilence(silenceWith({ matchers }), ACTIVE_MS, 'utf8')).toBeUndefined();
    expect(validateSilence(silenceWith({ matchers: [new Matcher('=', '', 'c')] }), ACTIVE_MS)).toBe(
      'invalid label matcher 0: invalid label name ""',
    );
  });

  it('may not compare with what is no text', () => {
    expect(validateSilence(only('=', '\ud83d'), ACTIVE_MS)).toBe(
      'invalid label matcher 0: invalid label value "\\ufffd"',
    );
  });

  it('may not end before it starts, nor in the past', () => {
    expect(validateSilence(silenceWith({ endsAtMs: 9_999 }), PENDING_MS)).toBe(
      'end time must not be before start time',
    );
    expect(validateSilence(silenceWith(), EXPIRED_MS)).toBe("end time can't be in the past");
    expect(validateSilence(silenceWith({ endsAtMs: ACTIVE_MS }), ACTIVE_MS)).toBeUndefined();
  });

  it('needs both times', () => {
    expect(validateSilence(silenceWith({ startsAtMs: Number.NaN }), ACTIVE_MS)).toBe('invalid zero start timestamp');
    expect(validateSilence(silenceWith({ endsAtMs: Number.POSITIVE_INFINITY }), ACTIVE_MS)).toBe(
      'invalid zero end timestamp',
    );
  });
});

describe('changing a silence in place', () => {
  const allowed = (changes: Partial<Silence>, wallMs: number) =>
    canUpdateInPlace(silenceWith(), silenceWith(changes), wallMs);

  it('is always fine for words alone, until it has expired', () => {
    const words = { comment: 'longer maintenance', createdBy: 'grace', annotations: { ticket: '1' } };
    expect([PENDING_MS, ACTIVE_MS, EXPIRED_MS].map((wallMs) => allowed(words, wallMs))).toEqual([true, true, false]);
  });

  it('never changes what is muted', () => {
    for (const matchers of [[new Matcher('=', 'job', 'db')], [new Matcher('=~', 'job', 'node')], []]) {
      expect(allowed({ matchers }, PENDING_MS)).toBe(false);
      expect(allowed({ matchers }, ACTIVE_MS)).toBe(false);
    }
  });

  it('moves the end of an active one, but not into the past', () => {
    expect(allowed({ endsAtMs: 500_000 }, ACTIVE_MS)).toBe(true);
    expect(allowed({ endsAtMs: ACTIVE_MS }, ACTIVE_MS)).toBe(true);
    expect(allowed({ endsAtMs: ACTIVE_MS - 1 }, ACTIVE_MS)).toBe(false);
  });

  it('keeps the start of an active one to the second', () => {
    expect(allowed({ startsAtMs: 10_999 }, ACTIVE_MS)).toBe(true);
    expect(allowed({ startsAtMs: 11_000 }, ACTIVE_MS)).toBe(false);
    expect(allowed({ startsAtMs: 9_999 }, ACTIVE_MS)).toBe(false);
  });

  it('moves the start of a pending one, but not into the past', () => {
    expect(allowed({ startsAtMs: 20_000 }, PENDING_MS)).toBe(true);
    expect(allowed({ startsAtMs: PENDING_MS }, PENDING_MS)).toBe(true);
    expect(allowed({ startsAtMs: PENDING_MS - 1 }, PENDING_MS)).toBe(false);
  });

  it('does not revive an expired one', () => {
    expect(allowed({ endsAtMs: EXPIRED_MS + 1_000 }, EXPIRED_MS)).toBe(false);
  });
});
