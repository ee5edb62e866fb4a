import { describe, expect, it } from 'vitest';
import { stepTo } from './rhythm.ts';

const groupIntervalMs = 60_000;

describe('hearing that another node speaks, a node', () => {
  it.each([
    ['that has not ticked yet ticks at once', 5_000, undefined, { step: 'tick', tickMs: 5_000 }],
    ['that ticked an interval ago ticks at once', 160_000, 100_000, { step: 'tick', tickMs: 160_000 }],
    ['that ticked half an interval ago ticks at once', 130_000, 100_000, { step: 'tick', tickMs: 130_000 }],
    ['that ticked just before keeps its tick', 100_004, 100_000, { step: 'keep', reason: 'the same tick' }],
    ['that ticked just after goes by the earlier', 99_997, 100_000, { step: 'align', nextTickMs: 159_997 }],
    ['ignores word of a tick long past', 40_000, 100_000, { step: 'keep', reason: 'an older tick' }],
  ])('%s', (_story, heardMs, lastTickMs, step) => {
    expect(stepTo({ heardMs, lastTickMs, groupIntervalMs })).toMatchObject(step);
  });

  it('and another that heard of it first end up in step', () => {
    const ofA = stepTo({ heardMs: 103, lastTickMs: 100, groupIntervalMs });
    const ofB = stepTo({ heardMs: 100, lastTickMs: 103, groupIntervalMs });
    expect([ofA.step, ofB]).toMatchObject(['keep', { nextTickMs: 100 + groupIntervalMs }]);
  });
});
