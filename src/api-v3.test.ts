/** API v3 holds to what it says of itself: its routes, its document, the shape of every real answer and of every refusal. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Story } from '../test/support/story.ts';
import { FakeNode } from './api/fake-dependencies.ts';
import { openApiDocument } from './api/v3/openapi.ts';
import { type Operation, operations } from './api/v3/operations.ts';
import { hello } from './shapes/events.ts';
import { problem } from './shapes/terms.ts';

const CONFIG = `
route:
  receiver: team
  group_by: [alertname]
  group_wait: 1s
  routes: [{receiver: team, matchers: [severity="urgent"], mute_time_intervals: [never]}]
receivers: [{name: team, webhook_configs: [{url: 'http://team.test/'}]}]
time_intervals: [{name: never, time_intervals: [{years: ['2000']}]}]
inhibit_rules: [{source_matchers: [a="b"], target_matchers: [c="d"]}]
`;
const DOWN = { alertname: 'Down', severity: 'urgent' };
const nameOf = ({ method, path }: Pick<Operation, 'method' | 'path'>) => `${method} ${path}`;

test('the document and the routes are the same', () => {
  const routes = new FakeNode()
    .app()
    .routes.filter(({ method, path }) => path.startsWith('/api/v3/') && method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.slice('/api/v3'.length).replaceAll(/:(\w+)/g, '{$1}')}`);
  expect([...new Set(routes)].sort()).toEqual(operations.map(nameOf).sort());
});

test('the document is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(openApiDocument('/tocsin') as Record<string, unknown>);
  expect([errors, valid]).toEqual([undefined, true]);
});

test('every reference in the document leads somewhere', () => {
  const text = JSON.stringify(openApiDocument());
  const { components } = JSON.parse(text) as { components: { schemas: Record<string, unknown> } };
  const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? '');
  expect(names.filter((name) => !Object.hasOwn(components.schemas, name))).toEqual([]);
});

test('docs/openapi.json is the document; `npm run openapi` writes it', () => {
  const file = join(import.meta.dirname, '../docs/openapi.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
});

describe('a node that runs', () => {
  let story: Story;
  /** By name of the operation: how it is asked so that the answer holds something. */
  let asked: Readonly<Record<string, { readonly path: string; readonly body?: unknown }>>;

  beforeAll(async () => {
    story = await Story.begin(CONFIG, { wallMs: Date.UTC(2026, 0, 15) });
    await story.fire(DOWN);
    await story.fire({ alertname: 'Slow', severity: 'interesting' });
    const id = await story.silence({ alertname: 'Slow' });
    await story.passes('10s');
    const { groups } = await story.json<{ groups: { id: string }[] }>('/api/v3/groups');
    asked = {
      'GET /groups': { path: '/groups?alerts=10' },
      'GET /groups/{id}': { path: `/groups/${groups[0]?.id}` },
      'GET /labels': { path: '/labels' },
      'GET /labels/{name}/values': { path: '/labels/alertname/values' },
      'GET /alerts/{fingerprint}': { path: `/alerts/${story.fingerprint(DOWN)}` },
      'POST /explain': { path: '/explain', body: { labels: DOWN } },
      'GET /events': { path: '/events' },
      'GET /history': { path: '/history' },
      'GET /history/chart': { path: '/history/chart' },
      'GET /history/export': { path: '/history/export' },
      'GET /silences': { path: '/silences' },
      'POST /silences/preview': { path: '/silences/preview', body: { matchers: ['severity=~".+"'] } },
      'GET /silences/{id}': { path: `/silences/${id}` },
      'GET /routing': { path: '/routing' },
      'POST /routing/compare': {
        path: '/routing/compare',
        body: { config: CONFIG.replace('group_wait: 1s', 'group_wait: 2s'), labels: DOWN },
      },
      'GET /receivers': { path: '/receivers' },
      'POST /receivers/{name}/test': { path: '/receivers/team/test' },
      'GET /cluster': { path: '/cluster' },
      'GET /status': { path: '/status' },
      'GET /openapi.json': { path: '/openapi.json' },
    };
  });

  afterAll(() => story[Symbol.asyncDispose]());

  test.each(operations.map((operation) => [nameOf(operation), operation] as const))(
    'answers %s as it says',
    async (name, { method, answer }) => {
      const { path, body } = asked[name] ?? expect.unreachable(`say in this test how to ask ${name}`);
      const response = await story.request(method, `/api/v3${path}`, body);
      expect(response.status).toBe(200);
      if ('schema' in answer) {
        expect(response.headers.get('content-type')).toBe('application/json');
        answer.schema.parse(await response.json());
      } else expect(response.headers.get('content-type')).toContain(answer.mediaType);
      if (answer === eventStream()) hello.parse(await firstEvent(response));
    },
  );

  test.each(operations.map((operation) => [nameOf(operation), operation] as const))(
    'refuses what it must not take for %s with a problem',
    async (name, { method, path, query = [], body, problems = [] }) => {
      const good = asked[name]?.path ?? path;
      const refused: Promise<Response>[] = [story.request('DELETE', `/api/v3${good}`)];
      const join = good.includes('?') ? '&' : '?';
      for (const { name: parameter, type, words } of query) {
        if (parameter === 'filter') refused.push(story.request(method, `/api/v3${good}${join}filter=%7B`));
        else if (words || type !== 'text') refused.push(story.request(method, `/api/v3${good}${join}${parameter}=x y`));
      }
      if (body) {
        for (const wrong of [{}, { unknown: 1 }, [], null, 'x'])
          refused.push(story.request(method, `/api/v3${good}`, wrong));
        refused.push(story.request(method, `/api/v3${good}`));
      }
      for (const response of await Promise.all(refused)) {
        const said = { status: response.status, type: response.headers.get('content-type') };
        expect(said).toEqual({ status: expect.any(Number), type: 'application/problem+json' });
        const { status, detail } = problem.parse(await response.json());
        expect(detail).toMatch(/\w{2,}/);
        expect(status).toBe(response.status);
        expect([405, ...problems]).toContain(status);
      }
    },
  );

  test.each([['/nothing/here'], ['/groups/none'], ['/alerts/0000000000000000'], ['/alerts/none'], ['/silences/none']])(
    'has nothing at %s, and says so',
    async (path) => {
      const response = await story.request('GET', `/api/v3${path}`);
      expect([400, 404]).toContain(response.status);
      problem.parse(await response.json());
    },
  );
});

function eventStream(): Operation['answer'] | undefined {
  return operations.find(({ path }) => path === '/events')?.answer;
}

async function firstEvent(response: Response): Promise<unknown> {
  const reader = response.body?.getReader();
  let text = '';
  while (!text.includes('\n\n')) {
    const { value, done } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) break;
    text += Buffer.from(value ?? []).toString();
  }
  await reader?.cancel();
  return JSON.parse(/^data: ?(.*)$/m.exec(text)?.[1] ?? '');
}
