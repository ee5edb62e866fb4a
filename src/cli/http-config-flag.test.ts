import { expect, test } from 'vitest';
import { TemporaryDirectory } from '../../test/support/temporary-directory.ts';
import type { HttpConfig } from '../config/http-config-file.ts';
import { runCommand, startFakeNode } from './fake-node.ts';

const FILE = 'basic_auth: {username: ann, password_file: password}\n';

/** A fetch that only remembers by which http_config it is one. */
function remembering() {
  const configs: HttpConfig[] = [];
  const fetchBy = async (config: HttpConfig) => {
    configs.push(config);
    return fetch;
  };
  return { configs, fetchBy };
}

test.each([
  ['the flag', (file: string) => ({ argv: ['alert', `--http.config.file=${file}`], env: {} })],
  ['the flag before the command', (file: string) => ({ argv: ['--http.config.file', file, 'alert'], env: {} })],
  ['the environment', (file: string) => ({ argv: ['alert'], env: { TOCSIN_HTTP_CONFIG_FILE: file } })],
])('a node is asked by the http_config that %s names, its files beside it', async (_, words) => {
  using directory = new TemporaryDirectory();
  await using node = await startFakeNode(() => ({ json: [] }));
  const { configs, fetchBy } = remembering();
  const { argv, env } = words(directory.write('http.yml', FILE));
  const { exitCode } = await runCommand(argv, { env: { ...env, TOCSIN_URL: node.url }, fetchBy });
  expect(exitCode).toBe(0);
  expect(configs).toMatchObject([{ authorization: { kind: 'basic', password: { path: directory.join('password') } } }]);
});

test('an http_config with mistakes ends the command with all of them', async () => {
  using directory = new TemporaryDirectory();
  const file = directory.write('http.yml', 'basic_auth: {user: ann}\ntls: {}\n');
  const { exitCode, stderr } = await runCommand(['alert', `--http.config.file=${file}`]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('http.yml:1: basic_auth.user: unknown key; known are username, ');
  expect(stderr).toContain('http.yml:2: tls: unknown key');
});

test('who is refused for want of a password is told where it goes', async () => {
  await using node = await startFakeNode(() => ({ status: 401, raw: 'Unauthorized\n' }));
  const { stderr } = await runCommand(['alert', `--url=${node.url}`]);
  expect(stderr).toContain('the node answered 401: Unauthorized; give a user who may do this with --http.config.file');
});

test('who failed too often is told how long to wait', async () => {
  await using node = await startFakeNode(() => ({ status: 429, raw: 'Too many\n', headers: { 'retry-after': '5' } }));
  const { stderr } = await runCommand(['alert', `--url=${node.url}`]);
  expect(stderr).toContain('wait 5 s before the next try');
});

test('check-web-config says every mistake of every file', async () => {
  const tryWebConfig = async (file: string) =>
    file === 'good.yml'
      ? ({ ok: true, warnings: ['line 1: doubtful'] } as const)
      : ({ ok: false, errors: [{ line: 3, column: 1, path: 'rate_limit', message: 'is wrong' }] } as const);
  const { exitCode, stdout } = await runCommand(['check-web-config', 'good.yml', 'bad.yml'], { tryWebConfig });
  expect(exitCode).toBe(1);
  expect(stdout).toBe(`Checking 'good.yml'  SUCCESS
warning: line 1: doubtful
Checking 'bad.yml'  FAILED
bad.yml:3: rate_limit: is wrong
1 error
`);
  expect((await runCommand(['check-web-config', 'good.yml'], { tryWebConfig })).exitCode).toBe(0);
});
