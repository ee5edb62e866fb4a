import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayWidth, fitToWidth } from './display-width.ts';

describe('a text takes as many columns as a terminal gives it', () => {
  test.each([
    ['web-1', 5],
    ['Größe', 5],
    ['e\u0301', 1],
    ['磁盘', 4],
    ['ディスク', 8],
    ['한', 2],
    ['🔥', 2],
    ['👩‍🚒', 2],
    ['🇩🇪', 2],
    ['✔', 1],
    ['✔️', 2],
    ['', 0],
  ])('%j: %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('fitting', () => {
  test('leaves alone what fits', () => {
    expect(fitToWidth('磁盘', 4)).toBe('磁盘');
  });

  test('cuts between characters, not through them', () => {
    expect(fitToWidth('磁盘满了', 6)).toBe('磁盘…');
    expect(fitToWidth('👩‍🚒👩‍🚒👩‍🚒', 4)).toBe('👩‍🚒…');
  });

  test('never exceeds the width', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        const fitted = fitToWidth(text, width);
        expect(displayWidth(fitted)).toBeLessThanOrEqual(width);
        if (displayWidth(text) <= width && text.length <= width) expect(fitted).toBe(text);
      }),
    );
  });
});
