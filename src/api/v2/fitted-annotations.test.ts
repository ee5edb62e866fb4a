/** An alert that is too large to pass between peers is cut where it hurts least. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fittedAnnotations, jsonBytes, mayExceed } from './fitted-annotations.ts';

const MOST_BYTES = 2_000;
const labels = { alertname: 'Down' };
const fitted = (annotations: Record<string, string>) =>
  fittedAnnotations({ labels, annotations, generatorURL: '' }, MOST_BYTES);

describe('of annotations that are too large', () => {
  test('the longest is cut, and says how long it was', () => {
    const cut = fitted({ log: 'x'.repeat(5_000), summary: 'it is down' });
    expect(cut?.summary).toBe('it is down');
    expect(cut?.log).toMatch(/^x{1000,}… \(cut; it had 5000 characters\)$/);
  });

  test('the next longest is cut, too, where that is not enough', () => {
    const cut = fitted({ a: 'x'.repeat(3_000), b: 'y'.repeat(2_500), summary: 'it is down' });
    expect([cut?.a?.includes('cut'), cut?.b?.includes('cut'), cut?.summary]).toEqual([true, true, 'it is down']);
  });

  test('no character is cut in half', () => {
    for (let padding = 0; padding < 40; padding += 1) {
      const cut = fitted({ log: 'x'.repeat(padding) + '😀'.repeat(2_000) });
      expect(cut?.log?.isWellFormed()).toBe(true);
    }
  });

  test('nothing is left of what cannot be made to fit', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, number) => [`name${number}`, 'x'.repeat(100)]));
    expect(fitted(many)).toBeUndefined();
  });
});

test('annotations that fit are left as they are', () => {
  const annotations = { summary: 'it is down' };
  expect(fitted(annotations)).toBe(annotations);
});

test('what was made to fit does, and uses its room', () => {
  const text = fc.string({ unit: 'binary', maxLength: 3_000 }).map((value) => value.toWellFormed());
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), text), (annotations) => {
      const cut = fitted(annotations);
      const [before, after] = [annotations, cut].map((each) =>
        jsonBytes({ labels, annotations: each, generatorURL: '' }),
      );
      expect(after).toBeLessThanOrEqual(MOST_BYTES);
      expect(after).toBeGreaterThanOrEqual(Math.min(before ?? 0, MOST_BYTES - 16));
    }),
  );
});

test('what may be too large is never taken for small', () => {
  const text = fc.string({ unit: 'binary', maxLength: 50 });
  fc.assert(
    fc.property(fc.dictionary(text, text), text, (annotations, generatorURL) => {
      const texts = Object.entries(annotations).flat();
      const length = texts.reduce((sum, each) => sum + each.length, generatorURL.length);
      const bytes = jsonBytes({ labels: {}, annotations, generatorURL });
      expect(mayExceed(bytes - 1, { length, pairs: texts.length / 2 })).toBe(true);
    }),
  );
});
