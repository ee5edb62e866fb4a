import { describe, expect, it } from 'vitest';
import { payloadBody } from './payload.ts';

/** Stands for the template engine: `{{x}}` becomes the value of x. */
const render = (values: Record<string, string>) => (template: string) =>
  template.replace(/\{\{(\w+)\}\}/g, (_match, name: string) => values[name] ?? '');

const body = (payload: unknown, values: Record<string, string> = {}) => payloadBody(payload, render(values));

it('renders texts and keys at every depth', () => {
  const payload = { '{{k}}': [{ text: 'Disk {{d}} full' }], b: '{{d}}' };
  expect(body(payload, { k: 'a', d: 'sda' })).toBe('{"a":[{"text":"Disk sda full"}],"b":"sda"}\n');
});

describe('what a template renders to is read as YAML', () => {
  it.each([
    ['3', '3'],
    ['-1.5', '-1.5'],
    ['true', 'true'],
    ['yes', 'true'],
    ['null', 'null'],
    ['', 'null'],
    [' \n', 'null'],
    ['0x1f', '31'],
    ['12345678901234567890', '12345678901234567890'],
    ['[1, "a", {b: c}]', '[1,"a",{"b":"c"}]'],
    ['{"n":12345678901234567890,"m":1.5}', '{"m":1.5,"n":12345678901234567890}'],
    ['- a\n- b', '["a","b"]'],
    ['key: value', '{"key":"value"}'],
    ['{1: a, b: c}', '{"b":"c"}'],
    ['{"__proto__": 1}', '{"__proto__":1}'],
  ])('%j becomes %s', (text, json) => expect(body('{{x}}', { x: text })).toBe(`${json}\n`));

  it.each([
    'plain words',
    '"quoted"',
    '12:30',
    '2026-01-02',
    '#alerts',
    '[unfinished',
    'a: b: c: [',
    '--- a\n--- b',
    '&a [*a]',
    '.inf',
    '*nobody',
    '[FIRING:1] DiskFull',
    '['.repeat(100_000),
    `${'['.repeat(1000)}${']'.repeat(1000)}`,
    `key: ${'x'.repeat(70_000)}`,
  ])('%.40j stays a text', (text) =>
    expect(body('{{x}}', { x: text })).toBe(`${JSON.stringify(text).replace(/&/g, '\\u0026')}\n`),
  );

  it('but not rendered again: an alert writes no templates', () => {
    expect(body('{{x}}', { x: '{"a":"{{secret}}"}', secret: 'hunter2' })).toBe('{"a":"{{secret}}"}\n');
  });
});

it('sorts keys and escapes them as Go does', () => {
  expect(body({ b: 'x', '10': 'x', '9': 'x', '<': 'x' })).toBe('{"10":"x","9":"x","\\u003c":"x","b":"x"}\n');
});

it('passes on numbers, booleans and nulls of the configuration', () => {
  expect(body({ a: 5, b: true, c: null, d: [0.5] })).toBe('{"a":5,"b":true,"c":null,"d":[0.5]}\n');
});

it('reads a long list that toJson rendered without trying it as YAML', () => {
  const alerts = JSON.stringify(Array.from({ length: 2000 }, (_, n) => ({ n, labels: { alertname: 'x'.repeat(40) } })));
  expect(JSON.parse(body({ alerts: '{{x}}' }, { x: alerts })).alerts).toHaveLength(2000);
});
