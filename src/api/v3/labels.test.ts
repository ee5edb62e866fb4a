import { describe, expect, test } from 'vitest';
import { Matcher } from '../../model/matcher.ts';
import {
  type LabelNamesAnswer,
  type LabelValuesAnswer,
  labelNamesAnswer,
  labelValuesAnswer,
} from '../../shapes/groups.ts';
import { problem } from '../../shapes/terms.ts';
import { FakeNode, NOW_MS } from '../fake-dependencies.ts';

function someNode(): FakeNode {
  const node = new FakeNode();
  node.addAlert({ alertname: 'Down', instance: 'a', severity: 'page' });
  node.addAlert({ alertname: 'Down', instance: 'b', severity: 'page' });
  node.addAlert({ alertname: 'DiskFull', instance: 'a', severity: 'info' });
  node.addAlert({ alertname: 'Over', team: 'gone' }, { endsAtMs: NOW_MS });
  return node;
}

async function names(query = ''): Promise<LabelNamesAnswer['names']> {
  const response = await someNode().app().request(`/api/v3/labels${query}`);
  return labelNamesAnswer.parse(await response.json()).names;
}

async function values(name: string, query = '', node = someNode()): Promise<LabelValuesAnswer> {
  const response = await node.app().request(`/api/v3/labels/${encodeURIComponent(name)}/values${query}`);
  return labelValuesAnswer.parse(await response.json());
}

const filter = (text: string) => `filter=${encodeURIComponent(text)}`;

describe('the names of labels', () => {
  test('are those of what fires, most frequent first', async () => {
    expect(await names()).toEqual([
      { name: 'alertname', alerts: 3, values: 2 },
      { name: 'instance', alerts: 3, values: 2 },
      { name: 'severity', alerts: 3, values: 2 },
    ]);
  });

  test('can be chosen by prefix, filter and limit', async () => {
    expect(await names('?prefix=in')).toEqual([{ name: 'instance', alerts: 3, values: 2 }]);
    expect(await names(`?limit=1&${filter('instance="b"')}`)).toEqual([{ name: 'alertname', alerts: 1, values: 1 }]);
  });
});

describe('the values of a label', () => {
  test('come with how many alerts of each severity have them', async () => {
    expect(await values('instance')).toEqual({
      now: '2026-01-15T12:00:00.000Z',
      name: 'instance',
      total: 2,
      values: [
        { value: 'a', alerts: 2, severities: { urgent: 1, important: 0, interesting: 1, other: 0 }, otherWords: [] },
        { value: 'b', alerts: 1, severities: { urgent: 1, important: 0, interesting: 0, other: 0 }, otherWords: [] },
      ],
    });
  });

  test('can be chosen by prefix, filter and limit', async () => {
    expect(await values('alertname', '?prefix=Do')).toMatchObject({ total: 1, values: [{ value: 'Down' }] });
    expect(await values('alertname', '?limit=1')).toMatchObject({ total: 2, values: [{ value: 'Down' }] });
    expect(await values('alertname', `?${filter('severity=info')}`)).toMatchObject({ values: [{ value: 'DiskFull' }] });
  });

  test('may be of those only that are not kept quiet', async () => {
    const node = new FakeNode();
    node.addAlert({ job: 'db' });
    node.addAlert({ job: 'api' });
    node.addSilence({ matchers: [new Matcher('=', 'job', 'db')] });
    expect(await values('job', '?state=active', node)).toMatchObject({ total: 1, values: [{ value: 'api' }] });
    expect(await values('job', '?state=silenced', node)).toMatchObject({ total: 1, values: [{ value: 'db' }] });
    expect(await values('job', '', node)).toMatchObject({ total: 2 });
  });

  test.each(['nothing', 'constructor', '__proto__'])('of a label that nothing has, %s, are none', async (name) => {
    expect(await values(name)).toMatchObject({ name, total: 0, values: [] });
  });

  test('may be of a name with any characters', async () => {
    const node = new FakeNode();
    node.addAlert({ 'host/name é': 'x' });
    expect(await values('host/name é', '', node)).toMatchObject({ values: [{ value: 'x', alerts: 1 }] });
  });
});

test.each([
  'labels?limit=0',
  'labels/a/values?limit=1001',
  'labels?filter=%7B',
  'labels/a/values?filter=%7B',
  'labels?state=x',
])('/api/v3/%s is refused', async (path) => {
  const response = await new FakeNode().app().request(`/api/v3/${path}`);
  expect(response.status).toBe(400);
  problem.parse(await response.json());
});
