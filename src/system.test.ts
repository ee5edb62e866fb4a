import { expect, test } from 'vitest';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { deadline } from './system.ts';

test('a deadline says how long it was in whole milliseconds', async () => {
  const system = new VirtualSystem();
  using limit = deadline(system, 14_998.370_000_000_112);
  await system.advance(15_000);
  expect(limit.signal.reason).toEqual(expect.objectContaining({ message: 'no result within 14998 ms' }));
});
