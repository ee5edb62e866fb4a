import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goQuote, goUnquote } from './go-quote.ts';

describe('quoting as Go does', () => {
  it.each([
    ['', '""'],
    ['plain text', '"plain text"'],
    ['say "hi"\\', '"say \\"hi\\"\\\\"'],
    ['\x07\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
    ['\x00\x1f\x7f', '"\\x00\\x1f\\x7f"'],
    ['é 😀', '"é 😀"'],
    ['\u00a0\u200b\u2028\ufeff', '"\\u00a0\\u200b\\u2028\\ufeff"'],
    ['\u{10ffff}', '"\\U0010ffff"'],
    ['\ufffd', '"\ufffd"'],
    ['half \ud83d', '"half \\ufffd"'],
  ])('%j becomes %s', (text, quoted) => {
    expect(goQuote(text)).toBe(quoted);
  });

  it('can always be undone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(goUnquote(goQuote(text))).toBe(text);
      }),
    );
  });
});

describe('unquoting as Go does', () => {
  it.each([
    ['"\\x41\\101\\u0041\\U00000041"', 'AAAA'],
    ['"\\xc3\\xa9"', 'é'],
    ['"\\303\\251 é"', 'é é'],
    ['"\ufeffmark"', '\ufeffmark'],
  ])('%s is %j', (literal, text) => {
    expect(goUnquote(literal)).toBe(text);
  });

  it.each([
    ['an unknown escape', '"\\d"'],
    ['a quote that needs no escape, but was escaped', '"\\\'"'],
    ['a quote inside', '"a"b"'],
    ['a line feed', '"a\nb"'],
    ['half a byte', '"\\x4"'],
    ['an octal number beyond a byte', '"\\501"'],
    ['half a surrogate pair', '"\\ud83d"'],
    ['a code point beyond Unicode', '"\\U00110000"'],
    ['bytes that are no UTF-8', '"\\xff"'],
    ['a lone backslash', '"\\"'],
    ['no closing quote', '"a'],
    ['one quote only', '"'],
    ['no quotes', 'a'],
  ])('refuses %s', (_what, literal) => {
    expect(goUnquote(literal)).toBeUndefined();
  });
});
