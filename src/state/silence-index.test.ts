import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesAll } from '../model/matcher.ts';
import { parseMatcher } from '../model/matcher-parser.ts';
import { SilenceIndex } from './silence-index.ts';

const silence = (id: string, ...matchers: string[]) => ({
  id,
  matchers: matchers.map((text) => parseMatcher(text, 'utf8').matcher),
});
const found = (index: SilenceIndex, labels: Record<string, string>) => [...index.candidates(labels)].toSorted();

describe('the index of silences', () => {
  test('leaves out what asks for a value that the alert does not have', () => {
    const index = new SilenceIndex();
    index.set(silence('a', 'instance="db1"'));
    index.set(silence('b', 'instance="db2"'));
    expect(found(index, { instance: 'db1' })).toEqual(['a']);
  });

  test.each(['instance=~"db.*"', 'instance!="db2"', 'instance=""'])('keeps %s, which demands no value', (matcher) => {
    const index = new SilenceIndex();
    index.set(silence('a', matcher));
    expect(found(index, { instance: 'db1' })).toEqual(['a']);
  });

  test('forgets what was deleted, and what a silence was before', () => {
    const index = new SilenceIndex();
    index.set(silence('a', 'instance="db1"'));
    index.set(silence('a', 'instance="db2"'));
    index.set(silence('b', 'instance="db2"'));
    index.delete('b');
    expect([found(index, { instance: 'db1' }), found(index, { instance: 'db2' })]).toEqual([[], ['a']]);
  });

  test('never leaves out one that matches, and names none twice', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const value = fc.constantFrom('', 'x', 'y');
    const matcher = fc
      .tuple(name, fc.constantFrom('=', '!=', '=~', '!~'), value)
      .map(([n, type, v]) => `${n}${type}"${v}"`);
    const matchers = fc.array(matcher, { minLength: 1, maxLength: 3 });
    const labels = fc.dictionary(name, fc.constantFrom('x', 'y'));
    fc.assert(
      fc.property(fc.array(matchers, { maxLength: 20 }), labels, (lists, alert) => {
        const index = new SilenceIndex();
        const silences = lists.map((list, place) => silence(String(place), ...list));
        for (const each of silences) index.set(each);
        const candidates = found(index, alert);
        const matching = silences.filter((each) => matchesAll(each.matchers, alert)).map(({ id }) => id);
        expect(matching.filter((id) => !candidates.includes(id))).toEqual([]);
        expect(new Set(candidates).size).toBe(candidates.length);
      }),
    );
  });
});
