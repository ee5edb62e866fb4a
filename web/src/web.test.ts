/** What the UI is made of apart from any page: addresses, old links, lists, and how large it is. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildWeb, WEB_DIST } from '../../scripts/build-web.ts';
import { queryText } from './api/query.ts';
import { matchersIn, translateOldHash } from './old-links.ts';
import { findPage } from './pages.ts';
import { halfMatcher } from './parts/matcher-suggestions.ts';
import { otherMembers } from './parts/other-members.ts';
import { offsetsOf, windowOf } from './parts/virtual-window.ts';
import { iconColour, titleMark } from './tab-mark.ts';

const MOST_BYTES = 60_000;

test('the script of the first page is small', async () => {
  await buildWeb();
  const manifest = JSON.parse(readFileSync(join(WEB_DIST, 'manifest.json'), 'utf8'));
  const files = new Set<string>();
  const add = (name: string) => {
    const { file, imports = [] } = manifest[name];
    files.add(file);
    for (const each of imports) if (!files.has(manifest[each].file)) add(each);
  };
  add('src/main.tsx');
  add('src/theme-first.ts');
  const bytes = [...files].map((file) => readFileSync(join(WEB_DIST, `${file}.gz`)).byteLength);
  expect(bytes.reduce((sum, each) => sum + each)).toBeLessThan(MOST_BYTES);
});

test('nothing of it is asked of anybody else', () => {
  const texts = globSync('assets/*.{js,css}', { cwd: WEB_DIST }).map((file) =>
    readFileSync(join(WEB_DIST, file), 'utf8'),
  );
  const named = texts.flatMap((text) => [...text.matchAll(/https?:\/\/[\w.-]+/g)].map(([address]) => address));
  // Names of XML namespaces, which nobody asks.
  expect(named.filter((address) => address !== 'http://www.w3.org')).toEqual([]);
});

describe('a page', () => {
  const pages = [
    { pattern: '/', title: 'Now' },
    { pattern: '/silences/new', title: 'New silence' },
    { pattern: '/silences/:id', title: 'Silence' },
  ];

  test.each([
    ['/', 'Now', {}],
    ['/silences/new', 'New silence', {}],
    ['/silences/a%2Fb', 'Silence', { id: 'a/b' }],
    ['/silences/50%', 'Silence', { id: '50%' }],
  ])('at %s is %s', (path, title, parameters) => {
    const found = findPage(path, pages);
    expect([found?.page.title, found?.parameters]).toEqual([title, parameters]);
  });

  test.each(['/nothing', '/silences/', '/silences/a/b'])('is not at %s', (path) => {
    expect(findPage(path, pages)).toBeUndefined();
  });
});

describe('an address of Alertmanager', () => {
  test.each([
    ['#/alerts', '/'],
    [
      '#/alerts?silenced=false&filter=%7Bseverity%3D%22urgent%22%2C%20job%3D~%22a%2Cb%22%7D',
      '/?filter=severity%3D%22urgent%22&filter=job%3D%7E%22a%2Cb%22',
    ],
    ['#/alerts?receiver=phone', '/?receiver=phone'],
    ['#/silences', '/silences'],
    ['#/silences/new?filter=%7Ba%3D%22b%22%7D&comment=x', '/silences/new?filter=a%3D%22b%22&comment=x'],
    ['#/silences/3f-2', '/silences/3f-2'],
    ['#/status', '/status'],
    ['#/', '/'],
  ])('%s leads to %s', (hash, path) => {
    expect(translateOldHash(hash)).toBe(path);
  });

  test.each(['', '#page'])('is not %j', (hash) => {
    expect(translateOldHash(hash)).toBeUndefined();
  });

  test('has its matchers told apart outside quotes only', () => {
    expect(matchersIn('{a="b,\\"c", d!="e"}')).toEqual(['a="b,\\"c"', 'd!="e"']);
    expect(matchersIn('{}')).toEqual([]);
  });
});

test('a query leaves out what is not there and repeats lists', () => {
  expect(queryText({ a: undefined, b: '', c: ['1', '2'], d: 0 })).toBe('?c=1&c=2&d=0');
  expect(queryText({})).toBe('');
});

test('a half-typed matcher is told apart', () => {
  expect(halfMatcher('seve')).toEqual({ name: 'seve', type: undefined, value: '' });
  expect(halfMatcher('severity=~"ur')).toEqual({ name: 'severity', type: '=~', value: 'ur' });
});

describe('a long list', () => {
  const offsets = offsetsOf(['a', 'b', 'c', 'd'], (key) => (key === 'b' ? 200 : 100));

  test('knows where each row begins', () => {
    expect(offsets).toEqual([0, 100, 300, 400, 500]);
  });

  test.each([
    [
      { top: -500, bottom: 50 },
      { first: 0, last: 1 },
    ],
    [
      { top: 150, bottom: 350 },
      { first: 1, last: 3 },
    ],
    [
      { top: 900, bottom: 1200 },
      { first: 3, last: 4 },
    ],
  ])('shows what meets %j', (window, shown) => {
    expect(windowOf(offsets, window)).toEqual(shown);
  });

  test('may be empty', () => {
    expect(windowOf([0], { top: 0, bottom: 100 })).toEqual({ first: 0, last: 0 });
  });
});

test.each([
  [{ urgent: 3, important: 1, other: 0, interesting: 9 }, '(3 urgent) ', '#d22b1f'],
  [{ urgent: 0, important: 1, other: 0, interesting: 9 }, '(1 important) ', '#e8940c'],
  [{ urgent: 0, important: 0, other: 0, interesting: 9 }, '', '#2263bd'],
  [{ urgent: 0, important: 0, other: 0, interesting: 0 }, '', '#2f9e63'],
])('of %j the tab says %j', (counts, title, colour) => {
  expect([titleMark(counts), iconColour(counts)]).toEqual([title, colour]);
});

test('other members are linked to only by plain addresses, and only those that lived', () => {
  const member = (name: string, url: string | null, fields = {}) => ({
    ...{ id: name, name, url, self: false, alive: true, left: false },
    ...fields,
  });
  const members = [
    member('self', 'http://a/', { self: true }),
    member('b', 'https://b.example/tocsin/'),
    member('c', 'javascript:alert(1)'),
    member('d', 'http://d.example', { alive: false }),
    member('e', null),
  ];
  expect(otherMembers({ status: 'ready', members } as never, '/wall?by=job')).toEqual([
    { name: 'b', href: 'https://b.example/tocsin/wall?by=job' },
  ]);
  expect(otherMembers({ status: 'disabled', hints: [] }, '/')).toEqual([]);
});
