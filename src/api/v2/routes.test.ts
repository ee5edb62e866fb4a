import { describe, expect, test } from 'vitest';
import { FakeNode } from '../fake-dependencies.ts';

describe('a method a path does not have', () => {
  test.each([
    ['DELETE', '/api/v2/alerts', 'GET,POST'],
    ['PUT', '/api/v2/silences', 'GET,POST'],
    ['POST', '/api/v2/status', 'GET'],
    ['POST', '/api/v2/receivers', 'GET'],
    ['POST', '/api/v2/alerts/groups', 'GET'],
    ['POST', '/api/v2/silence/11111111-2222-4333-8444-555555555555', 'GET,DELETE'],
    ['OPTIONS', '/api/v2/alerts', 'GET,POST'],
  ])('%s %s is a 405 that names those it has', async (method, path, allow) => {
    const response = await new FakeNode().app().request(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
    expect(await response.json()).toEqual({
      code: 405,
      message: `method ${method} is not allowed, but [${allow}] are`,
    });
  });
});

test.each(['/api/v2', '/api/v2/', '/api/v2/nonsense', '/api/v2/alerts/', '/api/v2/silence'])(
  '%s is a 404',
  async (path) => {
    const response = await new FakeNode().app().request(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ code: 404, message: `path ${path} was not found` });
  },
);

test('HEAD is answered like GET, without a body', async () => {
  const response = await new FakeNode().app().request('/api/v2/status', { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('');
});

describe('another origin', () => {
  const origin = 'https://karma.example.com';

  test('may read', async () => {
    const response = await new FakeNode().app().request('/api/v2/alerts', { headers: { Origin: origin } });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('may post JSON', async () => {
    const headers = {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type',
    };
    const response = await new FakeNode().app().request('/api/v2/silences', { method: 'OPTIONS', headers });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toBe('POST');
    expect(response.headers.get('access-control-allow-headers')).toBe('content-type');
  });

  test.each([
    ['DELETE', 'content-type'],
    ['POST', 'authorization'],
  ])('may not %s with %s', async (method, header) => {
    const headers = {
      Origin: origin,
      'Access-Control-Request-Method': method,
      'Access-Control-Request-Headers': header,
    };
    const response = await new FakeNode().app().request('/api/v2/silences', { method: 'OPTIONS', headers });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('is told that the answer depends on it', async () => {
    const response = await new FakeNode().app().request('/api/v2/status');
    expect(response.headers.get('vary')).toContain('Origin');
  });
});
