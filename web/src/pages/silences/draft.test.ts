import { describe, expect, test } from 'vitest';
import type { ShownSilence } from '../../../../src/shapes/silences.ts';
import { commentInstead, draftOfLink, draftOfSilence, postedSilence, withEnd } from './draft.ts';
import { readTimeInput, type TimeSpan } from './time-input.ts';

const nowMs = Date.parse('2026-11-29T03:00:00Z');
const context = { nowMs, zone: 'Europe/Berlin' };
const alertname = { name: 'alertname', type: '=', value: 'Down', text: 'alertname="Down"' } as const;
const job = { name: 'job', type: '!~', value: 'a|b', text: 'job!~"a|b"' } as const;
const silence: ShownSilence = {
  id: '7b1e8c1e-0000-4000-8000-000000000001',
  state: 'active',
  matchers: [alertname, job],
  startsAt: '2026-11-29T01:00:00.123Z',
  endsAt: '2026-11-29T05:00:00.123Z',
  updatedAt: '2026-11-29T01:00:00.123Z',
  createdBy: 'ada',
  comment: 'disk is on its way',
  annotations: { ticket: 'OPS-1' },
  muting: 3,
};
const span = (text: string) => readTimeInput(text, context) as TimeSpan;

describe('from a link', () => {
  test('matchers one by one or as a list in braces, each once', () => {
    const filters = ['{alertname="Down",instance="a,b"}', 'alertname="Down"', 'job=~"x|y"'];
    const draft = draftOfLink({ filters, comment: undefined, duration: undefined }, 'ada');
    expect(draft).toEqual({
      matchers: ['alertname="Down"', 'instance="a,b"', 'job=~"x|y"'],
      when: '2h',
      comment: '',
      createdBy: 'ada',
    });
  });
});

describe('changed', () => {
  test('nothing is lost: the same end to the millisecond, beginning, author, annotations and id', () => {
    const origin = { intent: 'change', silence } as const;
    const draft = draftOfSilence(origin, 'bob', context);
    expect(draft.when).toBe('until 2026-11-29 06:00');
    const posted = postedSilence(draft, { matchers: silence.matchers, span: span(draft.when), origin, nowMs });
    expect(posted).toEqual({
      id: silence.id,
      startsAt: silence.startsAt,
      endsAt: silence.endsAt,
      createdBy: 'ada',
      comment: 'disk is on its way',
      annotations: { ticket: 'OPS-1' },
      matchers: [
        { name: 'alertname', value: 'Down', isRegex: false, isEqual: true },
        { name: 'job', value: 'a|b', isRegex: true, isEqual: false },
      ],
    });
  });

  test('one that has not begun keeps its beginning', () => {
    const pending = { ...silence, startsAt: '2026-11-29T21:00:00.000Z', endsAt: '2026-11-30T05:00:00.000Z' };
    const origin = { intent: 'change', silence: pending } as const;
    const draft = draftOfSilence(origin, 'bob', context);
    expect(draft.when).toBe('from 2026-11-29 22:00 until 2026-11-30 06:00');
    const posted = postedSilence(draft, { matchers: pending.matchers, span: span(draft.when), origin, nowMs });
    expect(posted).toMatchObject({ startsAt: pending.startsAt, endsAt: pending.endsAt });
  });

  test('a longer end leaves all else alone', () => {
    expect(withEnd(silence, Date.parse('2026-11-29T07:00:00Z'))).toMatchObject({
      id: silence.id,
      startsAt: silence.startsAt,
      endsAt: '2026-11-29T07:00:00.000Z',
      createdBy: 'ada',
      comment: 'disk is on its way',
      annotations: { ticket: 'OPS-1' },
    });
  });
});

test('made again: as long as it lasted, from now, by whoever does it, under a new id', () => {
  const origin = { intent: 'again', silence } as const;
  const draft = draftOfSilence(origin, 'bob', context);
  expect(draft).toMatchObject({ when: '4h', createdBy: 'bob', comment: 'disk is on its way' });
  const posted = postedSilence(draft, { matchers: silence.matchers, span: span(draft.when), origin, nowMs });
  expect(posted.id).toBeUndefined();
  expect(posted).toMatchObject({ startsAt: '2026-11-29T03:00:00.000Z', endsAt: '2026-11-29T07:00:00.000Z' });
  expect(posted.annotations).toEqual({ ticket: 'OPS-1' });
});

test('an empty comment says what the silence is about', () => {
  expect(commentInstead([job, alertname])).toBe('Down');
  expect(commentInstead([alertname, { name: 'zone', type: '=', value: 'b' }])).toBe('Down, zone=b');
  expect(commentInstead([job])).toBe('Silenced from the web page');
});
