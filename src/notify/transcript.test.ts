import { expect, test } from 'vitest';
import { Transcript } from './transcript.ts';

test('a transcript is bounded, printable, and over when it is closed', () => {
  const transcript = new Transcript();
  transcript.add('< 220 \u001b[31mhello');
  transcript.add('x'.repeat(10_000));
  for (let line = 0; line < 1_000; line++) transcript.add('< again');
  const lines = transcript.close();
  transcript.add('too late');
  expect(lines[0]).toBe('< 220 hello');
  expect(lines[1]).toHaveLength(401);
  expect([lines.length, lines.at(-1)]).toEqual([201, '* and so on']);
});
