/** What the API shows of what fires, from the first post to the quiet after it. */
import { describe, expect, test } from 'vitest';
import { type GroupAnswer, type GroupsAnswer, groupAnswer, groupsAnswer } from '../../src/shapes/groups.ts';
import { Story } from '../support/story.ts';

const CONFIG = `
route:
  receiver: team
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 1h
receivers:
  - name: team
    webhook_configs: [{url: 'http://team.test/'}]
`;

const down = { alertname: 'Down', instance: 'a', severity: 'critical' };

async function groups(story: Story, query = ''): Promise<GroupsAnswer> {
  return groupsAnswer.parse(await story.json(`/api/v3/groups${query}`));
}

async function told(story: Story): Promise<readonly unknown[]> {
  return (await groups(story)).groups.flatMap(({ notifications }) =>
    notifications.map(({ state, at, node, message }) => ({ state, at, node, message })),
  );
}

describe('an alert', () => {
  test('is not told yet, then is told by this node, and after its end it is quiet', async () => {
    await using story = await Story.begin(CONFIG, { flags: ['--cluster.peer-name=node-a'] });
    const begin = story.wallTime();
    expect(await groups(story)).toMatchObject({ quietSince: begin, groups: [] });
    await story.fire(down);
    const firstFlush = story.wallTime('30s');
    expect(await groups(story)).toMatchObject({
      total: { groups: 1, alerts: 1 },
      severities: { urgent: 1 },
      states: { active: 1 },
      receivers: [{ name: 'team', alerts: 1 }],
      quietSince: null,
      groups: [
        {
          labels: { alertname: 'Down' },
          commonLabels: { instance: 'a', severity: 'critical' },
          severity: 'urgent',
          since: begin,
          nextFlushAt: firstFlush,
        },
      ],
    });
    expect(await told(story)).toEqual([{ state: 'not yet', at: null, node: null, message: '' }]);
    await story.passes('31s');
    expect(await told(story)).toEqual([{ state: 'sent', at: firstFlush, node: 'node-a', message: '' }]);

    await story.restart();
    expect(await told(story)).toEqual([{ state: 'sent', at: firstFlush, node: 'node-a', message: '' }]);

    await story.resolve(down);
    const end = story.wallTime();
    await story.passes('1s');
    expect(await groups(story)).toMatchObject({ quietSince: end, total: { groups: 0, alerts: 0 }, groups: [] });
    expect(await groups(story, '?state=resolved')).toMatchObject({
      states: { resolved: 1 },
      groups: [{ alerts: { resolved: 1 }, severity: 'urgent' }],
    });
    await story.passes('5h');
    expect(await groups(story, '?state=resolved')).toMatchObject({ quietSince: end, groups: [] });
  });

  test('that fires anew is not told yet, whatever was told of it before', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('1m');
    await story.resolve(down);
    await story.passes('20m');
    await story.fire(down);
    expect(await told(story)).toEqual([{ state: 'not yet', at: null, node: null, message: '' }]);
  });

  test('that is silenced says by which silence', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    const id = await story.silence({ alertname: 'Down' });
    const answer = await groups(story, '?alerts=10');
    expect(answer).toMatchObject({
      states: { active: 0, silenced: 1 },
      groups: [{ silencedBy: [id], listed: [{ state: 'silenced', silencedBy: [id] }] }],
    });
    expect(await groups(story, '?state=active')).toMatchObject({ states: { silenced: 1 }, groups: [] });
    const [group] = answer.groups;
    const alone: GroupAnswer = groupAnswer.parse(await story.json(`/api/v3/groups/${group?.id}`));
    expect(alone).toMatchObject({ total: 1, listed: [{ labels: down, state: 'silenced' }] });
  });

  test('whose receiver refuses shows the error, until it is told', async () => {
    await using story = await Story.begin(CONFIG, { flags: ['--cluster.peer-name=node-a'] });
    const place = story.receiver('team');
    place.behaviour = { kind: 'refuse', retryable: true };
    await story.fire(down);
    await story.passes('1m');
    expect(await told(story)).toMatchObject([{ state: 'refused', node: 'node-a', message: 'refused' }]);
    place.behaviour = { kind: 'take' };
    await story.passes('5m');
    expect(await told(story)).toMatchObject([{ state: 'sent', node: 'node-a', message: '' }]);
  });
});
