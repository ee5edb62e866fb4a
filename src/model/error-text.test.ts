import { expect, test } from 'vitest';
import { errorText } from './error-text.ts';

test('tells the outermost first and every cause after it', () => {
  const error = new Error('cannot send', { cause: new Error('fetch failed', { cause: new Error('ECONNREFUSED') }) });
  expect(errorText(error)).toBe('cannot send: fetch failed: ECONNREFUSED');
});

test('does not repeat a cause that the message already tells', () => {
  expect(errorText(new Error('cannot send: refused', { cause: new Error('refused') }))).toBe('cannot send: refused');
});

test('tells what failed at each address, where there were several', () => {
  const failed = new AggregateError([new Error('connect ::1:1'), new Error('connect 127.0.0.1:1')]);
  expect(errorText(new TypeError('fetch failed', { cause: failed }))).toBe(
    'fetch failed: connect ::1:1, connect 127.0.0.1:1',
  );
});

test('is one line', () => {
  expect(errorText(new Error('first\r\n  second'))).toBe('first second');
});

test('takes whatever can be thrown', () => {
  expect(errorText('text')).toBe('text');
  expect(errorText(undefined)).toBe('unknown error');
  expect(errorText(Object.create(null))).toBe('a thrown value that cannot be shown');
  expect(errorText(new RangeError(''))).toBe('RangeError');
});
