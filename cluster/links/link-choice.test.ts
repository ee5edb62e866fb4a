import { expect, test } from 'vitest';
import { newcomerStays } from './link-choice.ts';

const A = { self: 'a', peer: 'b' };
const B = { self: 'b', peer: 'a' };
const opposite = { inbound: 'outbound', outbound: 'inbound' } as const;

test('of two that dialled each other at once both keep the same connection, whichever came up first at each', () => {
  for (const firstAtA of ['inbound', 'outbound'] as const) {
    for (const firstAtB of ['inbound', 'outbound'] as const) {
      const stays = (ends: typeof A, first: 'inbound' | 'outbound') =>
        newcomerStays(ends, { direction: first, ageMs: 3 }, { direction: opposite[first] }) ? opposite[first] : first;
      expect([stays(A, firstAtA), stays(B, firstAtB)]).toEqual(['outbound', 'inbound']);
    }
  }
});

test('who dials although there is an old connection has lost it', () => {
  for (const direction of ['inbound', 'outbound'] as const) {
    expect(newcomerStays(B, { direction, ageMs: 60_000 }, { direction: 'inbound' })).toBe(true);
  }
});

test('who dials twice at once is left with the connection it kept', () => {
  expect(newcomerStays(A, { direction: 'outbound', ageMs: 3 }, { direction: 'outbound' })).toBe(false);
  expect(newcomerStays(B, { direction: 'inbound', ageMs: 3 }, { direction: 'inbound' })).toBe(true);
});
