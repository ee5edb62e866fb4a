import { expect, test } from 'vitest';
import { bytesWords } from './bytes.ts';

test('sizes are short to read', () => {
  expect([0, 312, 4_210_000, 250_000_000_000].map(bytesWords)).toEqual(['0 B', '312 B', '4.2 MB', '250 GB']);
});
