import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { Matcher } from '../../model/matcher.ts';
import type { Silence } from '../../model/silence.ts';
import { previewAnswer, silenceAnswer, silencesAnswer } from '../../shapes/silences.ts';
import { problem } from '../../shapes/terms.ts';
import { FakeNode, NOW_MS } from '../fake-dependencies.ts';
import { mayMuteSuch } from './silences.ts';

const HOUR_MS = 3_600_000;
const onDown = [new Matcher('=', 'alertname', 'Down')];
const onBerlin = [new Matcher('=~', 'site', 'berlin|potsdam')];

async function ask<Schema extends z.ZodType>(node: FakeNode, path: string, schema: Schema, init?: RequestInit) {
  const response = await node.app().request(`/api/v3${path}`, init);
  expect(response.status, await response.clone().text()).toBe(200);
  return schema.parse(await response.json());
}

async function refusal(node: FakeNode, path: string, init?: RequestInit) {
  const response = await node.app().request(`/api/v3${path}`, init);
  return { ...problem.parse(await response.json()), status: response.status };
}

function posted(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

/** One active, one pending, one expired silence, and two alerts. */
function quietNode() {
  const node = new FakeNode();
  const active = node.addSilence({ matchers: onDown, comment: 'new disks' });
  const pending = node.addSilence({
    matchers: onBerlin,
    createdBy: 'Ada Lovelace',
    startsAtMs: NOW_MS + HOUR_MS,
    endsAtMs: NOW_MS + 2 * HOUR_MS,
  });
  const expired = node.addSilence({ matchers: onDown, startsAtMs: NOW_MS - HOUR_MS, endsAtMs: NOW_MS - 1 });
  node.addAlert({ alertname: 'Down', site: 'berlin', severity: 'urgent' });
  node.addAlert({ alertname: 'Slow', site: 'potsdam', severity: 'interesting' });
  node.addAlert({ alertname: 'Down', site: 'oslo' }, { endsAtMs: NOW_MS - 1 });
  return { node, active, pending, expired };
}

describe('the list of silences', () => {
  test('has all of them, what ends next first, and says how many alerts each matches', async () => {
    const { node, active, pending, expired } = quietNode();
    const { silences, counts, total } = await ask(node, '/silences', silencesAnswer);
    expect(silences.map(({ id, state, muting }) => [id, state, muting])).toEqual([
      [active.id, 'active', 1],
      [pending.id, 'pending', 2],
      [expired.id, 'expired', 1],
    ]);
    expect([counts, total]).toEqual([{ active: 1, pending: 1, expired: 1 }, 3]);
    expect(silences[1]?.matchers).toEqual([
      { name: 'site', type: '=~', value: 'berlin|potsdam', text: 'site=~"berlin|potsdam"' },
    ]);
  });

  test('is narrowed by state; the counts are those of all states', async () => {
    const { node } = quietNode();
    const answer = await ask(node, '/silences?state=active&state=pending', silencesAnswer);
    expect([answer.total, answer.counts.expired]).toEqual([2, 1]);
  });

  test.each([
    ['q=NEW+DISKS', 1],
    ['q=lovelace', 1],
    ['q=site%3D~', 1],
    ['q=nothing+like+it', 0],
    ['filter=alertname%3D%22Up%22', 1],
    ['filter=alertname%3D%22Down%22', 3],
    ['filter=site%3D%22oslo%22', 2],
  ])('%s finds %i', async (query, total) => {
    const { node } = quietNode();
    expect((await ask(node, `/silences?${query}`, silencesAnswer)).total).toBe(total);
  });

  test('comes page by page', async () => {
    const { node, pending } = quietNode();
    const answer = await ask(node, '/silences?offset=1&limit=1', silencesAnswer);
    expect([answer.offset, answer.total, answer.silences.map(({ id }) => id)]).toEqual([1, 3, [pending.id]]);
  });

  test.each([
    ['state=over', 'state'],
    ['limit=501', 'limit'],
    ['offset=-1', 'offset'],
    ['filter=%7B', 'filter'],
  ])('refuses %s by name', async (query, name) => {
    const answer = await refusal(new FakeNode(), `/silences?${query}`);
    expect([answer.status, answer.detail.startsWith(name)]).toEqual([400, true]);
  });
});

test.each([
  [new Matcher('=', 'a', '1'), new Matcher('=', 'a', '2'), false],
  [new Matcher('=~', 'a', '1|2'), new Matcher('=', 'a', '2'), true],
  [new Matcher('=', 'a', '1'), new Matcher('!=', 'a', '1'), false],
  [new Matcher('=~', 'a', '1'), new Matcher('=~', 'a', '2'), true],
  [new Matcher('=', 'a', '1'), new Matcher('=', 'b', '2'), true],
])('a silence on %s may mute alerts with %s: %s', (matcher, filter, may) => {
  expect(mayMuteSuch({ matchers: [matcher] }, [filter])).toBe(may);
});

describe('one silence', () => {
  test('is shown with the alerts it matches, the gravest first, and their state', async () => {
    const { node, pending } = quietNode();
    const muted = node.addAlert({ alertname: 'Slow', site: 'berlin', severity: 'important' });
    node.groups = [
      { labels: {}, routeLabels: {}, receiver: 'default', mutedBy: ['nights'], fingerprints: [muted.fingerprint] },
    ];
    const { silence, alerts } = await ask(node, `/silences/${pending.id.toUpperCase()}`, silenceAnswer);
    expect(silence.muting).toBe(3);
    expect(alerts.map(({ severity, state }) => [severity, state])).toEqual([
      ['urgent', 'silenced'],
      ['important', 'muted'],
      ['interesting', 'active'],
    ]);
  });

  test('that nobody made is not there', async () => {
    expect((await refusal(new FakeNode(), '/silences/11111111-2222-4333-8444-555555555555')).status).toBe(404);
    expect((await refusal(new FakeNode(), '/silences/mine')).status).toBe(400);
  });
});

describe('the preview of a silence', () => {
  const preview = (node: FakeNode, ...matchers: string[]) =>
    ask(node, '/silences/preview', previewAnswer, posted({ matchers }));

  test('says what it would mute, and makes none', async () => {
    const { node } = quietNode();
    const before = new Map<string, Silence>(node.silences);
    const fires = [...node.alerts.values()].map(({ fingerprint }) => fingerprint);
    node.groups = [
      { labels: {}, routeLabels: {}, receiver: 'default', mutedBy: [], fingerprints: fires },
      { labels: {}, routeLabels: {}, receiver: 'other', mutedBy: [], fingerprints: [] },
    ];
    const answer = await preview(node, 'alertname="Slow"');
    expect(answer).toMatchObject({ alerts: 1, total: 2, groups: 1, warnings: [] });
    expect([answer.severities.interesting, answer.examples.length]).toEqual([1, 1]);
    expect(node.silences).toEqual(before);
  });

  test('warns of urgent alerts, of a large part, and of no name', async () => {
    const node = new FakeNode();
    for (let index = 0; index < 10; index++) {
      node.addAlert({ alertname: `A${index}`, site: index < 4 ? 'berlin' : 'oslo', severity: 'urgent' });
    }
    const { warnings } = await preview(node, 'site="berlin"');
    expect(warnings.map(({ kind }) => kind)).toEqual(['urgent alerts', 'many alerts', 'no alertname']);
  });

  test.each([['alertname=~".+"'], ['alertname!="Up"']])('%s names no alert', async (matcher) => {
    const { warnings } = await preview(new FakeNode(), matcher);
    expect(warnings.map(({ kind }) => kind)).toContain('no alertname');
  });

  test('says that nothing matches, which may be a slip', async () => {
    const { warnings } = await preview(new FakeNode(), 'alertname="Dwon"');
    expect(warnings.map(({ kind }) => kind)).toEqual(['nothing matches']);
  });

  test.each([
    [{ matchers: [] }, 'at least one matcher'],
    [{ matchers: ['a=~"("'] }, 'matchers'],
    [{ matchers: ['a=""'] }, 'empty string'],
    [{ matchers: 'a="b"' }, 'matchers'],
    [{ matchers: ['a="b"'], comment: 'x' }, 'comment'],
  ])('refuses %j', async (body, word) => {
    const answer = await refusal(new FakeNode(), '/silences/preview', posted(body));
    expect([answer.status, answer.detail.includes(word)]).toEqual([422, true]);
  });

  test('refuses a body that is no JSON as a problem, too', async () => {
    const init = { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: 'hello' };
    expect((await refusal(new FakeNode(), '/silences/preview', init)).status).toBe(415);
  });
});

test.each([
  ['/silences', undefined],
  ['/silences/preview', posted({ matchers: ['instance=~"host-1.*"'] })],
])('%s stands aside while it looks at many alerts', async (path, init) => {
  const node = new FakeNode();
  node.addSilence({ matchers: onDown });
  for (let index = 0; index < 2_000; index++) node.addAlert({ alertname: 'Down', instance: `host-${index}` });
  let clockMs = 0;
  let pauses = 0;
  node.onMonotonic = () => ++clockMs;
  const { system } = node;
  node.system = {
    ...system,
    setTimer(afterMs, run) {
      if (afterMs === 0) pauses++;
      return system.setTimer(afterMs, run);
    },
  };
  expect((await node.app().request(`/api/v3${path}`, init)).status).toBe(200);
  expect(pauses).toBeGreaterThan(2);
});
