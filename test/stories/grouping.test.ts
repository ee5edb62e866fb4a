/** When a group speaks, to whom, and how often. */
import { expect, test } from 'vitest';
import { Story } from '../support/story.ts';

const CONFIG = `
route:
  receiver: team
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
receivers:
  - name: team
    webhook_configs: [{url: 'http://team.test/'}]
`;

test('the first alert of a group is told after group_wait', async () => {
  await using story = await Story.begin(CONFIG);
  await story.fire({ alertname: 'Down' });
  await story.passes('10m');
  expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
});

test('an alert that joins is told with the rest at the next tick', async () => {
  await using story = await Story.begin(CONFIG);
  await story.fire({ alertname: 'Down', instance: 'a' });
  await story.passes('1m');
  await story.fire({ alertname: 'Down', instance: 'b' });
  await story.passes('10m');
  expect(story.told()).toEqual([
    '0:30 team: first notification: Down firing',
    '5:30 team: new alerts added: Down firing, Down firing',
  ]);
});

test('what goes on is repeated exactly every repeat_interval', async () => {
  await using story = await Story.begin(CONFIG.replace('4h', '10m'));
  await story.fire({ alertname: 'Down' });
  await story.passes('31m');
  expect(story.told()).toEqual([
    '0:30 team: first notification: Down firing',
    '10:30 team: repeat interval elapsed: Down firing',
    '20:30 team: repeat interval elapsed: Down firing',
    '30:30 team: repeat interval elapsed: Down firing',
  ]);
});

test('after kill -9 nothing is told again, and the rhythm goes on', async () => {
  await using story = await Story.begin(CONFIG.replace('4h', '10m'));
  await story.fire({ alertname: 'Down' });
  await story.passes('2m');
  await story.restart();
  await story.passes('9m');
  expect(story.told()).toEqual([
    '0:30 team: first notification: Down firing',
    '10:30 team: repeat interval elapsed: Down firing',
  ]);
});
