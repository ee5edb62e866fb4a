import { expect, test } from 'vitest';
import { SCHEDULES } from './schedules.ts';

test.each(SCHEDULES.map((schedule) => [schedule.name, schedule] as const))('%s', async (_, { play }) => {
  expect(await play()).toEqual([]);
});
