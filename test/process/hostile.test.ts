/** A node under attack: by nonsense, by weight, by slowness and by numbers. It stays up, stays small and goes on paging. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { AlertApi } from '../support/alert-api.ts';
import { eventually } from '../support/eventually.ts';
import { type RealServer, startTocsin } from '../support/real-servers.ts';
import { WebhookSink } from '../support/webhook-sink.ts';

const timeoutMs = 60_000;
/** Of the whole node after all of this; it needs about a third. */
const LARGEST_MEMORY_MIB = 1_024;
/** As the node's own limits. */
const MOST_CONNECTIONS = 2_048;
const MOST_CONNECTIONS_PER_CLIENT = 512;

const resources = new AsyncDisposableStack();
let sink: WebhookSink;
let node: RealServer;
let api: AlertApi;
let pages = 0;

beforeAll(async () => {
  sink = resources.use(await WebhookSink.start());
  const config = `
route:
  receiver: nobody
  group_by: [alertname]
  group_wait: 100ms
  group_interval: 1s
  routes: [{matchers: [page="yes"], receiver: team, group_by: [alertname, number]}]
receivers:
  - {name: nobody}
  - {name: team, webhook_configs: [{url: '${sink.url()}'}]}
`;
  node = resources.use(await startTocsin({ config }));
  api = new AlertApi(node.url);
});

afterEach(async () => {
  await pagesOnce();
  const failures = node.process.lines.filter((line) => /level=ERROR|Uncaught|Unhandled/.test(line));
  expect(failures).toEqual([]);
});

afterAll(() => resources.disposeAsync());

/** A checker speaks, and a human hears of it. */
async function pagesOnce(): Promise<void> {
  const number = String(pages++);
  await api.post({ labels: { alertname: 'Down', page: 'yes', number } });
  await sink.waitFor(({ body }) => body.groupLabels.number === number, { timeoutMs });
}

/** What a client that is sure of itself gets for an answer; 0 if it is cut off, which any client may be. */
async function statusOf(path: string, init: RequestInit = {}): Promise<number> {
  const answered = fetch(node.url + path, { ...init, signal: AbortSignal.timeout(timeoutMs) });
  return answered.then(
    async (response) => {
      await response.arrayBuffer();
      return response.status;
    },
    (thrown: unknown) => {
      if (thrown instanceof DOMException) throw thrown;
      return 0;
    },
  );
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

function open(from = '127.0.0.1'): Socket {
  const { hostname, port } = new URL(node.url);
  // Whatever the node does to an attacker is fine.
  return connect({ port: Number(port), host: hostname, localAddress: from }).on('error', () => {});
}

/** Sends bytes as they are and gives whatever comes back until the node closes. */
function sendRaw(bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = open();
    let answer = '';
    socket.setTimeout(timeoutMs, () => reject(new Error(`the node leaves a finished request open: ${bytes}`)));
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.end(bytes, 'latin1');
  });
}

/** Asks for the node's health all the while. Gives how long each answer took, slowest last. */
async function healthWhile(attack: () => Promise<void>): Promise<readonly number[]> {
  let isOver = false;
  const tookMs: number[] = [];
  const probe = async () => {
    do {
      const sinceMs = performance.now();
      expect(await statusOf('/-/healthy')).toBe(200);
      tookMs.push(performance.now() - sinceMs);
      await new Promise((resolve) => setTimeout(resolve, 10));
    } while (!isOver);
  };
  const probing = probe();
  await attack().finally(() => {
    isOver = true;
  });
  await probing;
  return tookMs.toSorted((a, b) => a - b);
}

/** The typical answer within a second; the slowest may have met a pause of the machine. */
function expectResponsive(tookMs: readonly number[]): void {
  expect(tookMs[Math.floor(tookMs.length / 2)]).toBeLessThan(1_000);
  expect(tookMs.at(-1)).toBeLessThan(10_000);
}

