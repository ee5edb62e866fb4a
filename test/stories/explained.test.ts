/** Why an alert goes where it goes, and what comes next: what is said is what then happens. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AlertAnswer, alertAnswer, type ExplainAnswer, explainAnswer } from '../../src/shapes/alerts.ts';
import { groupAnswer, groupsAnswer, labelNamesAnswer, labelValuesAnswer } from '../../src/shapes/groups.ts';
import { Story } from '../support/story.ts';

const CONFIG = `
route:
  receiver: team
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 1h
  routes:
    - receiver: quiet
      matchers: [severity="info"]
      mute_time_intervals: [nights]
      active_time_intervals: [office]
inhibit_rules:
  - source_matchers: [alertname="SiteDown"]
    target_matchers: [alertname="Down"]
    equal: [site]
receivers:
  - name: team
    webhook_configs: [{url: 'http://team.test/'}]
  - name: quiet
    webhook_configs: [{url: 'http://quiet.test/'}]
time_intervals:
  - name: nights
    time_intervals: [{times: [{start_time: '22:00', end_time: '24:00'}, {start_time: '00:00', end_time: '06:00'}]}]
  - name: office
    time_intervals: [{times: [{start_time: '09:00', end_time: '17:00'}]}]
`;

const down = { alertname: 'Down', site: 'x' };
const NIGHT = { wallMs: Date.UTC(2026, 0, 15, 23, 0, 0) };

async function explain(story: Story, labels: object): Promise<ExplainAnswer> {
  return explainAnswer.parse(await (await story.request('POST', '/api/v3/explain', { labels })).json());
}

async function alert(story: Story, labels: Record<string, string>): Promise<AlertAnswer> {
  return alertAnswer.parse(await story.json(`/api/v3/alerts/${story.fingerprint(labels)}`));
}

async function next(story: Story): Promise<{ at: string | null; what: string } | undefined> {
  const { groups, explanation } = await alert(story, down);
  expect(groups.map(({ id }) => id)).toEqual(explanation.destinations.map(({ groupId }) => groupId));
  return explanation.destinations[0]?.next;
}

describe('an alert', () => {
  test('that does not exist is explained as if it fired', async () => {
    await using story = await Story.begin(CONFIG);
    const { routes, destinations } = await explain(story, { ...down, severity: '' });
    expect(routes.map(({ verdict, receiver }) => `${receiver} ${verdict}`)).toEqual([
      'team taken',
      'quiet not matched',
    ]);
    expect(destinations).toMatchObject([
      {
        receiver: 'team',
        integrations: ['webhook'],
        groupLabels: { alertname: 'Down' },
        groupKey: '{}:{alertname="Down"}',
        exists: false,
        groupBy: ['alertname'],
      },
    ]);
  });

  test('is told when it is said to be', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    const first = await next(story);
    expect(first?.what).toContain('is the first');
    await story.passes('29s');
    expect(story.news()).toEqual([]);
    await story.passes('1s');
    expect(story.wallTime()).toBe(first?.at);
    expect(story.news()).toEqual(['0:30 team: first notification: Down firing']);
    await story.passes('1s');
    const repetition = await next(story);
    expect(repetition?.what).toContain('repetition');
    expect(repetition?.at).toBe(story.wallTime('3599s'));
    await story.passes('3599s');
    expect(story.news()).toEqual(['60:30 team: repeat interval elapsed: Down firing']);
    await story.resolve(down);
    await story.passes('1s');
    const end = await next(story);
    expect(end).toEqual({ at: story.wallTime('299s'), what: expect.stringContaining('has ended') });
    await story.passes('299s');
    expect(story.news()).toEqual(['65:30 team: all alerts resolved: Down resolved']);
    expect((await alert(story, down)).alert.state).toBe('resolved');
  });

  test('that is silenced and inhibited says by what', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.fire({ alertname: 'SiteDown', site: 'x' });
    expect((await alert(story, down)).explanation).toMatchObject({
      inhibitedBy: [
        {
          labels: { alertname: 'SiteDown' },
          rule: 'while {alertname="SiteDown"} fires, {alertname="Down"} is not told, if they have the same site',
        },
      ],
      destinations: [{ next: { at: null, what: expect.stringContaining('inhibits') } }],
    });
    const id = await story.silence({ alertname: 'Down' }, '2h');
    const answer = await alert(story, down);
    expect(answer).toMatchObject({
      alert: { state: 'silenced', silencedBy: [id], receivers: ['team'] },
      groups: [{ alerts: { silenced: 1 } }],
      explanation: { silences: [{ id, comment: 'told not to', endsAt: story.wallTime('2h') }] },
    });
    expect(answer.explanation.destinations[0]?.next.at).toBe(story.wallTime('2h'));
  });

  test('that time intervals mute says until when, whichever of them lets go last', async () => {
    await using story = await Story.begin(CONFIG, NIGHT);
    await story.fire({ ...down, severity: 'info' });
    expect(await alert(story, { ...down, severity: 'info' })).toMatchObject({
      alert: { state: 'muted' },
      explanation: {
        destinations: [
          {
            receiver: 'quiet',
            next: {
              at: '2026-01-16T09:00:00.000Z',
              what: expect.stringContaining('nothing until 2026-01-16 09:00:00 UTC'),
            },
          },
        ],
      },
    });
  });
});

test('of any alerts everything that is shown has the shape that is promised', async () => {
  await using story = await Story.begin(CONFIG, NIGHT);
  const text = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' });
  const labels = fc.record({
    alertname: fc.constantFrom('Down', 'SiteDown'),
    site: fc.constantFrom('x', 'y'),
    severity: fc.constantFrom('page', 'info'),
    text,
  });
  await fc.assert(
    fc.asyncProperty(labels, fc.dictionary(text, text, { maxKeys: 3 }), async (drawn, annotations) => {
      await story.fire(drawn, { annotations });
      const { alert: shown, groups, explanation } = await alert(story, drawn);
      expect(shown.labels).toEqual(drawn);
      expect(groups.map(({ id }) => id).sort()).toEqual(explanation.destinations.map(({ groupId }) => groupId).sort());
      expect(explanation.destinations.every(({ exists }) => exists)).toBe(true);
      expect(await explain(story, drawn)).toMatchObject({ destinations: explanation.destinations });
      groupsAnswer.parse(await story.json('/api/v3/groups?alerts=100'));
      labelNamesAnswer.parse(await story.json('/api/v3/labels'));
      labelValuesAnswer.parse(await story.json('/api/v3/labels/text/values'));
      for (const { id } of groups) groupAnswer.parse(await story.json(`/api/v3/groups/${id}`));
    }),
    { numRuns: 50 },
  );
});
