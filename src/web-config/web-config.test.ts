import { describe, expect, test } from 'vitest';
import { formatConfigErrors } from '../config/config-error.ts';
import { openSslCiphers } from './go-tls-names.ts';
import { parseWebConfig } from './web-config.ts';

const HASH = `$2y$10$${'a'.repeat(53)}`;
const directory = '/etc/tocsin';

function accepted(text: string) {
  const result = parseWebConfig(text, { directory });
  return result.ok ? result : expect.unreachable(formatConfigErrors('web.yml', result.errors));
}

function refused(text: string): string {
  const result = parseWebConfig(text, { directory });
  return result.ok ? expect.unreachable(`${text} is taken`) : formatConfigErrors('web.yml', result.errors);
}

test.each(['', '# nothing yet\n', '{}', 'tls_server_config:\nbasic_auth_users:\n'])(
  'a file without content asks for nothing: %j',
  (text) => {
    expect(accepted(text).config).toEqual({ tls: undefined, headers: {}, users: new Map(), rateLimit: undefined });
  },
);

test('everything the toolkit documents is read', () => {
  const { config, warnings } = accepted(`
tls_server_config:
  cert_file: server.crt
  key_file: /keys/server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: clients.crt
  client_allowed_sans: [prometheus.example.org]
  min_version: TLS13
  max_version: TLS13
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
  prefer_server_cipher_suites: false
  curve_preferences: [CurveP256, X25519]
http_server_config:
  http2: true
  headers: {X-Frame-Options: sameorigin, Strict-Transport-Security: max-age=31536000}
basic_auth_users: {ann: '${HASH}'}
rate_limit: {interval: 100ms, burst: 20}
`);
  expect(config).toMatchObject({
    tls: {
      cert: { path: '/etc/tocsin/server.crt' },
      key: { path: '/keys/server.key' },
      clientPolicy: 'RequireAndVerifyClientCert',
      clientCa: { path: '/etc/tocsin/clients.crt' },
      clientAllowedSans: ['prometheus.example.org'],
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      prefersOwnCipherOrder: false,
      curves: ['P-256', 'X25519'],
    },
    headers: { 'X-Frame-Options': 'sameorigin', 'Strict-Transport-Security': 'max-age=31536000' },
    rateLimit: { intervalMs: 100, burst: 20 },
  });
  expect(config.users.get('ann')?.reveal()).toBe(HASH);
  expect(warnings).toEqual([]);
});

test('TLS is 1.2 or newer unless something else is said', () => {
  const { config } = accepted('tls_server_config: {cert: c, key: k}');
  expect(config.tls).toMatchObject({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', clientPolicy: 'NoClientCert' });
});

test('whoever chooses cipher suites for TLS 1.2 keeps TLS 1.3', () => {
  expect(openSslCiphers(['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'])).toBe(
    'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:ECDHE-RSA-AES128-GCM-SHA256',
  );
});

describe('a mistake is an error with its line and advice:', () => {
  const tls = (more: string) => `tls_server_config:\n  cert_file: c\n  key_file: k\n  ${more}`;
  test.each([
    ['an unknown key', 'tls_config: {}', 'web.yml:1: tls_config: unknown key; known are tls_server_config,'],
    [
      'an unknown key in a block',
      tls('cert_fil: c'),
      ':4: tls_server_config.cert_fil: unknown key; did you mean "cert_file"?',
    ],
    [
      'no key',
      'tls_server_config: {cert_file: c}',
      'key_file: TLS needs both certificate and key; set key_file, or key',
    ],
    ['no certificate', 'tls_server_config: {key_file: c}', 'cert_file: TLS needs both certificate and key'],
    ['an inline certificate beside a file', tls('cert: c'), 'at most one of cert and cert_file'],
    ['an unknown policy', tls('client_auth_type: Always'), 'must be one of NoClientCert, RequestClientCert'],
    [
      'clients named and not asked',
      tls('client_ca_file: ca'),
      ':4: tls_server_config.client_ca_file: no client is asked',
    ],
    ['names of clients not asked', tls('client_allowed_sans: [a]'), 'no client is asked for a certificate'],
    ['TLS 1.0', tls('min_version: TLS10'), 'min_version: is broken and not spoken here'],
    ['TLS 1.1 at most', tls('max_version: TLS11'), 'max_version: is broken and not spoken here'],
    ['an unknown version', tls('min_version: "1.2"'), 'must be one of TLS12, TLS13, not "1.2"'],
    [
      'versions the wrong way round',
      tls('min_version: TLS13\n  max_version: TLS12'),
      ':5: tls_server_config.max_version',
    ],
    ['a suite without forward secrecy', tls('cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]'), 'has no forward secrecy'],
    ['an invented suite', tls('cipher_suites: [TLS_GOOD]'), 'is none of the suites that Go calls secure'],
    ['an invented curve', tls('curve_preferences: [P-256]'), 'must be one of CurveP256, CurveP384'],
    ['another header', 'http_server_config: {headers: {X-Foo: bar}}', 'headers.X-Foo: cannot be set here'],
    ['a frame option', 'http_server_config: {headers: {X-Frame-Options: maybe}}', 'must be deny or sameorigin'],
    ['a header of two lines', 'http_server_config: {headers: {X-XSS-Protection: "a\\nb"}}', 'must be one line'],
    ['a password instead of its hash', 'basic_auth_users: {ann: secret}', 'is no bcrypt hash; make one with: htpasswd'],
    ['a hash that takes for ever', `basic_auth_users: {ann: '$2y$31$${'a'.repeat(53)}'}`, 'too slow to log in'],
    ['a name that cannot be sent', `basic_auth_users: {'a:b': '${HASH}'}`, 'a name cannot hold a colon'],
    ['a rate that lets nobody in', 'rate_limit: {interval: 1s}', 'burst: must be at least 1'],
  ])('%s', (_, text, message) => {
    expect(refused(text)).toContain(message);
  });

  test('all of them at once, in order', () => {
    const lines = refused(`rate_limit: {burst: x}\n${tls('min_version: TLS10')}\nnothing: true`).split('\n');
    expect(lines.map((line) => line.split(': ')[0])).toEqual(['web.yml:1', 'web.yml:5', 'web.yml:6']);
  });
});

test('neither a hash nor what stands in its place is in a message', () => {
  expect(refused('basic_auth_users: {ann: hunter2, bob: "$2y$10$short"}')).not.toMatch(/hunter2|short/);
});

describe('what is doubtful is warned of:', () => {
  test('passwords without TLS', () => {
    expect(accepted(`basic_auth_users: {ann: '${HASH}'}`).warnings.join()).toContain('passwords travel readable');
  });

  test('names of certificates that anybody can make', () => {
    const text =
      'tls_server_config: {cert: c, key: k, client_auth_type: RequireAnyClientCert, client_allowed_sans: [a]}';
    expect(accepted(text).warnings.join()).toContain('anybody can make a certificate with such a name');
  });
});
