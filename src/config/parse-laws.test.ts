/** Whatever the text: reading it never throws, and every error stands on a line of the file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseConfig } from './load.ts';

const LARGE = readFileSync(join(import.meta.dirname, 'fixtures/large-installation.yml'), 'utf8');
const RUNS = { numRuns: 200 };

function expectSoundAnswer(text: string): void {
  const result = parseConfig(text, { directory: '/etc/tocsin' });
  if (result.ok) return;
  expect(result.errors.length).toBeGreaterThan(0);
  const lines = text.split(/\r\n|\r|\n/).length;
  for (const { line, column, message } of result.errors) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(message).not.toMatch(/[\r\n]/);
  }
}

test('any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), expectSoundAnswer), RUNS);
});

test('texts made of what means something in YAML', () => {
  const token = fc.constantFrom(
    ...[
      '- ',
      ': ',
      ':',
      '\n',
      '\n  ',
      '\n    ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '&a ',
      '*a',
      '<<: *a',
      '!!str ',
      '|\n',
      '>-\n',
    ],
    ...[
      '"',
      "'",
      '#',
      '?',
      '---\n',
      '...\n',
      '%YAML 1.1\n',
      '~',
      '\t',
      '\r\n',
      'route',
      'receivers',
      'name',
      'x',
      '\u2028',
    ],
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 60 }), (tokens) => expectSoundAnswer(tokens.join(''))),
    { numRuns: 1000 },
  );
});

test('a real file with a piece cut out, doubled or overwritten', () => {
  const place = fc.nat({ max: LARGE.length });
  fc.assert(
    fc.property(place, fc.nat({ max: 40 }), fc.string({ unit: 'grapheme', maxLength: 10 }), (start, length, insert) => {
      expectSoundAnswer(LARGE.slice(0, start) + insert + LARGE.slice(start + length));
    }),
    RUNS,
  );
});

test('the right keys with values of every wrong shape', () => {
  const keys = ['global', 'route', 'receivers', 'inhibit_rules', 'templates', 'time_intervals', 'mute_time_intervals']
    .concat(['receiver', 'routes', 'matchers', 'match', 'match_re', 'group_by', 'continue', 'group_wait', 'labels'])
    .concat(['name', 'webhook_configs', 'url', 'http_config', 'tls_config', 'basic_auth', 'equal', 'source_match'])
    .concat([
      'resolve_timeout',
      'slack_api_url',
      'times',
      'start_time',
      'location',
      'payload',
      '__proto__',
      'constructor',
    ]);
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      fc.constantFrom<unknown>(null, '', 'a', '5m', 0, -1, true, 'a=b', '[', '...', 'http://x/', '<secret>', '\u202e'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 4, noNullPrototype: false }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys.slice(0, 7)), value), (document) =>
      expectSoundAnswer(stringify(document, { version: '1.1' })),
    ),
    { numRuns: 500 },
  );
});

test('matchers of hostile patterns take no time to refuse or to take', () => {
  const pattern = `${'(a*)*'.repeat(200)}${'x{1,1000}'.repeat(3)}`;
  expectSoundAnswer(`route: {receiver: a, routes: [{match_re: {x: "${pattern}"}}]}\nreceivers: [{name: a}]`);
});
