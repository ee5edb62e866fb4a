import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Notification } from '../../src/model/notification.ts';
import { defaultReceiverDefaults } from '../defaults.ts';
import { type OtherSide, receiverContract, type Stage } from '../receiver.contract.ts';
import type { Receiver } from '../receiver.ts';
import { receiverDependencies } from '../testing/dependencies.ts';
import {
  type Answer,
  answerWith,
  deadOrigin,
  hangUp,
  neverAnswer,
  startServer,
  type TestServer,
} from '../testing/http-server.ts';
import { notification } from '../testing/notifications.ts';
import { webhook } from './webhook.ts';

/** Stands for the template engine: knows `{{ .Receiver }}` and `{{ .Summary }}`, and fails on anything else. */
function renderTemplate(text: string, { receiver, commonAnnotations }: Notification): string {
  return text.replace(/\{\{ ?(.*?) ?\}\}/g, (_match, action: string) => {
    if (action === '.Receiver') return receiver;
    if (action === '.Annotations') return JSON.stringify(commonAnnotations);
    throw new Error(`template: ${text}: function "${action}" not defined`);
  });
}

function create(block: object): Receiver {
  return webhook.create(webhook.schema.parse(block), receiverDependencies({ renderTemplate }));
}

async function tell(block: object, change: Partial<Notification> = {}) {
  const receiver = create(block);
  try {
    return await receiver.send(notification(change), { signal: AbortSignal.timeout(10_000) });
  } finally {
    await receiver.close?.();
  }
}

const refuse: Answer = (request, response) => {
  answerWith(400, `no: ${request.path} ${request.headers.authorization}`)(request, response);
};

const ANSWERS: Record<Exclude<OtherSide, 'absent'>, Answer> = {
  takes: answerWith(200),
  refuses: refuse,
  'falls silent': neverAnswer,
  'hangs up': hangUp,
};

receiverContract(async (otherSide): Promise<Stage> => {
  const server: TestServer | undefined = otherSide === 'absent' ? undefined : await startServer(ANSWERS[otherSide]);
  const receiver = create({
    url: `${server?.origin ?? (await deadOrigin())}/hook/T0K3N-IN-PATH`,
    http_config: { authorization: { credentials: 'CR3D3NT14LS' } },
  });
  return {
    receiver,
    told: () => server?.requests.map(({ body }) => body) ?? [],
    toldSoMany: async (count) => server?.received(count),
    secrets: ['T0K3N-IN-PATH', 'CR3D3NT14LS'],
    async [Symbol.asyncDispose]() {
      await receiver.close?.();
      await server?.[Symbol.asyncDispose]();
    },
  };
});

describe('the request', () => {
  it('is a POST of JSON by something that calls itself Alertmanager', async () => {
    await using server = await startServer(answerWith(200));
    await tell({ url: `${server.origin}/hook` });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/hook' });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'Alertmanager/0.34.0 Tocsin/1.2.3',
    });
    expect(request?.headers).not.toHaveProperty('x-tocsin-test');
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ version: '4', status: 'firing' });
  });

  it('goes where the rendered url says', async () => {
    await using server = await startServer(answerWith(200));
    await tell({ url: `${server.origin}/{{ .Receiver }}` });
    expect(server.requests[0]?.path).toBe('/team-x.y');
  });

  it('goes where the file says at this moment', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tocsin-webhook-'));
    const path = join(directory, 'url');
    await using server = await startServer(answerWith(200));
    writeFileSync(path, ` ${server.origin}/one\n`);
    await tell({ url_file: path });
    writeFileSync(path, `${server.origin}/{{ .Receiver }}\n`);
    await tell({ url_file: path });
    rmSync(directory, { recursive: true });
    expect(server.requests.map((request) => request.path)).toEqual(['/one', '/team-x.y']);
    const outcome = await tell({ url_file: path });
    expect(outcome).toMatchObject({
      kind: 'refused',
      retryable: true,
      message: `cannot read url_file ${path}: ENOENT`,
    });
  });

  it('carries a payload of one’s own', async () => {
    await using server = await startServer(answerWith(200));
    await tell({ url: server.origin, payload: { channel: '#{{ .Receiver }}', about: '{{ .Annotations }}' } });
    expect(server.requests[0]?.body).toBe('{"about":{"summary":"The disk of db1 is full"},"channel":"#team-x.y"}\n');
  });

  it('of a test says so in a header, in every alert and to templates', async () => {
    await using server = await startServer(answerWith(200));
    await tell({ url: server.origin }, { isTest: true });
    await tell({ url: server.origin, payload: '{{ .Annotations }}' }, { isTest: true });
    expect(server.requests[0]?.headers['x-tocsin-test']).toBe('true');
    const { alerts, commonAnnotations } = JSON.parse(server.requests[0]?.body ?? '');
    expect(alerts[0].annotations).toHaveProperty('tocsin_test');
    expect(commonAnnotations).toHaveProperty('tocsin_test');
    expect(JSON.parse(server.requests[1]?.body ?? '')).toHaveProperty('tocsin_test');
  });
});

