/** The words of the UI: ages, who was told, names of groups, and what of strangers' words becomes a link. */
import { describe, expect, test } from 'vitest';
import type { GroupNotification } from '../../../src/shapes/groups.ts';
import { ageText } from './age.ts';
import { groupMatchers, groupName, ownLabels } from './group-name.ts';
import { equals, matcherText, matchesLabel, parseMatcher, wordMatcher } from './matcher.ts';
import { safeHref, textParts } from './safe-href.ts';
import { toldOf } from './told.ts';

test.each([
  [-500, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_600_000, '1 h'],
  [7_800_000, '2 h 10 min'],
  [86_400_000 * 3 + 3_600_000 * 4, '3 d 4 h'],
  [Number.NaN, '0 s'],
])('%d ms is %s', (ms, text) => {
  expect(ageText(ms)).toBe(text);
});

describe('a link of a stranger', () => {
  test.each(['http://a.example/x', 'https://a.example/', 'mailto:ops@example.com'])('%s can be followed', (text) => {
    expect(safeHref(text)).toBe(text);
  });

  test.each([
    'javascript:alert(1)',
    ' JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>',
    'vbscript:x',
    'file:///etc/passwd',
    '//evil.example',
    '/relative',
    '',
  ])('%j cannot', (text) => {
    expect(safeHref(text)).toBeUndefined();
  });

  test('is found in a text, without the sentence around it', () => {
    expect(textParts('See https://w.example/a?b=1, (or http://x.example). javascript:alert(1)')).toEqual([
      { text: 'See ' },
      { text: 'https://w.example/a?b=1', href: 'https://w.example/a?b=1' },
      { text: ', (or ' },
      { text: 'http://x.example', href: 'http://x.example/' },
      { text: '). javascript:alert(1)' },
    ]);
  });
});

describe('a matcher', () => {
  test.each([
    ['severity=urgent', 'severity="urgent"'],
    [' severity = "urgent" ', 'severity="urgent"'],
    ['a!~"x|y"', 'a!~"x|y"'],
    ['"two words"=~"a\\"b"', '"two words"=~"a\\"b"'],
    ['a=""', 'a=""'],
    ['path="C:\\\\x"', 'path="C:\\\\x"'],
  ])('%s is written %s', (typed, written) => {
    const parsed = parseMatcher(typed);
    expect(parsed && matcherText(parsed)).toBe(written);
  });

  test.each(['', 'word', '=x', 'a="b', '{a="b"}'])('is not %j', (text) => {
    expect(parseMatcher(text)).toBeUndefined();
  });

  test('quotes what it was given', () => {
    expect(equals('a', 'say "hi"\n\\')).toBe('a="say \\"hi\\"\\n\\\\"');
    expect(parseMatcher(equals('a', 'say "hi"\n\\'))?.value).toBe('say "hi"\n\\');
  });

  test('of a word finds it anywhere, and nothing in it is an expression', () => {
    const matcher = wordMatcher('disk.(x');
    expect(matchesLabel(matcher, { alertname: 'My Disk.(x full' })).toBe(true);
    expect(matchesLabel(matcher, { alertname: 'Diskz(x' })).toBe(false);
  });

  test('does not see what a label inherits', () => {
    expect(matchesLabel({ name: 'constructor', type: '=', value: '' }, {})).toBe(true);
  });
});

describe('who was told', () => {
  const nowMs = Date.parse('2026-11-29T00:10:00Z');
  const place = (fields: Partial<GroupNotification>): GroupNotification => ({
    ...{ integration: 'mail', index: 0, state: 'sent', at: '2026-11-29T00:07:00Z', node: 'a', message: '' },
    ...fields,
  });
  const words = (notifications: readonly GroupNotification[], nextFlushAt: string | null = null) =>
    toldOf(notifications, { nowMs, nextFlushAt }).map((told) => `${told.places} ${told.words}`);

  test('is said once for places that share it', () => {
    expect(words([place({}), place({ integration: 'irc' })])).toEqual(['mail, irc told 3 min ago by a']);
  });

  test('tells two places of one kind apart', () => {
    expect(words([place({}), place({ index: 1, state: 'telling', at: null })])).toEqual([
      'mail 1 told 3 min ago by a',
      'mail 2 being told by a',
    ]);
  });

  test('counts places among their kind, whatever stands before them', () => {
    const places = [place({}), place({ integration: 'web', index: 1 }), place({ integration: 'web', index: 2 })];
    expect(words(places)).toEqual(['mail, web 1, web 2 told 3 min ago by a']);
  });

  test('says when somebody will be', () => {
    const waiting = place({ state: 'not yet', at: null, node: null });
    expect(words([waiting], '2026-11-29T00:10:12Z')).toEqual(['mail not told yet; next in 12 s']);
    expect(words([waiting])).toEqual(['mail not told yet']);
  });
});

describe('a group', () => {
  test('is called by the name of its alerts, if they share one', () => {
    const shared = { labels: { job: 'db' }, commonLabels: { alertname: 'Down' } };
    expect(groupName(shared)).toEqual({ title: 'Down', rest: [['job', 'db']] });
    expect(groupName({ labels: { job: 'db', dc: '' }, commonLabels: {} }).title).toBe('db');
    expect(groupName({ labels: {}, commonLabels: {} }).title).toBe('All alerts');
  });

  test('is silenced by its own labels, or by what its alerts share', () => {
    expect(groupMatchers({ labels: { a: '1' }, commonLabels: { b: '2' } })).toEqual([['a', '1']]);
    expect(groupMatchers({ labels: {}, commonLabels: { b: '2' } })).toEqual([['b', '2']]);
  });

  test('says of each alert what is its own', () => {
    expect(ownLabels({ a: '1', b: '2', c: '3' }, { labels: { a: '1' }, commonLabels: { b: '2' } })).toEqual([
      ['c', '3'],
    ]);
  });
});
