import { afterEach, describe, expect, it } from 'vitest';
import { deadline, realSystem } from '../src/system.ts';
import { HttpClient, type HttpRequest } from './http-client.ts';
import { defaultHttpConfig, type HttpConfig } from './http-config.ts';
import { outcomeOf } from './http-outcome.ts';
import { answerWith, deadOrigin, hangUp, neverAnswer, rawServer, startServer } from './testing/http-server.ts';

const clients: HttpClient[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

function clientWith(config: Partial<HttpConfig> = {}): HttpClient {
  const client = new HttpClient(
    { ...defaultHttpConfig, ...config },
    { system: realSystem, userAgent: 'test', environment: {} },
  );
  clients.push(client);
  return client;
}

function post(url: string, change: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'POST', url, headers: { 'Content-Type': 'text/plain' }, body: 'wake up', ...change };
}

const patience = () => AbortSignal.timeout(10_000);

describe('an answer', () => {
  it('2xx is sent, without waiting for a body that never ends', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200);
      response.write('thank you');
    });
    const result = await clientWith().send(post(`${server.origin}/hook`), patience());
    expect(outcomeOf(result)).toEqual({ kind: 'sent' });
    expect(server.requests).toMatchObject([{ method: 'POST', path: '/hook', body: 'wake up' }]);
  });

  it.each([
    [500, true, 'serverError'],
    [503, true, 'serverError'],
    [400, false, 'clientError'],
    [401, false, 'authError'],
    [403, false, 'authError'],
    [404, false, 'clientError'],
    [429, false, 'rateLimited'],
    [304, false, 'other'],
  ])('%i is refused, retryable: %s, reason %s', async (status, retryable, reason) => {
    await using server = await startServer(answerWith(status));
    const result = await clientWith().send(post(server.origin), patience());
    expect(outcomeOf(result)).toEqual({
      kind: 'refused',
      retryable,
      reason,
      message: `unexpected status code ${status}`,
    });
  });

  it('says when to come back', async () => {
    await using server = await startServer(answerWith(503, 'closed for lunch', { 'Retry-After': '120' }));
    const outcome = outcomeOf(await clientWith().send(post(server.origin), patience()));
    expect(outcome).toMatchObject({ retryAfterMs: 120_000, message: 'unexpected status code 503: closed for lunch' });
  });

  it('is waited for through early hints', async () => {
    await using server = await startServer((_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => response.writeHead(503).end());
    });
    expect(outcomeOf(await clientWith().send(post(server.origin), patience()))).toMatchObject({
      reason: 'serverError',
    });
  });

  it('that explains itself without end is cut short', async () => {
    let poured = 0;
    const ended = Promise.withResolvers<void>();
    await using server = await startServer((_request, response) => {
      response.writeHead(500);
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const pour = () => {
        do poured += chunk.length;
        while (response.write(chunk));
      };
      response.on('drain', pour).on('close', ended.resolve);
      pour();
    });
    const outcome = outcomeOf(await clientWith().send(post(server.origin), patience()));
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'serverError' });
    expect(outcome.kind === 'refused' && outcome.message.length).toBeLessThan(1100);
    await ended.promise;
    // What fits into the buffers of two sockets, and no more.
    expect(poured).toBeLessThan(16 * 1024 * 1024);
  });

  it('that stops in the middle of its explanation still counts', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(500, { 'Content-Length': 1000 });
      response.write('disk fu', () => response.socket?.resetAndDestroy());
    });
    const outcome = outcomeOf(await clientWith().send(post(server.origin), patience()));
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'serverError', retryable: true });
  });

  it('with line breaks makes a message on one line', async () => {
    await using server = await startServer(answerWith(500, 'one\r\n\u0000two\u2028three'));
    const outcome = outcomeOf(await clientWith().send(post(server.origin), patience()));
    expect(outcome).toMatchObject({ message: 'unexpected status code 500: one two three' });
  });
});