const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    '',
    '\u0000',
    '\ud800',
    'a\nb',
    '{{ .Foo }}',
    'x'.repeat(20_000),
  ),
);
const hostileTime = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom('', 'now', '0000-00-00T00:00:00Z', '9999-12-31T23:59:59.999999999+23:59', '2026-02-30T25:61:61Z'),
  fc.integer(),
);
const hostileLabels = fc.oneof(
  fc.dictionary(hostileText, hostileText, { maxKeys: 5 }),
  fc.dictionary(fc.constantFrom('alertname', '__proto__', 'a'), fc.jsonValue(), { maxKeys: 3 }),
);
const hostileAlert = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record(
      {
        labels: hostileLabels,
        annotations: hostileLabels,
        startsAt: hostileTime,
        endsAt: hostileTime,
        generatorURL: hostileText,
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
);
const hostileMatcher = fc.record(
  { name: hostileText, value: hostileText, isRegex: fc.boolean(), isEqual: fc.oneof(fc.boolean(), fc.jsonValue()) },
  { requiredKeys: [] },
);
const hostileSilence = fc.oneof(
  fc.record(
    {
      id: hostileText,
      matchers: fc.oneof(fc.array(hostileMatcher, { maxLength: 4 }), fc.jsonValue()),
      startsAt: hostileTime,
      endsAt: hostileTime,
      createdBy: hostileText,
      comment: hostileText,
      annotations: hostileLabels,
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue({ maxDepth: 4 }),
);

test('bodies of nonsense are refused, or taken as what they say', async () => {
  const body = fc.oneof(
    fc.tuple(
      fc.constant('/api/v2/alerts'),
      fc.array(hostileAlert, { maxLength: 5 }).map((alerts) => JSON.stringify(alerts)),
    ),
    fc.tuple(
      fc.constant('/api/v2/silences'),
      hostileSilence.map((silence) => JSON.stringify(silence)),
    ),
    fc.tuple(fc.constantFrom('/api/v2/alerts', '/api/v2/silences'), fc.uint8Array({ maxLength: 200 })),
  );
  await fc.assert(
    fc.asyncProperty(body, async ([path, bytes]) => {
      expect([200, 400, 404, 413, 422]).toContain(
        await statusOf(path, { method: 'POST', headers: JSON_TYPE, body: bytes as NonNullable<RequestInit['body']> }),
      );
    }),
    { numRuns: 500 },
  );
});

test('queries of nonsense are refused, or answered', async () => {
  const segment = fc.oneof(
    hostileText.map((text) => encodeURIComponent(text.toWellFormed().slice(0, 2_000))),
    fc.constantFrom('%ff', '%', '%00', '..', '.', '%2e%2e%2f'),
  );
  const query = fc
    .tuple(
      fc.constantFrom(
        '/api/v2/alerts',
        '/api/v2/alerts/groups',
        '/api/v2/silences',
        '/api/v2/receivers',
        '/api/v2/status',
        '/metrics',
        '/-/ready',
        '/',
      ),
      fc.array(fc.tuple(fc.constantFrom('filter', 'receiver', 'active', 'sort', 'constructor'), segment), {
        maxLength: 4,
      }),
    )
    .map(([path, pairs]) => `${path}?${pairs.map((pair) => pair.join('=')).join('&')}`);
  const path = fc
    .tuple(fc.constantFrom('/api/v2/silence/', '/api/v2/', '/api/v3/receivers/', '/'), segment)
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(query, path),
      fc.constantFrom('GET', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'),
      async (target, method) => {
        expect(await statusOf(target, { method })).toBeLessThan(500);
      },
    ),
    { numRuns: 500 },
  );
});

test('requests of nonsense are refused, or their connection is', async () => {
  const line = fc.constantFrom(
    'POST /api/v2/alerts HTTP/1.1',
    'GET /api/v2/alerts HTTP/1.0',
    'GET * HTTP/1.1',
    'CONNECT node:1 HTTP/1.1',
    'GET http://[ HTTP/1.1',
    'BREW / HTTP/1.1',
    '\u0016\u0003\u0001',
  );
  const header = fc.oneof(
    fc.constantFrom(
      'Host: node',
      'Host: a b',
      'Content-Length: 5',
      'Content-Length: -1',
      'Content-Length: 99999999999999',
      'Transfer-Encoding: chunked',
      'Content-Type: application/json',
      'Expect: 100-continue',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Content-Encoding: gzip',
    ),
    fc
      .tuple(fc.string({ unit: 'binary', maxLength: 20 }), fc.string({ unit: 'binary', maxLength: 200 }))
      .map((pair) => pair.join(': ')),
    fc.constant(`X-Long: ${'x'.repeat(20_000)}`),
  );
  const request = fc.tuple(
    line,
    fc.array(header, { maxLength: 6 }),
    fc.constantFrom('', '[]', '5\r\n[{}]\r\n0\r\n\r\n', 'zz\r\n'),
  );
  await fc.assert(
    fc.asyncProperty(request, async ([first, headers, body]) => {
      expect(await sendRaw(`${[first, ...headers].join('\r\n')}\r\n\r\n${body}`)).not.toMatch(/^HTTP\/1\.1 5/);
    }),
    { numRuns: 200 },
  );
});

test('bodies too heavy are refused, however they come', async () => {
  const mebibyte = Buffer.alloc(2 ** 20, ' ');
  const stream = (mebibytes: number) =>
    new ReadableStream({
      pull(controller) {
        if (mebibytes-- > 0) controller.enqueue(mebibyte);
        else controller.close();
      },
    });
  const post = (path: string, mebibytes: number) =>
    statusOf(path, { method: 'POST', headers: JSON_TYPE, body: stream(mebibytes), duplex: 'half' } as RequestInit);
  const deep = `${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}`;
  // Who is refused early may find the connection closed while still sending, and hear nothing.
  expect([413, 0]).toContain(await post('/api/v2/alerts', 40));
  expect([413, 0]).toContain(await post('/api/v2/silences', 4));
  expect(
    await sendRaw(
      'POST /api/v2/alerts HTTP/1.1\r\nHost: node\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n',
    ),
  ).toMatch(/^HTTP\/1\.1 413/);
  expect(await statusOf('/api/v2/alerts', { method: 'POST', headers: JSON_TYPE, body: deep })).toBe(400);
  // Together more than the node is willing to hold; its 503 says so.
  const many = await Promise.all(Array.from({ length: 48 }, () => post('/api/v2/alerts', 3)));
  for (const status of many) expect([400, 503, 0]).toContain(status);
});

test('text that is no UTF-8 is refused as such', async () => {
  const body = Buffer.from('[{"labels":{"alertname":"caf\xe9"}}]', 'latin1');
  const answer = await fetch(`${node.url}/api/v2/alerts`, { method: 'POST', headers: JSON_TYPE, body });
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('UTF-8')]);
});

