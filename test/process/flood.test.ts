/** A node that faces the network, flooded from all sides at once; how late its pages are is measured. */
import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCertificates, type TestCertificates } from '../../receivers/testing/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { askOverTls } from '../support/https-ask.ts';
import { type RealServer, startTocsin } from '../support/real-servers.ts';
import { describeWithPrograms } from '../support/required-programs.ts';
import { WebhookSink } from '../support/webhook-sink.ts';

const GROUP_WAIT_MS = 100;
/** Many times what it takes without a flood, and little to a human being. */
const LATEST_MS = 5_000;
const LOGIN = 'prometheus:secret';
const STANDING_ALERTS = 1_000;

const resources = new AsyncDisposableStack();
let certificates: TestCertificates;
let sink: WebhookSink;
let node: RealServer;
let url: string;

beforeAll(async () => {
  certificates = resources.use(makeCertificates());
  sink = resources.use(await WebhookSink.start());
  const webConfigFile = `${certificates.directory}/web.yml`;
  const { cert, key } = certificates.server;
  const indented = (pem: string) => pem.replaceAll('\n', '\n    ');
  const users = `basic_auth_users: {prometheus: '${hashSync('secret', 10)}'}`;
  await writeFile(
    webConfigFile,
    `tls_server_config:\n  cert: |\n    ${indented(cert)}\n  key: |\n    ${indented(key)}\n${users}\n`,
  );
  const config = `
route:
  receiver: nobody
  group_by: [alertname]
  routes: [{matchers: [page="yes"], receiver: team, group_by: [number], group_wait: ${GROUP_WAIT_MS}ms}]
receivers:
  - {name: nobody}
  - {name: team, webhook_configs: [{url: '${sink.url()}'}]}
`;
  node = resources.use(await startTocsin({ config, args: [`--web.config.file=${webConfigFile}`] }));
  url = node.url.replace('http:', 'https:');
  await post(
    Array.from({ length: STANDING_ALERTS }, (_, index) => ({ alertname: 'Standing', instance: `db${index}` })),
  );
});

afterAll(() => resources.disposeAsync());

async function post(alerts: readonly Record<string, string>[]): Promise<void> {
  const json = alerts.map((labels) => ({ labels, annotations: { summary: 'x'.repeat(200) } }));
  const { status } = await askOverTls(`${url}/api/v2/alerts`, {
    ca: certificates.ca,
    login: LOGIN,
    method: 'POST',
    json,
  });
  expect(status).toBe(200);
}

let pages = 0;

/** From the moment a checker speaks until a human hears of it, less the group_wait. */
async function pageLateMs(): Promise<number> {
  const number = String(++pages);
  const sinceMs = performance.now();
  await post([{ alertname: 'Down', page: 'yes', number }]);
  await sink.waitFor(({ body }) => body.groupLabels.number === number, { timeoutMs: 30_000 });
  return performance.now() - sinceMs - GROUP_WAIT_MS;
}

/** Each client asks again as soon as it has its answer, until the test is over; from an address of its own if told so. */
function askWithoutEnd(clients: number, login: (client: number) => string, from = (_client: number) => '127.0.0.1') {
  const counts = { answers: 0 };
  const over = new AbortController();
  for (let client = 0; client < clients; client++) {
    const ask = () => {
      if (over.signal.aborted) return;
      const options = {
        ca: certificates.ca,
        auth: login(client),
        localAddress: from(client),
        agent: false,
        signal: over.signal,
      };
      request(`${url}/api/v2/alerts`, options, (response) => {
        counts.answers++;
        response
          .resume()
          .on('error', () => {})
          .on('close', ask);
      })
        .on('error', () => setTimeout(ask, 10))
        .end();
    };
    ask();
  }
  return { counts, [Symbol.dispose]: () => over.abort() };
}

/** Sockets that say this and nothing more, and read nothing. */
function hang(count: number, open: () => Socket): Disposable {
  const sockets = Array.from({ length: count }, () => open().on('error', () => {}));
  return {
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

const { hostname, port } = { hostname: '127.0.0.1', port: () => Number(new URL(node.url).port) };
const bare = (first: Buffer | string) => () => {
  const socket = connect(port(), hostname);
  socket.pause();
  socket.write(first);
  return socket;
};
const insideTls = (first: string) => () => {
  const socket = tlsConnect({ port: port(), host: hostname, servername: 'localhost', ca: certificates.ca });
  socket.pause();
  socket.write(first);
  return socket;
};

const AUTHORIZED = `Authorization: Basic ${Buffer.from(LOGIN).toString('base64')}\r\n`;

describeWithPrograms(['openssl'], 'pages go out in time', () => {
  test('while the node is read without end, passwords are tried, and clients hang in every way', async () => {
    const quietMs = await pageLateMs();
    using readers = askWithoutEnd(8, () => LOGIN);
    let guess = 0;
    using guessers = askWithoutEnd(
      48,
      () => `prometheus:guess ${guess++}`,
      (client) => `127.0.1.${client + 1}`,
    );
    // The first bytes of a handshake that promises 512 more.
    using _handshakes = hang(100, bare(Buffer.from([22, 3, 1, 2, 0])));
    using _loris = hang(50, insideTls('POST /api/v2/alerts HTTP/1.1\r\nHost: a\r\nX-Slow:'));
    using _bodies = hang(
      50,
      insideTls(`POST /api/v2/alerts HTTP/1.1\r\nHost: a\r\n${AUTHORIZED}Content-Length: 1000\r\n\r\n[`),
    );
    using _deaf = hang(50, insideTls(`GET /api/v2/alerts HTTP/1.1\r\nHost: a\r\n${AUTHORIZED}\r\n`.repeat(5)));
    await eventually('the flood has begun', () => readers.counts.answers > 20 && guessers.counts.answers > 20);

    const lateMs: number[] = [];
    for (let count = 0; count < 6; count++) lateMs.push(await pageLateMs());
    const worstMs = Math.max(...lateMs);
    process.stdout.write(
      `pages late by ${Math.round(quietMs)} ms when quiet, at worst ${Math.round(worstMs)} ms while ` +
        `${readers.counts.answers} reads and ${guessers.counts.answers} guesses were answered\n`,
    );
    expect(worstMs).toBeLessThan(LATEST_MS);
  });
});
