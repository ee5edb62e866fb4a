/** What `npm pack` makes: installed into an empty folder, by npm itself, and run from there as somebody would. */
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCertificates, type TestCertificates } from '../../receivers/testing/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { askOverTls } from '../support/https-ask.ts';
import { RealProcess, runProgram } from '../support/real-process.ts';
import { TemporaryDirectory } from '../support/temporary-directory.ts';
import { WebhookSink } from '../support/webhook-sink.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const INSTALL_TIMEOUT_MS = 120_000;
const START_TIMEOUT_MS = 30_000;
const LOGIN = 'prometheus:correct horse';

const resources = new AsyncDisposableStack();
const directory = resources.use(new TemporaryDirectory());
/** Empty until npm installs the package into it. */
const folder = directory.join('folder');
/** The Node of the tests, also where another one comes first on the machine. */
const env = { PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`, HOME: directory.path };
let certificates: TestCertificates;

beforeAll(async () => {
  certificates = resources.use(makeCertificates());
  mkdirSync(folder);
  const npm = async (cwd: string, ...args: string[]) => {
    // The user's cache of packages is taken, their settings are not.
    const result = await runProgram('npm', args, { cwd, timeoutMs: INSTALL_TIMEOUT_MS });
    expect(result.code, result.output).toBe(0);
    return result.stdout;
  };
  const packed = await npm(REPOSITORY, 'pack', '--json', '--pack-destination', directory.path);
  const tarball = directory.join(/"filename": "(?<name>[^"]+)"/.exec(packed)?.groups?.name ?? '');
  await npm(folder, 'install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', tarball);
}, 2 * INSTALL_TIMEOUT_MS);

afterAll(() => resources.disposeAsync());

const installed = (path: string) => join(folder, 'node_modules', path);
const npx = (...args: string[]) => runProgram('npx', ['tocsin', ...args], { cwd: folder, env });

test('it brings what runs, and nothing that builds or tests', () => {
  expect(
    ['dist/src/main.js', 'dist/web/dist/manifest.json', 'README.md', 'LICENSE', 'examples/tocsin.yml'].map(isInPackage),
  ).not.toContain(false);
  expect(['src', 'scripts', 'test', 'web', 'dist/src/main.test.js'].map(isInPackage)).not.toContain(true);
  expect(['typescript', 'vitest', 'vite', 'preact', 'node'].filter((name) => existsSync(installed(name)))).toEqual([]);
});

const isInPackage = (path: string) => existsSync(installed(`tocsin/${path}`));

test('npx tocsin names its version and makes a secret, there as in a clone', async () => {
  expect((await npx('--version')).stdout).toMatch(/^tocsin, version \d+\.\d+\.\d+\n/);
  expect((await npx('cluster', 'secret')).stdout).toMatch(/^[\w-]{43}\n$/);
  const inClone = await runProgram('npx', ['tocsin', 'cluster', 'secret'], { cwd: REPOSITORY });
  expect(inClone.stdout).toMatch(/^[\w-]{43}\n$/);
});

test('three of its nodes, behind TLS and passwords, ring once', async () => {
  await using sink = await WebhookSink.start();
  directory.write('server.crt', certificates.server.cert);
  directory.write('server.key', certificates.server.key);
  directory.write('secret', (await npx('cluster', 'secret')).stdout);
  directory.write(
    'web.yml',
    `tls_server_config: {cert_file: server.crt, key_file: server.key}
basic_auth_users: {prometheus: '${hashSync('correct horse', 8)}'}\n`,
  );
  directory.write(
    'tocsin.yml',
    `route: {receiver: hook, group_wait: 0s}
receivers: [{name: hook, webhook_configs: [{url: '${sink.url()}'}]}]\n`,
  );
  await using first = await PackageNode.start('one');
  await using second = await PackageNode.start('two', [await first.clusterAddress()]);
  await using third = await PackageNode.start('three', [await first.clusterAddress()]);
  const nodes = [first, second, third];
  await eventually('all three in the eyes of each', async () => {
    const counts = await Promise.all(nodes.map(async (node) => (await node.peers()).length));
    return counts.every((count) => count === 3);
  });

  const labels = { alertname: 'DiskFull', severity: 'urgent' };
  const posted = await third.ask('/api/v2/alerts', { method: 'POST', json: [{ labels }] });
  expect(posted.status).toBe(200);
  await sink.waitForCount(1, { timeoutMs: START_TIMEOUT_MS });
  await eventually('all three have the alert', async () => {
    const known = await Promise.all(nodes.map(async (node) => JSON.parse((await node.ask('/api/v2/alerts')).body)));
    return known.every((alerts) => alerts.length === 1);
  });
  expect((await third.ask('/')).body).toMatch(/<script type="module" src="\.\/assets\/[^"]+\.js">/);
  expect((await third.ask('/api/v2/alerts', { login: 'prometheus:wrong' })).status).toBe(401);
  for (const node of nodes) expect((await node.process.stop()).code).toBe(0);
  expect(sink.received).toHaveLength(1);
});

class PackageNode implements AsyncDisposable {
  readonly process: RealProcess;
  readonly #url: string;

  /** Ready when this resolves. */
  static async start(name: string, peers: readonly string[] = []): Promise<PackageNode> {
    const child = RealProcess.start(
      installed('.bin/tocsin'),
      [
        `--config.file=${directory.join('tocsin.yml')}`,
        `--storage.path=${directory.join(name)}`,
        `--web.config.file=${directory.join('web.yml')}`,
        '--web.listen-address=127.0.0.1:0',
        '--cluster.listen-address=127.0.0.1:0',
        `--cluster.secret-file=${directory.join('secret')}`,
        `--cluster.peer-name=${name}`,
        ...peers.map((peer) => `--cluster.peer=${peer}`),
      ],
      { cwd: folder, env },
    );
    const listening = await child.waitForLine(/msg="Listening on".* address=(?<address>\S+)/, {
      timeoutMs: START_TIMEOUT_MS,
    });
    await child.waitForLine(/msg="?Ready/, { timeoutMs: START_TIMEOUT_MS });
    return new PackageNode(child, `https://${listening.groups?.address}`);
  }

  private constructor(child: RealProcess, url: string) {
    this.process = child;
    this.#url = url;
  }

  ask(path: string, question: { login?: string; method?: string; json?: unknown } = {}) {
    return askOverTls(this.#url + path, { ca: certificates.ca, login: LOGIN, ...question });
  }

  async peers(): Promise<readonly { readonly address: string }[]> {
    return JSON.parse((await this.ask('/api/v2/status')).body).cluster.peers;
  }

  /** Of this node: where it listens for the others. Asked while it is alone. */
  async clusterAddress(): Promise<string> {
    this.#clusterAddress ??= (await this.peers())[0]?.address ?? expect.unreachable('a node is its own member');
    return this.#clusterAddress;
  }

  #clusterAddress: string | undefined;

  [Symbol.asyncDispose](): Promise<void> {
    return this.process[Symbol.asyncDispose]();
  }
}