test("clients that dribble, hang or never read are in nobody's way, and are shown out", async () => {
  const head = 'POST /api/v2/alerts HTTP/1.1\r\nHost: node\r\nContent-Type: application/json\r\n';
  const begin = (count: number, first: string) =>
    Array.from({ length: count }, () => {
      const socket = open();
      socket.write(first);
      return socket;
    });
  // One byte every moment, so that no single wait is long.
  const dribbling = begin(150, head);
  const dribble = setInterval(() => {
    for (const socket of dribbling) if (socket.writable) socket.write('X');
  }, 200);
  const silent = begin(50, '');
  const halfway = begin(50, `${head}Content-Length: 1000\r\n\r\n[{"labels":`);
  const neverReading = begin(50, 'GET /metrics HTTP/1.1\r\nHost: node\r\n\r\n'.repeat(50));
  for (const socket of neverReading) socket.pause();
  try {
    await Promise.all([...dribbling, ...silent, ...halfway, ...neverReading].map((socket) => once(socket, 'connect')));
    const tookMs = await healthWhile(async () => {
      for (let count = 0; count < 5; count++) await pagesOnce();
    });
    expectResponsive(tookMs);
    for (const socket of [...dribbling, ...silent]) socket.resume();
    await eventually(
      'who never finishes a request is shown out',
      () => [...dribbling, ...silent].every((socket) => socket.closed),
      { timeoutMs },
    );
  } finally {
    clearInterval(dribble);
    for (const socket of [...dribbling, ...silent, ...halfway, ...neverReading]) socket.destroy();
  }
});

