import { expect, test } from 'vitest';
import { visibleText } from './visible-text.ts';

test.each([
  ['\u202egpj.exe', '⟨U+202E⟩gpj.exe'],
  ['db\u200b1', 'db⟨U+200B⟩1'],
  ['a\u001b[31mb\n', 'a⟨U+001B⟩[31mb⟨U+000A⟩'],
  ['تنبيه עברית 👩‍👧 é', 'تنبيه עברית 👩‍👧 é'],
])('%j is shown as %s', (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});
