import { describe, expect, test } from 'vitest';
import { textMatch } from './text-search.ts';

const ALERT = {
  labels: { alertname: 'DiskFull', instance: 'db1:9100' },
  annotations: { summary: 'The disk of the orders database is nearly full' },
};

describe('looking for words', () => {
  test.each(['db1', 'DISK', 'instance=db1', 'orders', 'db1 orders', '  full  '])('%j is found', (text) => {
    expect(textMatch(text)?.(ALERT)).toBe(true);
  });

  test.each(['db2', 'db1 payments', 'instance=orders'])('%j is not', (text) => {
    expect(textMatch(text)?.(ALERT)).toBe(false);
  });

  test.each(['', ' \t '])('nothing is looked for with %j', (text) => {
    expect(textMatch(text)).toBeUndefined();
  });
});
