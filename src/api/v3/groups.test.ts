import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Matcher } from '../../model/matcher.ts';
import { type GroupAnswer, type GroupsAnswer, groupAnswer, groupsAnswer } from '../../shapes/groups.ts';
import { problem } from '../../shapes/terms.ts';
import { FakeNode, NOW_MS } from '../fake-dependencies.ts';

async function groups(node: FakeNode, query = ''): Promise<GroupsAnswer> {
  const response = await node.app().request(`/api/v3/groups${query}`);
  expect(response.status).toBe(200);
  return groupsAnswer.parse(await response.json());
}

async function group(node: FakeNode, id: string, query = ''): Promise<GroupAnswer> {
  const response = await node.app().request(`/api/v3/groups/${id}${query}`);
  expect(response.status).toBe(200);
  return groupAnswer.parse(await response.json());
}

/** Two groups of one receiver, and a third that tells one of their alerts to another. */
function someNode(): FakeNode {
  const node = new FakeNode();
  const disk = node.addAlert({ alertname: 'DiskFull', instance: 'a', severity: 'warning' });
  const other = node.addAlert({ alertname: 'DiskFull', instance: 'b', severity: 'warning' });
  const down = node.addAlert({ alertname: 'Down', instance: 'a', severity: 'page' }, { startsAtMs: NOW_MS - 5_000 });
  node.addFiringGroup([disk, other], { labels: { alertname: 'DiskFull' }, receiver: 'team' });
  node.addFiringGroup([down], { labels: { alertname: 'Down' }, receiver: 'team' });
  node.addFiringGroup([down], { labels: { alertname: 'Down' }, receiver: 'phone' });
  return node;
}

const names = ({ groups }: GroupsAnswer) => groups.map(({ labels, receiver }) => `${labels.alertname} ${receiver}`);

