import { describe, expect, it } from 'vitest';
import { stepTo } from './rhythm.ts';

const groupIntervalMs = 60_000;
const heard = { isOver: false, groupIntervalMs };

describe('hearing that another node speaks, a node', () => {
  it.each([
    ['that has not ticked yet ticks at once', 5_000, undefined, { step: 'tick', tickMs: 5_000 }],
    ['that ticked an interval ago ticks at once', 160_000, 100_000, { step: 'tick', tickMs: 160_000 }],
    ['that ticked half an interval ago ticks at once', 130_000, 100_000, { step: 'tick', tickMs: 130_000 }],
    ['that ticked just before keeps its tick', 100_004, 100_000, { step: 'keep', reason: 'the same rhythm' }],
    ['that ticked just after goes by the earlier', 99_997, 100_000, { step: 'align', tickMs: 99_997 }],
    ['that ticked seconds before is out of step', 110_000, 100_000, { step: 'align', tickMs: 110_000 }],
    ['that heard nothing for a while goes on in the rhythm of who spoke then', 35_000, 100_000, { tickMs: 95_000 }],
    [
      'keeps its tick if that is the rhythm of who spoke then',
      40_000,
      100_000,
      { step: 'keep', reason: 'the same rhythm' },
    ],
  ])('%s', (_story, heardMs, lastTickMs, step) => {
    expect(stepTo({ ...heard, heardMs, newestMs: heardMs, lastTickMs })).toMatchObject(step);
  });

  it('keeps to the newer word when an older one comes after it', () => {
    const step = stepTo({ ...heard, heardMs: 90_000, newestMs: 100_000, lastTickMs: 100_000 });
    expect(step).toEqual({ step: 'keep', reason: 'older word' });
  });

  it('keeps to a new rhythm when it hears of ticks before all was over', () => {
    const step = stepTo({ ...heard, isOver: true, heardMs: 35_000, newestMs: 35_000, lastTickMs: 100_000 });
    expect(step).toEqual({ step: 'keep', reason: 'of a rhythm that is over' });
  });

  it('and another that heard of it first end up in step', () => {
    const ofA = stepTo({ ...heard, heardMs: 103, newestMs: 103, lastTickMs: 100 });
    const ofB = stepTo({ ...heard, heardMs: 100, newestMs: 103, lastTickMs: 103 });
    expect([ofA.step, ofB]).toMatchObject(['keep', { tickMs: 100 }]);
  });
});
