/** The inbox's page: it follows what arrives, goes on after an interruption, and lets nothing foreign do anything. */
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realSystem } from '../../src/system.ts';
import { Inbox } from './inbox.ts';
import { type InboxServer, startInboxServer } from './inbox-server.ts';
import type { ShownNode } from './node-trio.ts';

const HOSTILE = '</script><script>alert(1)</script>\r\n\r\ndata: forged\n\nid: 1\u2028<img src=x onerror=alert(1)>';
const line = (text: string) => ({ nick: 'tocsin', target: '#ops', kind: 'notice' as const, text, node: 1 });
const mail = (html: string | undefined) => ({
  node: 2,
  from: 'tocsin@example.org',
  to: ['ops@example.org'],
  subject: 'DiskFull',
  messageId: '<1@example.org>',
  threadId: undefined,
  text: 'The disk is full',
  html,
});

const TOKEN = 'known to npm run only';

interface Opened extends AsyncDisposable {
  readonly inbox: Inbox;
  readonly url: string;
  readonly server: InboxServer;
  readonly trio: FakeTrio;
}

/** Three nodes that are only ever told to die or live. */
class FakeTrio {
  readonly #watchers = new Set<() => void>();
  nodes: readonly ShownNode[] = [1, 2, 3].map((number) => ({
    number,
    url: `http://node-${number}`,
    state: 'alive',
    pid: 1,
  }));

  watch(watcher: () => void): Disposable {
    this.#watchers.add(watcher);
    return { [Symbol.dispose]: () => void this.#watchers.delete(watcher) };
  }

  kill = (number: number) => this.#become('dead', number);
  revive = (number: number) => this.#become('alive', number);

  async #become(state: ShownNode['state'], number: number) {
    if (!this.nodes.some((node) => node.number === number)) return { isDone: false, message: 'there is no such node' };
    this.nodes = this.nodes.map((node) => (node.number === number ? { ...node, state } : node));
    for (const watcher of this.#watchers) watcher();
    return { isDone: true, message: `${number} is ${state}` };
  }
}

async function open(): Promise<Opened> {
  const trio = new FakeTrio();
  const inbox = new Inbox(realSystem);
  const about = () => ({ addresses: [{ name: 'node', address: '127.0.0.1:9093' }], fireCommand: 'npm run fire --' });
  const server = await startInboxServer({ inbox, system: realSystem, about, nodes: trio, token: TOKEN }, 0);
  const close = () => server[Symbol.asyncDispose]();
  return { inbox, server, trio, url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: close };
}

interface StreamEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: Record<string, unknown>;
}

/** Reads a stream as a browser does. */
class Reader implements AsyncDisposable {
  readonly #body: ReadableStreamDefaultReader<string>;
  #rest = '';

