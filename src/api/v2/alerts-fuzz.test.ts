import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeNode } from '../fake-dependencies.ts';

const METHOD = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
const PATHS = ['/api/v2/alerts', '/api/v2/silences'];

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', '', '\ud800'),
);
const time = fc.oneof(
  text,
  fc.date({ noInvalidDate: false }).map(String),
  fc.constantFrom(null, '0001-01-01T00:00:00.000Z'),
);
const almostAlert = fc.record(
  {
    labels: fc.oneof(fc.dictionary(text, fc.oneof(text, fc.jsonValue())), fc.jsonValue()),
    annotations: fc.oneof(fc.dictionary(text, text), fc.jsonValue()),
    startsAt: fc.oneof(time, fc.jsonValue()),
    endsAt: fc.oneof(time, fc.jsonValue()),
    generatorURL: fc.oneof(text, fc.webUrl(), fc.jsonValue()),
  },
  { requiredKeys: [] },
);
const almostSilence = fc.record(
  {
    id: fc.oneof(text, fc.jsonValue()),
    matchers: fc.oneof(
      fc.array(
        fc.record(
          { name: text, value: text, isRegex: fc.oneof(fc.boolean(), fc.jsonValue()), isEqual: fc.boolean() },
          { requiredKeys: [] },
        ),
      ),
      fc.jsonValue(),
    ),
    startsAt: time,
    endsAt: fc.oneof(time, fc.constant('2099-01-01T00:00:00Z')),
    createdBy: text,
    comment: fc.oneof(text, fc.jsonValue()),
    annotations: fc.oneof(fc.dictionary(text, text), fc.jsonValue()),
  },
  { requiredKeys: [] },
);

test('no bytes whatsoever make an internal error', async () => {
  const app = new FakeNode().app();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...PATHS), fc.uint8Array({ maxLength: 200 }), async (path, bytes) => {
      const response = await app.request(path, { ...METHOD, body: Buffer.from(bytes) });
      expect(response.status).toBeLessThan(500);
    }),
  );
});

test('no JSON whatsoever makes an internal error, and what was taken can be shown', async () => {
  const node = new FakeNode();
  const app = node.app();
  const body = fc.oneof(fc.jsonValue(), fc.array(almostAlert), almostSilence);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...PATHS), body, async (path, value) => {
      const posted = await app.request(path, { ...METHOD, body: JSON.stringify(value) });
      expect(posted.status).toBeLessThan(500);
      const shown = await app.request(path);
      expect(shown.status).toBe(200);
      await shown.json();
    }),
    { numRuns: 300 },
  );
  expect(node.logged.join('\n')).not.toContain('request failed');
});

test('no query whatsoever makes an internal error', async () => {
  const node = new FakeNode();
  node.addAlert({ alertname: 'Down' });
  const app = node.app();
  const paths = ['/api/v2/alerts', '/api/v2/alerts/groups', '/api/v2/silences', '/api/v2/receivers'];
  const parameters = ['filter', 'receiver', 'receiver_matchers', 'active', 'muted', '__proto__'];
  const value = fc.oneof(
    text,
    fc.tuple(text, fc.constantFrom('=', '!=', '=~', '!~'), text).map((parts) => parts.join('')),
  );
  const query = fc.array(fc.tuple(fc.constantFrom(...parameters), value), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), query, async (path, pairs) => {
      const response = await app.request(`${path}?${new URLSearchParams(pairs)}`);
      expect([200, 400]).toContain(response.status);
    }),
  );
});
