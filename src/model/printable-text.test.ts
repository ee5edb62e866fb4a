import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeUnprintableJson, stripUnprintable, stripUnprintableInLines } from './printable-text.ts';

describe('foreign text on a terminal', () => {
  test.each([
    ['a colour', '\u001b[31mred\u001b[0m', 'red'],
    ['a cleared screen, 8-bit', '\u009b2Jhello', 'hello'],
    ['a window title', '\u001b]0;owned\u0007hello', 'hello'],
    ['a link', '\u001b]8;;http://evil\u001b\\click\u001b]8;;\u001b\\', 'click'],
    ['an unended string', '\u001b]0;owned', ''],
    ['a reset', '\u001bchello', 'hello'],
    ['a faked line', 'all well\r\nroot# ', 'all well root# '],
    ['a changed direction', 'abc\u202edef', 'abcdef'],
    ['a bell', 'ding\u0007', 'ding'],
  ])('loses %s', (_, hostile, harmless) => {
    expect(stripUnprintable(hostile)).toBe(harmless);
  });

  test.each(['Größe 磁盘', 'می\u200cخواهم', '👩‍🚒 on duty', 'a\\b "c" <d>'])('keeps %s', (text) => {
    expect(stripUnprintable(text)).toBe(text);
  });

  test('never holds anything but printable characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(stripUnprintable(text).replace(/\u200c|\u200d/g, '')).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u);
      }),
    );
  });

  test('keeps its lines where it has several', () => {
    expect(stripUnprintableInLines('route:\r\n\treceiver: \u001b[1ma\n')).toBe('route:\n\treceiver: a\n');
  });
});

test('JSON keeps its value when it is made printable', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = escapeUnprintableJson(JSON.stringify({ text }));
      expect(JSON.parse(json)).toEqual({ text });
      expect(json).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u);
    }),
  );
});
