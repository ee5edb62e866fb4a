/**
 * A node that faces the network by itself, and one behind nginx: other people's programs talk to it through TLS and a
 * password, and strangers are told what Alertmanager tells them.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCertificates, type TestCertificates } from '../../receivers/testing/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { askOverTls } from '../support/https-ask.ts';
import { RealProcess, runProgram } from '../support/real-process.ts';
import { startAlertmanager, startPrometheus, startTocsin } from '../support/real-servers.ts';
import { describeWithPrograms } from '../support/required-programs.ts';
import { TemporaryDirectory } from '../support/temporary-directory.ts';
import { WebhookSink } from '../support/webhook-sink.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const timeoutMs = 45_000;

const NAME = 'prometheus';
const PASSWORD = 'pass:wörd';
const LOGIN = `${NAME}:${PASSWORD}`;
const webConfig = (password: string) => `
tls_server_config: {cert_file: server.crt, key_file: server.key}
basic_auth_users: {${NAME}: '${hashSync(password, 8)}'}
http_server_config: {headers: {Strict-Transport-Security: max-age=60}}
`;
const CONFIG = 'route: {receiver: none}\nreceivers: [{name: none}]\n';

const resources = new AsyncDisposableStack();
const directory = resources.use(new TemporaryDirectory());
let certificates: TestCertificates;
let webConfigFile: string;

beforeAll(() => {
  certificates = resources.use(makeCertificates());
  directory.write('server.crt', certificates.server.cert);
  directory.write('server.key', certificates.server.key);
  webConfigFile = directory.write('web.yml', webConfig(PASSWORD));
  directory.write('http.yml', httpConfig());
});

afterAll(() => resources.disposeAsync());

/** What amtool, our command line and, in a block of its own, Prometheus are given to get in. */
function httpConfig(): string {
  return `basic_auth: {username: ${NAME}, password: '${PASSWORD}'}\ntls_config: {ca_file: '${certificates.caFile}'}\n`;
}

const overTls = (url: string) => url.replace('http:', 'https:');
const secured = () => ({ args: [`--web.config.file=${webConfigFile}`] });

describeWithPrograms(['prometheus-alertmanager', 'amtool', 'openssl'], 'bare TLS', () => {
  test('strangers are told what Alertmanager tells them', async () => {
    await using alertmanager = await startAlertmanager({ config: CONFIG, ...secured() });
    await using node = await startTocsin({ config: CONFIG, ...secured() });
    const asked = async (url: string, path: string, login?: string) => {
      const question = { ca: certificates.ca, ...(login !== undefined && { login }) };
      const { status, headers, body } = await askOverTls(overTls(url) + path, question);
      const { 'www-authenticate': challenge, 'content-type': type, 'strict-transport-security': hsts } = headers;
      return { status, challenge, type, hsts, body: status === 401 ? body : '' };
    };
    const logins = [undefined, LOGIN, `${NAME}:wrong`, `nobody:${PASSWORD}`, NAME];
    const questions = ['/-/healthy', '/nowhere'].flatMap((path) => logins.map((login) => [path, login] as const));
    for (const [path, login] of questions) {
      expect([path, login, await asked(node.url, path, login)]).toEqual([
        path,
        login,
        await asked(alertmanager.url, path, login),
      ]);
    }
    expect((await asked(node.url, '/-/healthy', LOGIN)).status).toBe(200);
  });

  test('amtool and our command line get in by the same file, and not without it', async () => {
    await using node = await startTocsin({ config: CONFIG, ...secured() });
    const env = { HOME: directory.path, TZ: 'UTC' };
    const commands: readonly (readonly string[])[] = [['amtool'], [process.execPath, join(REPOSITORY, 'src/main.ts')]];
    for (const [program = '', ...first] of commands) {
      const run = (...args: string[]) => runProgram(program, [...first, ...args], { env });
      const url = `--alertmanager.url=${overTls(node.url)}`;
      const file = `--http.config.file=${directory.join('http.yml')}`;
      expect((await run(url, file, 'alert', 'add', 'Flood', 'cellar=north')).code).toBe(0);
      expect((await run(url, file, 'alert', 'query', 'Flood')).stdout).toContain('Flood');
      expect((await run(url, 'alert', 'query')).code).not.toBe(0);
    }
  });

  test('another password counts at once, without a reload', async () => {
    await using node = await startTocsin({ config: CONFIG, ...secured() });
    const status = async (login: string) =>
      (await askOverTls(`${overTls(node.url)}/-/healthy`, { ca: certificates.ca, login })).status;
    expect(await status(LOGIN)).toBe(200);
    directory.write('web.yml', webConfig('new'));
    try {
      await eventually('the new password counts', async () => (await status(`${NAME}:new`)) === 200);
      expect(await status(LOGIN)).toBe(401);
    } finally {
      directory.write('web.yml', webConfig(PASSWORD));
    }
  });
});

