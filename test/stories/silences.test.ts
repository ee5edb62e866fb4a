/** A human's word "don't tell" holds from its start to its end, whatever else goes on. */
import { describe, expect, test } from 'vitest';
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

const down = { alertname: 'Down' };

interface PostedSilence {
  readonly id?: string;
  readonly matchers: readonly object[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly comment?: string;
}

async function postSilence(
  story: Story,
  silence: PostedSilence,
): Promise<{ status: number; id: string; text: string }> {
  const response = await story.request('POST', '/api/v2/silences', { createdBy: 'me', comment: 'why', ...silence });
  const text = await response.text();
  const answer: { silenceID?: string } = response.status === 200 ? JSON.parse(text) : {};
  return { status: response.status, id: answer.silenceID ?? '', text };
}

const matcher = (name: string, value: string) => ({ name, value, isRegex: false, isEqual: true });

async function states(story: Story): Promise<Record<string, string>> {
  const silences = await story.json<{ id: string; status: { state: string } }[]>('/api/v2/silences');
  return Object.fromEntries(silences.map(({ id, status }) => [id, status.state]));
}

test('an active silence keeps an alert quiet; when it ends, the alert is news', async () => {
  await using story = await Story.begin(CONFIG);
  await story.silence(down, '7m');
  await story.fire(down);
  await story.passes('20m');
  expect(story.told()).toEqual(['10:30 team: first notification: Down firing']);
});

test('an alert told before it was silenced stays quiet afterwards, until its repetition', async () => {
  await using story = await Story.begin(CONFIG);
  await story.fire(down);
  await story.passes('1m');
  await story.silence(down, '7m');
  await story.passes('61m');
  expect(story.told()).toEqual([
    '0:30 team: first notification: Down firing',
    '60:30 team: repeat interval elapsed: Down firing',
  ]);
});

test('a silence takes only the alerts that match out of a message', async () => {
  await using story = await Story.begin(CONFIG);
  await story.silence({ instance: 'a' });
  await story.fire({ ...down, instance: 'a' });
  await story.fire({ ...down, instance: 'b' });
  await story.passes('1m');
  expect(story.told()).toEqual(['0:30 team: first notification: Down/b firing']);
});

test('a pending silence mutes nothing until it begins', async () => {
  await using story = await Story.begin(CONFIG);
  await story.silence(down, '2h', '1m');
  await story.fire({ ...down, instance: 'a' });
  await story.passes('1m');
  await story.fire({ ...down, instance: 'b' });
  await story.passes('20m');
  expect(story.told()).toEqual(['0:30 team: first notification: Down/a firing']);
});

test('a silence ended through the API is over at once', async () => {
  await using story = await Story.begin(CONFIG);
  const id = await story.silence(down);
  await story.fire(down);
  await story.passes('30s');
  await story.expireSilence(id);
  await story.passes('10m');
  expect(story.told()).toEqual(['5:30 team: first notification: Down firing']);
  expect(await states(story)).toEqual({ [id]: 'expired' });
});

test('a silence made during an outage of the receiver stops the message', async () => {
  await using story = await Story.begin(CONFIG);
  story.receiver('team').behaviour = { kind: 'refuse', retryable: true };
  await story.fire(down);
  await story.passes('2m');
  await story.silence(down);
  story.receiver('team').behaviour = { kind: 'take' };
  await story.passes('30m');
  expect(story.told()).toEqual([]);
});

test('a silence, and the end of one, survive kill -9', async () => {
  await using story = await Story.begin(CONFIG);
  const kept = await story.silence(down);
  const ended = await story.silence({ alertname: 'Slow' });
  await story.expireSilence(ended);
  await story.restart();
  await story.fire(down);
  await story.fire({ alertname: 'Slow' });
  await story.passes('10m');
  expect(story.told()).toEqual(['0:30 team: first notification: Slow firing']);
  expect(await states(story)).toEqual({ [kept]: 'active', [ended]: 'expired' });
});

test('an expired silence is forgotten after the retention', async () => {
  await using story = await Story.begin(CONFIG, { flags: ['--data.retention=1h', '--data.maintenance-interval=15m'] });
  const id = await story.silence(down, '10m');
  await story.passes('1h');
  expect(await states(story)).toEqual({ [id]: 'expired' });
  await story.passes('30m');
  expect(await states(story)).toEqual({});
  await story.restart();
  expect(await states(story)).toEqual({});
});

describe('an update', () => {
  async function posted(story: Story, startsIn = '0s') {
    const silence = {
      matchers: [matcher('alertname', 'Down')],
      startsAt: story.wallTime(startsIn),
      endsAt: story.wallTime('1h'),
    };
    const { id } = await postSilence(story, silence);
    return { ...silence, id };
  }

  test('of the end keeps the id', async () => {
    await using story = await Story.begin(CONFIG);
    const silence = await posted(story);
    const updated = await postSilence(story, { ...silence, endsAt: story.wallTime('2m') });
    expect(updated.id).toBe(silence.id);
    await story.fire(down);
    await story.passes('10m');
    expect(story.told()).toEqual(['5:30 team: first notification: Down firing']);
  });

  test('that mutes something else is a new silence and ends the old one', async () => {
    await using story = await Story.begin(CONFIG);
    const silence = await posted(story);
    const updated = await postSilence(story, { ...silence, matchers: [matcher('alertname', 'Slow')] });
    expect(await states(story)).toEqual({ [silence.id]: 'expired', [updated.id]: 'active' });
    await story.fire(down);
    await story.fire({ alertname: 'Slow' });
    await story.passes('1m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  });

  test('of one that has ended is a new silence', async () => {
    await using story = await Story.begin(CONFIG);
    const silence = await posted(story);
    await story.expireSilence(silence.id);
    const updated = await postSilence(story, silence);
    expect(await states(story)).toEqual({ [silence.id]: 'expired', [updated.id]: 'active' });
  });

  test('of a pending one to a later start keeps the id', async () => {
    await using story = await Story.begin(CONFIG);
    const silence = await posted(story, '10m');
    const updated = await postSilence(story, { ...silence, startsAt: story.wallTime('20m') });
    expect(await states(story)).toEqual({ [updated.id]: 'pending' });
    expect(updated.id).toBe(silence.id);
  });

  test('of an unknown one is refused', async () => {
    await using story = await Story.begin(CONFIG);
    const silence = await posted(story);
    expect(await postSilence(story, { ...silence, id: 'no-such-silence' })).toMatchObject({ status: 404 });
  });
});

describe('limits', () => {
  test('more silences than --silences.max-silences are refused, expired ones counted', async () => {
    await using story = await Story.begin(CONFIG, { flags: ['--silences.max-silences=2'] });
    await story.expireSilence(await story.silence(down));
    await story.silence(down);
    await expect(story.silence(down)).rejects.toThrow(/exceeded maximum number of silences/);
  });

  test('a replacement refused by the limit leaves the old one in force', async () => {
    await using story = await Story.begin(CONFIG, { flags: ['--silences.max-silences=1'] });
    const id = await story.silence(down);
    const answer = await postSilence(story, {
      id,
      matchers: [matcher('alertname', 'Slow')],
      startsAt: story.wallTime(),
      endsAt: story.wallTime('1h'),
    });
    expect(answer.status).toBe(400);
    expect(await states(story)).toEqual({ [id]: 'active' });
  });

  test('one larger than --silences.max-silence-size-bytes is refused', async () => {
    await using story = await Story.begin(CONFIG, { flags: ['--silences.max-silence-size-bytes=500'] });
    await expect(story.silence({ alertname: 'x'.repeat(500) })).rejects.toThrow(/exceeded maximum size/);
  });
});

test('the API says by which silences an alert is silenced', async () => {
  await using story = await Story.begin(CONFIG);
  await story.fire(down);
  const ids = [await story.silence(down), await story.silence(down)];
  const [alert] = await story.json<{ status: { silencedBy: string[] } }[]>('/api/v2/alerts');
  expect(alert?.status.silencedBy.toSorted()).toEqual(ids.toSorted());
});
