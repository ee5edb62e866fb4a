import { expect, test } from 'vitest';
import { understoodTime } from './understood-time.ts';

const nowMs = Date.parse('2026-11-29T03:00:00Z');
const at = (text: string) => Date.parse(text);

test('today, with the zone and UTC beside it', () => {
  const span = { startsAtMs: undefined, endsAtMs: at('2026-11-29T05:00:00Z'), isDuration: true };
  expect(understoodTime(span, { nowMs, zone: 'Europe/Berlin' })).toEqual({
    line: 'Until today 06:00',
    zone: 'Europe/Berlin, UTC+1',
    utc: 'today 05:00 UTC',
    length: '2 h',
  });
});

test('in UTC it is not said twice', () => {
  const span = { startsAtMs: undefined, endsAtMs: at('2027-01-01T09:00:00Z'), isDuration: false };
  expect(understoodTime(span, { nowMs, zone: 'UTC' })).toMatchObject({ line: 'Until Fri 1 Jan 2027, 09:00', utc: '' });
});

test('later: when it begins, and how long it lasts', () => {
  const span = { startsAtMs: at('2026-11-29T21:00:00Z'), endsAtMs: at('2026-11-30T05:00:00Z'), isDuration: false };
  expect(understoodTime(span, { nowMs, zone: 'Europe/Berlin' })).toMatchObject({
    line: 'From today 22:00 until Mon 30 Nov, 06:00',
    utc: 'today 21:00 until Mon 30 Nov, 05:00 UTC',
    length: 'begins in 18 h, lasts 8 h',
  });
});

test('a second that has passed since does not count', () => {
  const span = { startsAtMs: undefined, endsAtMs: nowMs + 2 * 3_600_000 - 999, isDuration: true };
  expect(understoodTime(span, { nowMs, zone: 'UTC' }).length).toBe('2 h');
});
