import { describe, expect, test } from 'vitest';
import { complete, completionAt, readLabels, writeLabels } from './label-text.ts';

describe('labels typed by hand', () => {
  test('are read from words, from quotes, and from what looks like a matcher', () => {
    const labels = { alertname: 'Foo', instance: 'a b', quote: '"' };
    expect(readLabels('alertname=Foo instance="a b" quote="\\""')).toEqual({ labels, problem: undefined });
    expect(readLabels('{alertname="Foo", instance="a b",quote="\\""}')).toEqual({ labels, problem: undefined });
    expect(readLabels(writeLabels(labels)).labels).toEqual(labels);
    expect(readLabels('')).toEqual({ labels: {}, problem: undefined });
  });

  test('say what is wrong and keep what is right', () => {
    expect(readLabels('a=1 sever')).toEqual({ labels: { a: '1' }, problem: '“sever” has no value yet: write sever=…' });
    expect(readLabels('a=1 a=2').problem).toBe('a is there twice');
    expect(readLabels('a="1').problem).toBe('the quote of a is not closed');
    expect(readLabels('a=~"1|2"').labels).toEqual({ a: '~"1|2"' });
    expect(readLabels('a!=1').problem).toContain('is a matcher');
    expect(readLabels('=1').problem).toContain('has no name');
  });

  test('may have the names every object has', () => {
    expect(readLabels('constructor=1 __proto__=2').problem).toBeUndefined();
    expect(readLabels('constructor=1').labels).toEqual({ constructor: '1' });
  });
});

describe('completion', () => {
  test('offers names at the beginning of a word and values behind the =', () => {
    expect(completionAt('alertname=Foo sev', 17)).toMatchObject({ kind: 'name', prefix: 'sev', taken: ['alertname'] });
    expect(completionAt('alertname=Foo ', 14)).toMatchObject({ kind: 'name', prefix: '' });
    expect(completionAt('severity=ur x=1', 11)).toMatchObject({ kind: 'value', name: 'severity', prefix: 'ur' });
    expect(completionAt('a="b c', 6)).toMatchObject({ kind: 'value', name: 'a', prefix: 'b c' });
  });

  test('puts the choice in place of what was typed, and goes on behind it', () => {
    const name = complete('a=1 sev', completionAt('a=1 sev', 7), 'severity');
    expect(name).toEqual({ text: 'a=1 severity=', caret: 13 });
    expect(complete('severity=ur', completionAt('severity=ur', 11), 'urgent')).toEqual({
      text: 'severity=urgent ',
      caret: 16,
    });
    expect(complete('a=x b=1', completionAt('a=x b=1', 3), 'two words').text).toBe('a="two words" b=1');
  });
});
