import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Matcher } from '../../../src/model/matcher.ts';
import { parseMatcher } from '../../../src/model/matcher-parser.ts';
import { equals } from './matcher.ts';
import { matchersOf, splitMatchers } from './matcher-list.ts';

const text = fc.string({ unit: 'binary', maxLength: 20 }).filter((value) => value.isWellFormed());
const wild = fc.oneof(text, fc.stringMatching(/^[a-z{}"'\\,=~! \n]{0,20}$/));
const name = wild.filter((each) => each !== '');

test('labels as matchers mean to the server what they were, without the empty ones', () => {
  expect(matchersOf({ job: 'node', alertname: 'Down', zone: '' })).toEqual(['alertname="Down"', 'job="node"']);
  fc.assert(
    fc.property(
      name,
      wild.filter((value) => value !== ''),
      (label, value) => {
        const [written = ''] = matchersOf({ [label]: value });
        expect(parseMatcher(written, 'utf8').matcher).toEqual(new Matcher('=', label, value));
      },
    ),
  );
});

test('a list is taken apart into what it was put together from', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, wild)), fc.boolean(), (pairs, hasBraces) => {
      const matchers = pairs.map(([label, value]) => equals(label, value));
      const list = matchers.join(', ');
      expect(splitMatchers(hasBraces ? `{${list}}` : list)).toEqual(matchers);
    }),
  );
});

test('a single matcher stays as it is, though it is wrong', () => {
  expect(splitMatchers('alertname="Disk full')).toEqual(['alertname="Disk full']);
  expect(splitMatchers('severity=~"a{2,3}"')).toEqual(['severity=~"a{2,3}"']);
});