describe('GET /api/v3/groups', () => {
  test('gives the gravest first, and counts each alert once', async () => {
    const answer = await groups(someNode());
    expect(names(answer)).toEqual(['Down phone', 'Down team', 'DiskFull team']);
    expect(answer).toMatchObject({
      now: '2026-01-15T12:00:00.000Z',
      total: { groups: 3, alerts: 3 },
      severities: { urgent: 1, important: 2, interesting: 0, other: 0 },
      states: { active: 3 },
      receivers: [
        { name: 'team', alerts: 3 },
        { name: 'phone', alerts: 1 },
      ],
    });
  });

  test('shows what the alerts of a group have in common, also those that a filter leaves out', async () => {
    const answer = await groups(someNode(), `?filter=${encodeURIComponent('instance="b"')}&alerts=5`);
    expect(answer.groups).toMatchObject([
      {
        labels: { alertname: 'DiskFull' },
        commonLabels: { severity: 'warning' },
        alerts: { active: 1 },
        listed: [{ labels: { instance: 'b' } }],
      },
    ]);
  });

  test('finds alerts by words that stand anywhere in them', async () => {
    const answer = await groups(someNode(), '?q=diskfull+instance%3Db');
    expect([names(answer), answer.total, answer.severities.important]).toEqual([
      ['DiskFull team'],
      { groups: 1, alerts: 1 },
      1,
    ]);
  });

  test.each([
    ['since', ['DiskFull team', 'Down phone', 'Down team']],
    ['latest', ['Down phone', 'Down team', 'DiskFull team']],
    ['name', ['DiskFull team', 'Down phone', 'Down team']],
  ])('sorts by %s', async (sort, expected) => {
    expect(names(await groups(someNode(), `?sort=${sort}`))).toEqual(expected);
  });

  test('counts what each choice of a filter would show', async () => {
    const node = someNode();
    node.addSilence({ matchers: [new Matcher('=', 'instance', 'b')] });
    expect(await groups(node, '?severity=urgent&receiver=phone')).toMatchObject({
      total: { groups: 1, alerts: 1 },
      severities: { urgent: 1, important: 0 },
      receivers: [
        { name: 'phone', alerts: 1 },
        { name: 'team', alerts: 1 },
      ],
    });
    expect(await groups(node, '?state=active')).toMatchObject({
      total: { groups: 3, alerts: 2 },
      severities: { urgent: 1, important: 1 },
      states: { active: 2, silenced: 1 },
    });
  });

  test('names one state where several hold: silenced, inhibited, muted, active', async () => {
    const node = new FakeNode();
    const all = ['silenced', 'inhibited', 'muted'].map((instance) => node.addAlert({ instance }));
    node.addSilence({ matchers: [new Matcher('=', 'instance', 'silenced')] });
    for (const { fingerprint } of all.slice(0, 2)) node.inhibitedBy.set(fingerprint, 'ffff000011112222');
    node.addFiringGroup(all, { mutedBy: ['nights'] });
    const { listed } = (await groups(node, '?alerts=10')).groups[0] ?? { listed: [] };
    expect(Object.fromEntries(listed.map(({ labels, state }) => [labels.instance, state]))).toEqual({
      silenced: 'silenced',
      inhibited: 'inhibited',
      muted: 'muted',
    });
  });

  test('counts an alert as muted and as active where it is muted on one way only', async () => {
    const node = new FakeNode();
    const alert = node.addAlert({ alertname: 'Down' });
    node.addFiringGroup([alert], { receiver: 'mail', mutedBy: ['nights'] });
    node.addFiringGroup([alert], { receiver: 'phone' });
    expect(await groups(node)).toMatchObject({ total: { groups: 2, alerts: 1 }, states: { active: 1, muted: 1 } });
  });

  test('shows what has ended only if asked', async () => {
    const node = new FakeNode();
    const over = node.addAlert({ alertname: 'Down', instance: 'over' }, { endsAtMs: NOW_MS });
    const fires = node.addAlert({ alertname: 'Down', instance: 'fires' });
    node.addFiringGroup([over, fires]);
    expect(await groups(node)).toMatchObject({
      states: { active: 1, resolved: 1 },
      groups: [{ alerts: { active: 1, resolved: 0 } }],
    });
    expect(await groups(node, '?state=resolved')).toMatchObject({
      total: { alerts: 1 },
      groups: [{ alerts: { resolved: 1 } }],
    });
  });

  test('takes groups of one name as one: routes with equal matchers make them', async () => {
    const node = new FakeNode();
    const [a, b] = [node.addAlert({ instance: 'a' }), node.addAlert({ instance: 'b' })];
    node.addFiringGroup([a, b]);
    node.addFiringGroup([b]);
    expect(await groups(node)).toMatchObject({ total: { groups: 1, alerts: 2 }, groups: [{ alerts: { active: 2 } }] });
  });

  test('says what each integration was told', async () => {
    const node = new FakeNode();
    const place = {
      integration: 'irc',
      index: 0,
      state: 'sent',
      atMs: NOW_MS - 1_000,
      node: 'node-b',
      message: '',
    } as const;
    node.addFiringGroup([node.addAlert({ alertname: 'Down' })], { places: () => [place] });
    expect((await groups(node)).groups[0]?.notifications).toEqual([
      { integration: 'irc', index: 0, state: 'sent', at: '2026-01-15T11:59:59.000Z', node: 'node-b', message: '' },
    ]);
  });

  test('says since when it is quiet', async () => {
    const node = new FakeNode();
    node.quietSinceMs = NOW_MS - 60_000;
    expect(await groups(node)).toMatchObject({ quietSince: '2026-01-15T11:59:00.000Z', groups: [] });
  });

  test.each([
    ['limit=abc', 'limit'],
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['offset=-1', 'offset'],
    ['alerts=101', 'alerts'],
    ['sort=loudness', 'sort'],
    ['state=loud', 'state'],
    ['severity=loud', 'severity'],
    [`filter=${encodeURIComponent('a=~"("')}`, 'filter'],
    [`filter=${encodeURIComponent('a=')}&filter=${encodeURIComponent('{')}`, 'filter'],
    [Array.from({ length: 101 }, () => 'receiver=x').join('&'), 'receiver'],
  ])('refuses ?%s and names the parameter', async (query, parameter) => {
    const response = await new FakeNode().app().request(`/api/v3/groups?${query}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
    expect(problem.parse(await response.json()).detail).toMatch(new RegExp(`^${parameter}\\b`));
  });
});

describe('GET /api/v3/groups/:id', () => {
  test('gives a page of its alerts, and the whole group whatever the filter', async () => {
    const node = someNode();
    const [{ id } = { id: '' }] = (await groups(node, '?sort=name')).groups;
    expect(await group(node, id, `?filter=${encodeURIComponent('instance="b"')}`)).toMatchObject({
      group: { id, alerts: { active: 2 } },
      total: 1,
      listed: [{ labels: { instance: 'b' } }],
    });
    expect(await group(node, id, '?offset=1&limit=1')).toMatchObject({
      offset: 1,
      total: 2,
      listed: [{ labels: { instance: 'b' } }],
    });
    expect(await group(node, id, '?state=silenced')).toMatchObject({ total: 0, listed: [] });
  });

  test('of a group that is gone is a 404 that says where to look', async () => {
    const response = await new FakeNode().app().request('/api/v3/groups/gone');
    expect(response.status).toBe(404);
    expect(problem.parse(await response.json()).detail).toContain('history');
  });
});

describe('where very much fires', () => {
  /** A node whose clock runs a millisecond a look, so that slices are over soon. */
  function busyNode() {
    const node = new FakeNode();
    const alerts = Array.from({ length: 5_000 }, (_, index) =>
      node.addAlert({ alertname: 'Down', index: String(index) }),
    );
    node.addFiringGroup(alerts);
    let monotonicMs = 0;
    node.onMonotonic = () => ++monotonicMs;
    const { setTimer } = node.system;
    const pauses: number[] = [];
    node.system.setTimer = (delayMs, callback) => {
      pauses.push(monotonicMs);
      return setTimer(delayMs, callback);
    };
    return { node, pauses };
  }

  test('an answer stands aside again and again while it is made', async () => {
    const { node, pauses } = busyNode();
    expect((await groups(node)).total).toEqual({ groups: 1, alerts: 5_000 });
    expect(pauses.length).toBeGreaterThan(10);
  });

  test('no answer is made for somebody who has gone', async () => {
    const { node, pauses } = busyNode();
    const gone = new AbortController();
    const response = node.app().request('/api/v3/groups', { signal: gone.signal });
    await expect.poll(() => pauses.length).toBeGreaterThan(0);
    gone.abort();
    expect((await response).status).toBe(499);
    expect(pauses.length).toBeLessThan(5);
  });

  test('a page is as long as it was asked to be, and lists the gravest', async () => {
    const { node } = busyNode();
    node.addAlert({ alertname: 'Down', severity: 'page' });
    node.firingGroups = [];
    node.addFiringGroup([...node.alerts.values()]);
    const {
      groups: [shown],
    } = await groups(node, '?alerts=3');
    expect(shown?.listed.map(({ severity }) => severity)).toEqual(['urgent', 'other', 'other']);
    expect(shown?.alerts.active).toBe(5_001);
  });
});

const alertLabels = fc.record({
  alertname: fc.constantFrom('Down', 'DiskFull', 'constructor'),
  instance: fc.string({ minLength: 1, maxLength: 4, unit: 'grapheme' }),
  severity: fc.constantFrom('page', 'warning', 'info', 'blue'),
});

/** Random alerts, each in any of four groups. */
const world = fc.array(
  fc.record({
    labels: alertLabels,
    groups: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1 }),
    isOver: fc.boolean(),
    isInhibited: fc.boolean(),
  }),
  { maxLength: 30 },
);

describe('with any alerts', () => {
  test('answers have the shape that is promised, pages follow one another, and counts are those of what is listed', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.constantFrom('severity', 'since', 'latest', 'name'), async (drawn, sort) => {
        const node = new FakeNode();
        const members = new Map<number, ReturnType<FakeNode['addAlert']>[]>();
        for (const { labels, groups: at, isOver, isInhibited } of drawn) {
          const alert = node.addAlert(labels, { endsAtMs: isOver ? NOW_MS : NOW_MS + 1 });
          if (isInhibited) node.inhibitedBy.set(alert.fingerprint, alert.fingerprint);
          for (const index of at) members.set(index, [...(members.get(index) ?? []), alert]);
        }
        for (const [index, alerts] of members) {
          const mutedBy = index % 2 === 0 ? [] : ['nights'];
          node.addFiringGroup(alerts, { labels: { index: String(index) }, receiver: `team ${index % 3}`, mutedBy });
        }
        const whole = await groups(node, `?sort=${sort}&alerts=100`);
        const ids = whole.groups.map(({ id }) => id);
        const paged: string[] = [];
        for (let offset = 0; offset < ids.length; offset++) {
          const page = await groups(node, `?sort=${sort}&limit=1&offset=${offset}`);
          paged.push(...page.groups.map(({ id }) => id));
        }
        expect(paged).toEqual(ids);
        const listed = whole.groups.flatMap((shown) => shown.listed);
        const distinct = new Map(listed.map((alert) => [alert.fingerprint, alert]));
        expect(whole.total).toEqual({ groups: ids.length, alerts: distinct.size });
        for (const severity of ['urgent', 'important', 'interesting', 'other'] as const) {
          const ofIt = [...distinct.values()].filter((alert) => alert.severity === severity);
          expect(whole.severities[severity]).toBe(ofIt.length);
          expect((await groups(node, `?severity=${severity}`)).total.alerts).toBe(ofIt.length);
        }
        for (const state of ['active', 'inhibited', 'muted', 'resolved'] as const) {
          expect((await groups(node, `?state=${state}`)).total.alerts).toBe(whole.states[state]);
        }
        for (const { name, alerts } of whole.receivers) {
          expect((await groups(node, `?receiver=${encodeURIComponent(name)}`)).total.alerts).toBe(alerts);
        }
        for (const shown of whole.groups) {
          const { listed: ofGroup, total } = await group(node, shown.id);
          expect(ofGroup).toEqual(shown.listed);
          expect(total).toBe(shown.listed.length);
        }
      }),
      { numRuns: 40 },
    );
  });
});
