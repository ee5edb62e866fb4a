import { describe, expect, test } from 'vitest';
import { problem } from '../shapes/terms.ts';
import { FakeNode } from './fake-dependencies.ts';

function post(node: FakeNode, app = node.app()) {
  const body = JSON.stringify([{ labels: { alertname: 'Down' } }]);
  return app.request('/api/v2/alerts', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
}

describe('too many GETs at once', () => {
  /** An app whose first GET of alerts is under way for as long as the test wants: its alerts never come to an end. */
  async function busyApp() {
    const node = new FakeNode();
    for (let index = 0; index < 1000; index++) node.addAlert({ alertname: 'Down', instance: String(index) });
    // A clock that runs 1 s a look makes every slice overlong, so the answer waits for a timer; the test owns that.
    let monotonicMs = 0;
    const nextSecond = () => {
      monotonicMs += 1000;
      return monotonicMs;
    };
    const timers: (() => void)[] = [];
    node.system = {
      ...node.system,
      now: () => ({ wallMs: node.nowMs, monotonicMs: nextSecond() }),
      setTimer: (_delayMs, callback) => {
        timers.push(callback);
        return { cancel: () => {} };
      },
    };
    const app = node.app({ getConcurrency: 1 });
    const first = Promise.resolve(app.request('/api/v2/alerts'));
    await expect.poll(() => timers.length).toBe(1);
    async function finish() {
      let isOver = false;
      const over = first.then((response) => {
        isOver = true;
        return response;
      });
      await expect
        .poll(
          () => {
            timers.shift()?.();
            return isOver;
          },
          { interval: 0 },
        )
        .toBe(true);
      return over;
    }
    return { node, app, finish };
  }

  test('are answered 503, in text', async () => {
    const { app, finish } = await busyApp();
    const response = await app.request('/api/v2/status');
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('Limit of concurrent GET requests reached (1), try again later.\n');
    await finish();
  });

  test('are answered 503, as a problem below /api/v3', async () => {
    const { app, finish } = await busyApp();
    const response = await app.request('/api/v3/cluster');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(problem.parse(await response.json()).detail).toContain('--web.get-concurrency');
    await finish();
  });

  test('do not keep an alert from coming in', async () => {
    const { node, app, finish } = await busyApp();
    expect((await post(node, app)).status).toBe(200);
    await finish();
  });

  test.each(['/-/healthy', '/-/ready'])('do not make %s fail', async (path) => {
    const { app, finish } = await busyApp();
    expect((await app.request(path)).status).toBe(200);
    await finish();
  });

  test('are counted', async () => {
    const { node, app, finish } = await busyApp();
    await app.request('/api/v2/status');
    const name = 'alertmanager_http_concurrency_limit_exceeded_total';
    expect(await node.metrics.registry.getSingleMetricAsString(name)).toContain('{method="get"} 1');
    await finish();
  });

  test('are over when one of them has been answered', async () => {
    const { app, finish } = await busyApp();
    expect((await finish()).status).toBe(200);
    expect((await app.request('/api/v2/status')).status).toBe(200);
  });
});

describe('a request that takes longer than the timeout', () => {
  test('is answered 503, in text', async () => {
    const node = new FakeNode();
    const { promise, resolve } = Promise.withResolvers<void>();
    node.beforePut = () => promise;
    const response = await post(node, node.app({ timeoutMs: 5 }));
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('Exceeded configured timeout of 0.005s.\n');
    resolve();
  });

  test('is answered 503, as a problem below /api/v3', async () => {
    const node = new FakeNode();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    node.testReceiver = () => promise;
    const app = node.app({ timeoutMs: 5, routePrefix: '/alerts' });
    const response = await app.request('/alerts/api/v3/receivers/irc/test', { method: 'POST' });
    expect(response.status).toBe(503);
    expect(problem.parse(await response.json()).detail).toContain('--web.timeout');
    resolve(undefined);
  });

  test('is waited for without a timeout', async () => {
    const node = new FakeNode();
    const { promise, resolve } = Promise.withResolvers<void>();
    node.beforePut = () => promise;
    const response = post(node);
    resolve();
    expect((await response).status).toBe(200);
  });
});

describe('a handler that throws', () => {
  test('is a 500 that tells the client nothing', async () => {
    const node = new FakeNode();
    node.beforePut = async () => {
      throw new Error('secret detail');
    };
    const response = await post(node);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
  });

  test('is a problem below /api/v3, which tells the client nothing either', async () => {
    const node = new FakeNode();
    node.testReceiver = () => Promise.reject(new Error('secret detail'));
    const response = await node.app().request('/api/v3/receivers/irc/test', { method: 'POST' });
    const { status, detail } = problem.parse(await response.json());
    expect([response.status, status]).toEqual([500, 500]);
    expect(detail).not.toContain('secret');
  });

  test('is logged with its cause', async () => {
    const node = new FakeNode();
    node.beforePut = async () => {
      throw new Error('put failed', { cause: new Error('disk gone') });
    };
    await post(node);
    expect(node.logged.join()).toContain('disk gone');
  });

  test('is counted', async () => {
    const node = new FakeNode();
    node.beforePut = () => Promise.reject(new Error('x'));
    await post(node);
    expect(await node.metrics.registry.getSingleMetricAsString('tocsin_api_errors_total')).toContain('total 1');
  });
});
