import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cleanLine, cleanLines } from './clean-text.ts';

it.each([
  ['plain words', 'plain words'],
  ['  at the ends\t', 'at the ends'],
  ['two\r\nlines', 'two lines'],
  ['\nPRIVMSG #ops :you are hacked\r', 'PRIVMSG #ops :you are hacked'],
  ['a\u2028b\u2029c\u0085d\ve\ff', 'a b c d e f'],
  ['\u0002bold\u0003\u000f', 'bold'],
  ['\u001b[31mred\u001b[0m', '[31mred[0m'],
  ['\u009dall that follows stays', 'all that follows stays'],
  ['file\u202egnp.exe', 'filegnp.exe'],
  ['\u2066a\u2069\u200e\u200f\u061c', 'a'],
  ['un\u200bseen\ufeff\u{e0041}\u00ad', 'unseen'],
  ['می\u200cخواهم', 'می\u200cخواهم'],
  ['👩\u200d💻 ❤\ufe0f', '👩\u200d💻 ❤\ufe0f'],
  ['half \ud83d', 'half \ufffd'],
])('%j becomes the line %j', (text, line) => expect(cleanLine(text)).toBe(line));

it('lines keep their indentation, and one empty line between them', () => {
  expect(cleanLines('\r\n  a:  \r\n\t- b\u202e\n\n\u200b\n\nc \n \n')).toBe('  a:\n - b\n\nc');
});

it('whatever comes in, what goes out cannot end a line and is clean already', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const line = cleanLine(text);
      expect(line).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      expect(cleanLine(line)).toBe(line);
      const lines = cleanLines(text);
      expect(cleanLines(lines)).toBe(lines);
      expect(lines.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    }),
  );
});

it('takes its time from the length alone, also for a text of nothing but space', () => {
  expect(cleanLine(`${' '.repeat(500_000)}x`)).toBe('x');
  expect(cleanLines(`${'\n \n'.repeat(200_000)}x`)).toBe('x');
  expect(cleanLines(`x${' '.repeat(500_000)}x`)).toHaveLength(500_002);
});
