import { describe, expect, it } from 'vitest';
import { defaultHttpConfig, httpConfigSchema, resolveHttpConfigFiles, showHttpConfig } from './http-config.ts';

const parse = (block: unknown) => httpConfigSchema.parse(block);
const problems = (block: unknown) =>
  (httpConfigSchema.safeParse(block).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

it('an empty block is the default', () => {
  expect(parse({})).toEqual(defaultHttpConfig);
  expect(parse({ basic_auth: null, tls_config: null, follow_redirects: null, http_headers: null })).toEqual(
    defaultHttpConfig,
  );
});

it('reads every key from its source text', () => {
  const config = parse({
    basic_auth: { username: 'ops', password_file: 'pw' },
    tls_config: {
      ca_file: 'ca.pem',
      cert_file: 'cert.pem',
      key_file: 'key.pem',
      server_name: 'hooks',
      insecure_skip_verify: 'yes',
      min_version: 'TLS12',
      max_version: 'TLS13',
    },
    follow_redirects: 'off',
    enable_http2: 'false',
    proxy_url: 'http://proxy.example.org:3128',
    no_proxy: 'example.org',
    proxy_connect_header: { 'X-Key': ['a', 'b'] },
    http_headers: { 'X-Scope': { values: ['1'], secrets: ['s'], files: ['scope'] } },
  });
  expect(config).toMatchObject({
    authorization: { kind: 'basic', password: { kind: 'file', path: 'pw' } },
    tls: { serverName: 'hooks', insecureSkipVerify: true, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' },
    followRedirects: false,
    enableHttp2: false,
    proxy: { noProxy: 'example.org', fromEnvironment: false },
    headers: [{ name: 'X-Scope', values: ['1'] }],
  });
  expect(config.headers[0]?.secrets.map(({ kind }) => kind)).toEqual(['inline', 'file']);
});

it('reads the old bearer_token as an authorization', () => {
  expect(parse({ bearer_token_file: 'token' }).authorization).toMatchObject({
    kind: 'credentials',
    type: 'Bearer',
    credentials: { kind: 'file', path: 'token' },
  });
});

describe('is refused', () => {
  it.each([
    ['an unknown key', { basic_aut: {} }, 'Unrecognized key: "basic_aut"'],
    [
      'a secret given twice',
      { basic_auth: { password: 'a', password_file: 'b' } },
      'at most one of password and password_file',
    ],
    [
      'two ways to authenticate',
      { basic_auth: { username: 'a' }, authorization: { credentials: 'b' } },
      'at most one of basic_auth, authorization',
    ],
    [
      'two ways, one of them old',
      { oauth2: { client_id: 'a', token_url: 'http://t/' }, bearer_token: 'b' },
      'at most one of oauth2, bearer_token',
    ],
    ['type Basic', { authorization: { type: ' basic ' } }, 'use basic_auth'],
    ['a secret manager', { basic_auth: { password_ref: 'vault' } }, 'is not supported'],
    [
      'a JWT grant',
      { oauth2: { client_id: 'a', token_url: 'http://t/', client_certificate_key: 'k' } },
      'is not supported',
    ],
    [
      'another grant',
      { oauth2: { client_id: 'a', token_url: 'http://t/', grant_type: 'password' } },
      'only client_credentials',
    ],
    ['oauth2 without a client', { oauth2: { token_url: 'http://t/' } }, 'client_id'],
    ['oauth2 without an endpoint', { oauth2: { client_id: 'a' } }, 'token_url'],
    ['a certificate without its key', { tls_config: { cert_file: 'c' } }, 'needs both'],
    ['a key without its certificate', { tls_config: { key_file: 'c' } }, 'needs both'],
    ['a CA that is none', { tls_config: { ca: 'x' } }, 'no PEM certificate'],
    ['an unknown TLS version', { tls_config: { min_version: 'SSL3' } }, 'TLS10, TLS11, TLS12, TLS13'],
    ['TLS versions in reverse', { tls_config: { min_version: 'TLS13', max_version: 'TLS12' } }, 'must not be older'],
    ['a proxy twice', { proxy_url: 'http://p/', proxy_from_environment: 'true' }, 'together'],
    ['exceptions without a proxy', { no_proxy: 'a' }, 'needs proxy_url'],
    ['headers for no proxy', { proxy_connect_header: { a: ['b'] } }, 'needs proxy_url'],
    ['a proxy of another kind', { proxy_url: 'ftp://p/' }, 'socks5'],
    ['a reserved header', { http_headers: { aUTHORIZATION: { values: ['x'] } } }, 'must not be set here'],
    [
      'a header that frames the message',
      { http_headers: { 'Transfer-Encoding': { values: ['chunked'] } } },
      'must not be set',
    ],
    ['a header name that is none', { http_headers: { 'a b': { values: ['x'] } } }, 'not a valid header name'],
    ['a header value with a line break', { http_headers: { a: { values: ['x\r\nHost: y'] } } }, 'line breaks'],
    ['a boolean that is none', { enable_http2: 'maybe' }, 'must be true or false'],
  ])('%s', (_name, block, message) => {
    expect(problems(block)).toHaveLength(1);
    expect(problems(block)[0]).toContain(message);
  });
});

it('resolves every file against the directory of the configuration', () => {
  const files = JSON.stringify(
    resolveHttpConfigFiles(
      parse({
        oauth2: {
          client_id: 'a',
          client_secret_file: 'secret',
          token_url: 'http://t/',
          tls_config: { ca_file: 'token-ca' },
        },
        tls_config: { ca_file: 'ca', cert_file: 'cert', key_file: '/run/key' },
        http_headers: { A: { files: ['a'] } },
      }),
      '/etc/tocsin',
    ),
  );
  expect(files.match(/"path":"[^"]*"/g)?.sort()).toEqual(
    ['/etc/tocsin/secret', '/etc/tocsin/token-ca', '/etc/tocsin/ca', '/etc/tocsin/cert', '/run/key', '/etc/tocsin/a']
      .map((path) => `"path":"${path}"`)
      .sort(),
  );
});

it('is shown so that it could be loaded again, without a secret', () => {
  const block = {
    oauth2: {
      client_id: 'tocsin',
      client_secret: 'hunter2',
      scopes: ['a'],
      token_url: 'http://t.example.org/',
      endpoint_params: { audience: 'x' },
      tls_config: { server_name: 'idp', insecure_skip_verify: 'true' },
    },
    proxy_url: 'http://ops:hunter2@proxy.example.org/',
    proxy_connect_header: { 'X-Key': ['hunter2'] },
    http_headers: { A: { values: ['v'], secrets: ['hunter2'], files: ['f'] } },
    follow_redirects: 'false',
  };
  const shown = showHttpConfig(parse(block));
  expect(JSON.stringify(shown)).not.toContain('hunter2');
  expect(shown).toEqual({
    oauth2: {
      client_id: 'tocsin',
      client_secret: '<secret>',
      scopes: ['a'],
      token_url: 'http://t.example.org/',
      endpoint_params: { audience: 'x' },
      tls_config: { server_name: 'idp', insecure_skip_verify: true },
    },
    follow_redirects: false,
    enable_http2: true,
    proxy_url: 'http://ops:xxxxx@proxy.example.org/',
    proxy_connect_header: { 'X-Key': ['<secret>'] },
    http_headers: { A: { values: ['v'], secrets: ['<secret>'], files: ['f'] } },
  });
});