describe('no answer', () => {
  it('is refused when nobody listens', async () => {
    const result = await clientWith().send(post(await deadOrigin()), patience());
    expect(result).toMatchObject({ kind: 'refused', retryable: true, reason: 'other' });
    expect(result).toHaveProperty('message', expect.stringContaining('ECONNREFUSED'));
  });

  it('is refused when the name does not exist', async () => {
    // Without a network the resolver may be slow to say so.
    const result = await clientWith().send(post('http://nowhere.invalid/'), AbortSignal.timeout(2000));
    expect(result).toMatchObject({ kind: 'refused', retryable: true });
  });

  it('is unknown when the connection is cut after the request was written', async () => {
    await using server = await startServer(hangUp);
    const result = await clientWith().send(post(server.origin), patience());
    expect(server.requests).toHaveLength(1);
    expect(result).toMatchObject({ kind: 'unknown', reason: 'other' });
  });

  it('is unknown when the deadline comes after the request was written', async () => {
    await using server = await startServer(neverAnswer);
    using short = deadline(realSystem, 200);
    const result = await clientWith().send(post(server.origin), short.signal);
    expect(result).toMatchObject({ kind: 'unknown', reason: 'contextDeadlineExceeded' });
  });

  it('is refused when the deadline comes while all connections are busy, and is never sent later', async () => {
    const answers: (() => void)[] = [];
    await using server = await startServer((_request, response) => {
      answers.push(() => response.writeHead(204).end());
    });
    const client = clientWith();
    const busy = Array.from({ length: 16 }, () => client.send(post(server.origin), patience()));
    await server.received(16);
    using short = deadline(realSystem, 100);
    const abandoned = await client.send(post(server.origin, { body: 'abandoned' }), short.signal);
    expect(abandoned).toMatchObject({ kind: 'refused', retryable: true, reason: 'contextDeadlineExceeded' });
    const next = client.send(post(server.origin, { body: 'next' }), patience());
    for (const answer of answers) answer();
    await server.received(17);
    answers[16]?.();
    await Promise.all([...busy, next]);
    expect(server.requests.map(({ body }) => body)).not.toContain('abandoned');
    expect(server.connections).toBe(16);
  });

  it('is refused when the deadline comes during the TLS handshake', async () => {
    await using silent = await rawServer(() => {});
    using short = deadline(realSystem, 100);
    const result = await clientWith().send(post(`https://localhost:${silent.port}/`), short.signal);
    expect(result).toMatchObject({ kind: 'refused', retryable: true, reason: 'contextDeadlineExceeded' });
  });

  it('is unknown when a kept connection turns out to be dead', async () => {
    await using server = await rawServer((socket) => {
      let requests = 0;
      socket.on('data', () => {
        if (++requests === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
        else socket.resetAndDestroy();
      });
    });
    const client = clientWith();
    const request = post(`http://localhost:${server.port}/`, { body: '' });
    // The third cannot but find one of the two kept connections.
    const outcomes = [];
    for (let sent = 0; sent < 3; sent++) outcomes.push(outcomeOf(await client.send(request, patience())).kind);
    expect(outcomes[0]).toBe('sent');
    expect(outcomes).toContain('unknown');
  });

  it('is refused when it was stopped before it began', async () => {
    await using server = await startServer(answerWith(200));
    const result = await clientWith().send(post(server.origin), AbortSignal.abort());
    expect(result).toMatchObject({ kind: 'refused', retryable: true, reason: 'contextCanceled' });
    expect(server.connections).toBe(0);
  });

  it('is unknown when the answer is not HTTP', async () => {
    await using server = await startServer((request) => request.socket.end('220 mail.example.org ESMTP\r\n'));
    const result = await clientWith().send(post(server.origin), patience());
    expect(result).toMatchObject({ kind: 'unknown' });
  });
});

describe('connections', () => {
  it('are reused, and bounded', async () => {
    await using server = await startServer(answerWith(200, 'ok'));
    const client = clientWith();
    for (let burst = 0; burst < 3; burst++) {
      await Promise.all(Array.from({ length: 40 }, () => client.send(post(server.origin), patience())));
    }
    expect(server.requests).toHaveLength(120);
    expect(server.connections).toBeLessThanOrEqual(16);
  });

  it('end with the client, once what is under way has ended', async () => {
    let release = () => {};
    await using server = await startServer((_request, response) => {
      release = () => response.writeHead(200).end();
    });
    const client = clientWith();
    const underWay = client.send(post(server.origin), patience());
    await server.received(1);
    const closed = client.close();
    expect(await client.send(post(server.origin), patience())).toMatchObject({ kind: 'refused', retryable: true });
    release();
    expect(outcomeOf(await underWay)).toEqual({ kind: 'sent' });
    await closed;
    expect(server.requests).toHaveLength(1);
  });
});

describe('redirects', () => {
  it.each([301, 302, 307, 308])('%i is followed with the same method and body', async (status) => {
    await using target = await startServer(answerWith(200));
    await using server = await startServer(answerWith(status, '', { Location: `${target.origin}/new` }));
    const result = await clientWith().send(post(server.origin), patience());
    expect(outcomeOf(result)).toEqual({ kind: 'sent' });
    expect(target.requests).toMatchObject([{ method: 'POST', path: '/new', body: 'wake up' }]);
  });

  it('303 is followed with a GET', async () => {
    await using server = await startServer((request, response) => {
      answerWith(request.path === '/hook' ? 303 : 200, '', { Location: '/result' })(request, response);
    });
    const result = await clientWith().send(post(`${server.origin}/hook`), patience());
    expect(outcomeOf(result)).toEqual({ kind: 'sent' });
    expect(server.requests[1]).toMatchObject({ method: 'GET', path: '/result', body: '' });
    expect(server.requests[1]?.headers['content-type']).toBeUndefined();
  });

  it('303 to a result that cannot be had is unknown: the message itself was taken', async () => {
    await using server = await startServer((request, response) => {
      answerWith(request.path === '/hook' ? 303 : 404, '', { Location: '/result' })(request, response);
    });
    const result = await clientWith().send(post(`${server.origin}/hook`), patience());
    expect(outcomeOf(result)).toMatchObject({ kind: 'unknown', reason: 'clientError' });
  });

  it('are not followed in circles', async () => {
    await using server = await startServer(answerWith(307, '', { Location: '/again' }));
    const result = await clientWith().send(post(server.origin), patience());
    expect(result).toMatchObject({ kind: 'refused', retryable: false, message: 'stopped after 10 redirects' });
    expect(server.requests).toHaveLength(11);
  });

  it('are not followed if so configured', async () => {
    await using server = await startServer(answerWith(302, '', { Location: '/elsewhere' }));
    const result = await clientWith({ followRedirects: false }).send(post(server.origin), patience());
    expect(outcomeOf(result)).toMatchObject({ kind: 'refused', retryable: false, reason: 'other' });
    expect(server.requests).toHaveLength(1);
  });

  it('do not leave HTTP', async () => {
    await using server = await startServer(answerWith(302, '', { Location: 'file:///etc/passwd' }));
    const result = await clientWith().send(post(server.origin), patience());
    expect(result).toMatchObject({ kind: 'refused', retryable: false });
  });

  it('to a host that is gone are refused: nobody took the message', async () => {
    const gone = await deadOrigin();
    await using server = await startServer(answerWith(307, '', { Location: gone }));
    expect(await clientWith().send(post(server.origin), patience())).toMatchObject({
      kind: 'refused',
      retryable: true,
    });
  });
});