const RULES = 'groups: [{name: always, rules: [{alert: Always, expr: vector(1), labels: {severity: urgent}}]}]';

describeWithPrograms(['prometheus', 'openssl'], 'Prometheus', () => {
  test('posts through TLS with its password, and people are told', async () => {
    await using sink = await WebhookSink.start();
    const config = `
route: {receiver: team, group_wait: 100ms}
receivers: [{name: team, webhook_configs: [{url: '${sink.url()}'}]}]
`;
    await using node = await startTocsin({ config, ...secured() });
    using ofPrometheus = new TemporaryDirectory();
    ofPrometheus.write('rules.yml', RULES);
    await using _prometheus = await startPrometheus({
      // It knows no Alertmanager in its first seconds; what it could not send then is sent again after this.
      args: ['--rules.alert.resend-delay=2s'],
      directory: ofPrometheus,
      config: `
global: {evaluation_interval: 1s}
rule_files: [rules.yml]
alerting:
  alertmanagers:
    - scheme: https
      ${httpConfig().replace('\n', '\n      ')}
      static_configs: [{targets: ['${new URL(node.url).host}']}]
`,
    });
    const told = await sink.waitFor(() => true, { timeoutMs });
    expect(told.body.alerts).toMatchObject([{ labels: { alertname: 'Always', severity: 'urgent' } }]);
    expect(told.body.externalURL).toMatch(/^https:/);
  });
});

/** Nobody holds it now; nginx cannot choose one by itself. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describeWithPrograms(['nginx', 'openssl'], 'nginx in front, as in examples/nginx.conf,', () => {
  test('lets through who knows the password, and slows down who floods', async () => {
    await using node = await startTocsin({ config: CONFIG });
    using ofNginx = new TemporaryDirectory();
    const port = await freePort();
    const example = readFileSync(join(REPOSITORY, 'examples/nginx.conf'), 'utf8')
      .replace('127.0.0.1:9093;', `${new URL(node.url).host};`)
      .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
      .replace(/listen \[::\].*/, '')
      .replaceAll('/etc/nginx/tocsin/', `${ofNginx.path}/`);
    ofNginx.write('server.crt', certificates.server.cert);
    ofNginx.write('server.key', certificates.server.key);
    ofNginx.write('users', `${LOGIN.replace(/:.*/, '')}:${hashSync(PASSWORD, 4).replace('$2b$', '$2y$')}\n`);
    ofNginx.write('tocsin.conf', example);
    // Its workers give up root, which alone may read the directory of a test.
    const user = process.getuid?.() === 0 ? 'user root;' : '';
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path tmp-${kind};`,
    );
    const main = ofNginx.write(
      'main.conf',
      `daemon off; master_process off; pid nginx.pid; ${user} events {} http { access_log off; ${temporary.join(' ')} include tocsin.conf; }`,
    );
    const args = ['-p', ofNginx.path, '-e', 'stderr', '-c', main];
    expect((await runProgram('nginx', ['-t', ...args])).output).toContain('test is successful');
    await using _nginx = RealProcess.start('nginx', args);

    const url = `https://127.0.0.1:${port}`;
    const ask = (path: string, login?: string, json?: unknown) =>
      askOverTls(url + path, {
        ca: certificates.ca,
        ...(login !== undefined && { login }),
        ...(json !== undefined && { json, method: 'POST' }),
      });
    await eventually('nginx answers', async () => (await ask('/')).status === 401);
    expect((await ask('/api/v2/alerts', LOGIN, [{ labels: { alertname: 'Flood' } }])).status).toBe(200);
    const { body, headers } = await ask('/api/v2/alerts', LOGIN);
    expect(JSON.parse(body)).toMatchObject([{ labels: { alertname: 'Flood' } }]);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'strict-transport-security': 'max-age=31536000',
    });
    const flood = await Promise.all(Array.from({ length: 100 }, () => ask('/-/healthy', LOGIN).catch(() => undefined)));
    expect(flood.map((answer) => answer?.status)).toContain(429);
  });
});