describe('a template that fails', () => {
  it('in the url refuses for good and hides the url', async () => {
    const outcome = await tell({ url: 'https://hooks.example.org/T0K3N/{{ nonsense }}' });
    expect(outcome).toMatchObject({ kind: 'refused', retryable: false, reason: 'other' });
    expect(outcome).toHaveProperty('message', expect.stringContaining('"nonsense" not defined'));
    expect(JSON.stringify(outcome)).not.toContain('T0K3N');
  });

  it('in the payload refuses for good', async () => {
    const outcome = await tell({ url: 'https://hooks.example.org/', payload: ['{{ nonsense }}'] });
    expect(outcome).toMatchObject({ kind: 'refused', retryable: false });
  });

  it('to make a url refuses for good', async () => {
    const outcome = await tell({ url: 'ftp://{{ .Receiver }}/T0K3N' });
    expect(outcome).toMatchObject({ kind: 'refused', retryable: false });
    expect(JSON.stringify(outcome)).not.toContain('T0K3N');
  });
});

describe('the configuration', () => {
  it('names the same destination on nodes that keep a file in different directories, and another one of another file', () => {
    const [one, peer, other] = ['/etc/tocsin/url', '/run/secrets/url', '/etc/tocsin/url-2'].map(
      (file) => create({ url_file: file }).destination,
    );
    expect(peer).toBe(one);
    expect(other).not.toBe(one);
  });

  const problems = (block: object) =>
    (webhook.schema.safeParse(block).error?.issues ?? []).map(({ message }) => message);

  it('has Alertmanager’s defaults', () => {
    const receiver = create({ url: 'https://hooks.example.org/' });
    expect(receiver).toMatchObject({
      sendResolved: true,
      attemptTimeoutMs: 10_000,
      destination: 'https://hooks.example.org/',
    });
  });

  it('reads every key', () => {
    const config = webhook.schema.parse({
      url_file: '/run/url',
      send_resolved: 'no',
      max_alerts: '10',
      timeout: '1m30s',
      payload: null,
      http_config: { follow_redirects: 'false' },
    });
    expect(config).toMatchObject({
      sendResolved: false,
      maxAlerts: 10,
      timeoutMs: 90_000,
      http: { followRedirects: false },
    });
    expect(create({ url_file: '/run/url', timeout: '2s' }).attemptTimeoutMs).toBe(2000);
  });

  it.each([
    [{}, 'one of url and url_file must be set'],
    [{ url: '' }, 'one of url and url_file must be set'],
    [{ url: 'https://a/', url_file: 'b' }, 'at most one of url and url_file may be set'],
    [{ url: 'hooks.example.org' }, 'must be an absolute URL such as "https://example.org/hook"'],
    [{ url: 'ftp://hooks.example.org' }, 'must start with http:// or https://, not ftp://'],
    [{ url: 'https://a/', max_alerts: '-1' }, 'must not be negative'],
    [{ url: 'https://a/', timeout: '10' }, expect.stringContaining('not "10"')],
    [{ url: 'https://a/', urls: 'https://b/' }, 'Unrecognized key: "urls"'],
  ])('%j is refused', (block, message) => expect(problems(block)).toEqual([message]));

  it('may be loaded again as it was shown', () => {
    const config = webhook.schema.parse({ url: 'https://hooks.example.org/T0K3N', max_alerts: '3', timeout: '1500ms' });
    const shown = webhook.show(config, defaultReceiverDefaults);
    expect(shown).toEqual({
      send_resolved: true,
      http_config: { follow_redirects: true, enable_http2: true },
      url: '<secret>',
      max_alerts: 3,
      timeout: '1.5s',
    });
    expect(problems({ ...shown, send_resolved: 'true', http_config: {}, max_alerts: '3' })).toEqual([]);
  });

  it('resolves the files of http_config but not url_file', () => {
    const config = webhook.schema.parse({ url_file: 'url', http_config: { tls_config: { ca_file: 'ca.pem' } } });
    expect(webhook.resolveFiles(config, '/etc/tocsin')).toMatchObject({
      url: { path: 'url' },
      http: { tls: { ca: { path: '/etc/tocsin/ca.pem' } } },
    });
  });
});