  static async open(url: string, lastEventId?: string): Promise<Reader> {
    const headers = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId };
    const response = await fetch(`${url}/api/events`, { headers });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    return new Reader(response.body as ReadableStream<Uint8Array<ArrayBuffer>>);
  }

  constructor(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#body = body.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next event that is about nodes, or that is not. */
  async next({ wantsNodes = false } = {}): Promise<StreamEvent> {
    for (;;) {
      const end = this.#rest.indexOf('\n\n');
      if (end === -1) {
        const { value, done } = await this.#body.read();
        if (done) throw new Error('the stream has ended');
        this.#rest += value;
        continue;
      }
      const lines = this.#rest.slice(0, end).split(/\r\n|[\r\n]/);
      this.#rest = this.#rest.slice(end + 2);
      const field = (name: string) => lines.find((one) => one.startsWith(`${name}: `))?.slice(name.length + 2);
      const data = field('data');
      if (data === undefined || (field('event') === 'nodes') !== wantsNodes) continue;
      expect(lines.filter((one) => one.startsWith('data:'))).toHaveLength(1);
      return { event: field('event') ?? 'message', id: field('id'), data: JSON.parse(data) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#body.cancel();
  }
}

describe('the stream', () => {
  test('begins with what is kept and goes on with what arrives', async () => {
    await using playground = await open();
    playground.inbox.receiveLine(line('before'));
    await using reader = await Reader.open(playground.url);
    expect(await reader.next()).toMatchObject({
      event: 'start',
      data: { isContinued: false, fireCommand: expect.any(String) },
    });
    expect(await reader.next()).toMatchObject({ data: { column: 'channel', text: 'before', node: 1 } });
    playground.inbox.receivePhoneMessage({ chat: '1001', text: 'after', entities: [], isSilent: true, node: 3 });
    expect(await reader.next()).toMatchObject({ data: { column: 'phone', isSilent: true, runs: [{ text: 'after' }] } });
  });

  test('gives a page that comes back what it missed, and nothing twice', async () => {
    await using playground = await open();
    playground.inbox.receiveLine(line('seen'));
    let lastEventId: string | undefined;
    {
      await using reader = await Reader.open(playground.url);
      await reader.next();
      lastEventId = (await reader.next()).id;
    }
    playground.inbox.receiveLine(line('missed'));
    await using again = await Reader.open(playground.url, lastEventId);
    expect(await again.next()).toMatchObject({ event: 'start', data: { isContinued: true } });
    expect(await again.next()).toMatchObject({ data: { text: 'missed' } });
  });

  test('tells a page of a former run to begin anew', async () => {
    await using playground = await open();
    playground.inbox.receiveLine(line('new'));
    await using reader = await Reader.open(playground.url, `${crypto.randomUUID()}/700`);
    expect(await reader.next()).toMatchObject({ event: 'start', data: { isContinued: false } });
    expect(await reader.next()).toMatchObject({ data: { text: 'new' } });
  });

  test('cannot be broken out of', async () => {
    await using playground = await open();
    playground.inbox.receiveLine(line(HOSTILE));
    await using reader = await Reader.open(playground.url);
    await reader.next();
    expect(await reader.next()).toMatchObject({ event: 'message', data: { text: HOSTILE } });
    playground.inbox.receiveLine(line('next'));
    expect(await reader.next()).toMatchObject({ data: { text: 'next' } });
  });

  test('turns away more pages than there may be, and takes one when another has gone', async () => {
    await using playground = await open();
    await using stack = new AsyncDisposableStack();
    const readers: Reader[] = [];
    for (;;) {
      const response = await fetch(`${playground.url}/api/events`);
      if (!response.ok) {
        expect(response.status).toBe(503);
        break;
      }
      readers.push(stack.use(new Reader(response.body as ReadableStream<Uint8Array<ArrayBuffer>>)));
    }
    expect(readers.length).toBeGreaterThan(10);
    await readers[0]?.[Symbol.asyncDispose]();
    await expect.poll(async () => (await fetch(`${playground.url}/api/events`, { method: 'HEAD' })).status).toBe(200);
  });

  test('says which nodes live, at once and whenever one dies or comes back', async () => {
    await using playground = await open();
    await using reader = await Reader.open(playground.url);
    const alive = { number: 1, url: 'http://node-1', state: 'alive' };
    const states = async () => (await reader.next({ wantsNodes: true })).data;
    expect(await states()).toContainEqual(alive);
    await playground.trio.kill(1);
    expect(await states()).toContainEqual({ ...alive, state: 'dead' });
    await playground.trio.revive(1);
    expect(await states()).toContainEqual(alive);
  });

  test('ends with the server', async () => {
    const playground = await open();
    const reader = await Reader.open(playground.url);
    await reader.next();
    await playground.server[Symbol.asyncDispose]();
    await expect(reader.next()).rejects.toThrow();
    await expect(fetch(playground.url)).rejects.toThrow();
  });
});

describe('a mail', () => {
  test("opens with its own policy: no script, nothing from elsewhere, not the page's origin", async () => {
    await using playground = await open();
    playground.inbox.receiveMail(
      mail('<html><head lang="en"></head><body><a href="http://example.org/">x</a></body></html>'),
    );
    const id = playground.inbox.columns.mailbox[0]?.id;
    const response = await fetch(`${playground.url}/mails/${id}/html`);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/\bsandbox\b/);
    expect(policy).not.toMatch(/allow-scripts|allow-same-origin|script-src/);
    expect(await response.text()).toContain('<head lang="en"><base target="_blank">');
    const text = await fetch(`${playground.url}/mails/${id}/text`);
    expect(text.headers.get('content-type')).toContain('text/plain');
    expect(await text.text()).toBe('The disk is full');
  });

  test.each(['/mails/999/html', '/mails/1/raw', '/mails/1/html', '/../inbox.ts', '/__proto__', '/%00'])(
    'that is not there, or another file, is not found: %s',
    async (path) => {
      await using playground = await open();
      playground.inbox.receiveMail(mail(undefined));
      expect((await fetch(playground.url + path)).status).toBe(404);
    },
  );
});

test('the page may load its own files only, and a script may put no markup into it', async () => {
  await using playground = await open();
  const page = await fetch(playground.url);
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  const html = await page.text();
  const named = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, path = '']) => path);
  for (const path of named.filter((one) => !one.startsWith('data:'))) {
    expect((await fetch(`${playground.url}/${path}`)).status).toBe(200);
  }
  const directory = join(import.meta.dirname, 'page');
  for (const file of readdirSync(directory).filter((name) => name !== 'inbox.html')) {
    expect((await fetch(`${playground.url}/${file}`)).status).toBe(200);
    expect(readFileSync(join(directory, file), 'utf8')).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|srcdoc/);
  }
});

describe('a node', () => {
  const order = async (url: string, token: string | undefined, method = 'POST') => {
    const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const response = await fetch(url, { method, headers });
    return `${response.status} ${(await response.text()).trim()}`;
  };

  test('is killed and revived for whoever knows the token', async () => {
    await using playground = await open();
    expect(await order(`${playground.url}/nodes/2/kill`, TOKEN)).toBe('200 2 is dead');
    expect(playground.trio.nodes[1]?.state).toBe('dead');
    expect(await order(`${playground.url}/nodes/2/revive`, TOKEN)).toBe('200 2 is alive');
    expect(await order(`${playground.url}/nodes/9/kill`, TOKEN)).toBe('409 there is no such node');
  });

  test.each([
    ['without a token', undefined, 'POST', '403'],
    ['with a wrong one', 'guessed', 'POST', '403'],
    ['by a link', TOKEN, 'GET', '405'],
  ])('is left alone %s', async (_, token, method, status) => {
    await using playground = await open();
    expect(await order(`${playground.url}/nodes/2/kill`, token, method)).toMatch(status);
    expect(playground.trio.nodes[1]?.state).toBe('alive');
  });
});

test('only this machine may ask, by its own name, and only for reading', async () => {
  await using playground = await open();
  const status = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      request({ port: playground.server.port, host: '127.0.0.1', headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  expect(await status('evil.example.org')).toBe(403);
  expect(await status(`localhost:${playground.server.port}`)).toBe(200);
  expect((await fetch(`${playground.url}/api/messages`, { method: 'POST' })).status).toBe(405);
});