test('expressions made to run for ever do not', async () => {
  const expressions = [
    '(a+)+b',
    '(a|a)*b',
    '(a|aa)+b',
    '(.*a){20}b',
    '((a*)*)*b',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '(a{1,50}){1,50}b',
    `${'(a?)'.repeat(50)}a{50}b`,
    '(x+x+)+y|(a+)+\\1?',
  ];
  // Each holds all that the expressions ask for but in the wrong order, so that none can be turned down at a glance.
  const values = ['a'.repeat(16_000), `${'a'.repeat(15_000)}by!`, `${'abxy'.repeat(4_000)}!`];
  let taken = 0;
  const tookMs = await healthWhile(async () => {
    const now = Date.now();
    for (const value of expressions) {
      const status = await statusOf('/api/v2/silences', {
        method: 'POST',
        headers: JSON_TYPE,
        body: JSON.stringify({
          matchers: [{ name: 'evil', value, isRegex: true }],
          startsAt: new Date(now).toISOString(),
          endsAt: new Date(now + 600_000).toISOString(),
          createdBy: 'attacker',
          comment: 'evil',
        }),
      });
      // Refused or taken, but soon.
      expect([200, 400]).toContain(status);
      if (status === 200) taken++;
    }
    const evil = values.flatMap((value, index) =>
      Array.from({ length: 20 }, (_, number) => ({
        labels: { alertname: 'Evil', evil: value, index: `${index} ${number}` },
      })),
    );
    await api.post(...evil);
    for (const expression of expressions) {
      const filter = encodeURIComponent(`evil=~${JSON.stringify(expression)}`);
      for (const path of ['alerts', 'alerts/groups', 'silences']) {
        expect([200, 400]).toContain(await statusOf(`/api/v2/${path}?filter=${filter}`));
      }
    }
    await pagesOnce();
  });
  expectResponsive(tookMs);
  // Else nothing was evaluated at all.
  expect(taken).toBeGreaterThan(expressions.length / 2);
});

test('as many clients as may come are let in, more are turned away, and nothing is left of either', async () => {
  const greedy: Socket[] = [];
  const settled = new Set<Socket>();
  /** They ask something, so that they may stay, and then stay. Resolves once each is answered or turned away. */
  const come = async (count: number) => {
    for (let index = 0; index < count; index++) {
      // Nobody alone may take all places.
      const client = 1 + Math.floor(greedy.length / MOST_CONNECTIONS_PER_CLIENT);
      const socket = open(`127.0.2.${client}`);
      greedy.push(socket);
      socket.once('data', () => settled.add(socket)).once('close', () => settled.add(socket));
      socket.write('GET /-/healthy HTTP/1.1\r\nHost: node\r\n\r\n');
    }
    await eventually('each is answered or turned away', () => settled.size === greedy.length, { timeoutMs });
  };
  const turnedAway = () => greedy.filter(({ closed }) => closed).length;
  try {
    // Some room is left for those of this test that speak for everybody else.
    while (greedy.length < MOST_CONNECTIONS - 100) await come(Math.min(200, MOST_CONNECTIONS - 100 - greedy.length));
    expect(turnedAway()).toBe(0);
    expectResponsive(await healthWhile(pagesOnce));
    await come(300);
    expect(turnedAway()).toBeGreaterThanOrEqual(200);
  } finally {
    for (const socket of greedy) socket.destroy();
  }
  await eventually('there is room again', async () => (await statusOf('/-/healthy')) === 200, { timeoutMs });
});

test('after all of this it has not grown large', () => {
  const [, peakKib] = readFileSync(`/proc/${node.process.pid}/status`, 'utf8').match(/^VmHWM:\s+(\d+) kB$/m) ?? [];
  expect(Number(peakKib) / 1_024).toBeLessThan(LARGEST_MEMORY_MIB);
});
