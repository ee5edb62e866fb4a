/** The configuration as it is shown: complete, without secrets, and a configuration again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Config } from './config.ts';
import { formatConfigErrors, parseConfig } from './load.ts';

const HEAD = 'route: {receiver: a}\nreceivers: [{name: a}]\n';
const LARGE = readFileSync(join(import.meta.dirname, 'fixtures/large-installation.yml'), 'utf8');

function load(text: string, directory = '/etc/tocsin'): Config {
  const result = parseConfig(text, { directory });
  if (!result.ok) throw new Error(formatConfigErrors('f', result.errors));
  return result.config;
}

test('defaults are filled in', () => {
  expect(parse(load(HEAD).shown)).toMatchObject({
    global: { resolve_timeout: '5m', smtp_hello: 'localhost', http_config: { follow_redirects: true } },
    route: { receiver: 'a', continue: false },
    receivers: [{ name: 'a' }],
    templates: [],
  });
});

test('what is shown loads again and shows the same', () => {
  const { shown } = load(LARGE);
  expect(load(shown).shown).toBe(shown);
});

test('what is shown routes the same', () => {
  const config = load(LARGE);
  const { shown, hash, ...rest } = load(config.shown);
  expect(rest.route).toEqual(config.route);
  expect(rest.inhibitRules).toEqual(config.inhibitRules);
  expect(rest.timeIntervals).toEqual(config.timeIntervals);
});

test.each([
  'on',
  '012',
  '1_000',
  '2026-11-21',
  '08:30',
  '~',
  'null',
  '',
  '"',
  "'",
  'a: b',
  '# x',
  '<<',
  '\u2028',
  'ü\n b',
])('the text %j is still itself when it is read back', (value) => {
  const route = `route: {receiver: a, routes: [{match: {x: ${JSON.stringify(value)}}}]}\nreceivers: [{name: a}]`;
  expect(load(load(route).shown).route.routes[0]?.matchers[0]?.value).toBe(value);
});

describe('secrets', () => {
  const SECRET = 'hunter2-Ünïcödé';
  const inGlobal = [
    ...['smtp_auth_password', 'smtp_auth_secret', 'slack_app_token', 'opsgenie_api_key', 'wechat_api_secret'],
    ...['victorops_api_key', 'telegram_bot_token', 'rocketchat_token', 'rocketchat_token_id'],
  ].map((key) => [`global.${key}`, `${HEAD}global: {${key}: "${SECRET}"}`] as const);
  const urls = ['slack_api_url', 'mattermost_webhook_url', 'opsgenie_api_url', 'jira_api_url'].map(
    (key) => [`global.${key}`, `${HEAD}global: {${key}: "http://user:${SECRET}@x/"}`] as const,
  );
  const inHttp = [
    `basic_auth: {username: u, password: "${SECRET}"}`,
    `authorization: {credentials: "${SECRET}"}`,
    `bearer_token: "${SECRET}"`,
    `oauth2: {client_id: c, client_secret: "${SECRET}", token_url: "http://x/"}`,
    `http_headers: {X-Key: {secrets: ["${SECRET}"]}}`,
    `proxy_url: "http://user:${SECRET}@x/"`,
  ].flatMap((keys) => [
    [`global http_config ${keys.split(':')[0]}`, `${HEAD}global: {http_config: {${keys}}}`] as const,
    [
      `webhook http_config ${keys.split(':')[0]}`,
      `route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: "http://x/", http_config: {${keys}}}]}]`,
    ] as const,
  ]);
  const webhook = [
    ['webhook url', `route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: "http://x/${SECRET}"}]}]`],
  ] as const;
  const places = [...inGlobal, ...urls, ...inHttp, ...webhook];

  const tells = (value: unknown) => {
    const text = JSON.stringify(value);
    return text.includes('hunter2') || text.includes(encodeURIComponent('Ünï'));
  };

  test.each(places)('%s is not shown', (_place, text) => {
    const config = load(text);
    expect(tells([config.shown, config])).toBe(false);
  });

  test.each(places)('%s is in no error or warning, whatever else is wrong with it', (_place, text) => {
    const spoilt = [
      text.replace(`"${SECRET}"`, `["${SECRET}"]`),
      text.replace(`"${SECRET}"`, `{${SECRET}: ${SECRET}, ${SECRET}: 1}`),
      text.replace(`"${SECRET}"`, `*${SECRET}`),
      text.replace(`"${SECRET}"`, `!${SECRET} x`),
      text.replace(`"${SECRET}"`, `"${SECRET}`),
      text.replace(`"${SECRET}"`, `"\\${SECRET}"`),
      text.replace(/"http:[^"]*"/, `"ftp://${SECRET}"`),
      text.replace(/"http:[^"]*"/, `[{"http://${SECRET}": x}]`),
      text.replace(/: \{/, `: {${'x'}: 1, `),
      `${text}\ntracing: {}\n`,
    ];
    for (const variant of spoilt) {
      const result = parseConfig(variant, { directory: '/' });
      expect(tells(result.ok ? result.warnings : result.errors), variant).toBe(false);
    }
  });

  test('<secret> is accepted where a secret URL is expected', () => {
    expect(parse(load(`${HEAD}global: {slack_api_url: <secret>}`).shown).global.slack_api_url).toBe('<secret>');
  });
});

describe('hash', () => {
  const withPassword = (password: string) => `${HEAD}global: {smtp_auth_password: ${password}}`;
  test('does not change with the directory or with secrets', () => {
    expect(load(LARGE, '/etc/a').hash).toBe(load(LARGE, '/srv/b').hash);
    expect(load(withPassword('x')).hash).toBe(load(withPassword('y')).hash);
    const withHeader = `${HEAD}global: {http_config: {http_headers: {X-Key: {files: [key]}}}}`;
    expect(load(withHeader, '/etc/a').hash).toBe(load(withHeader, '/srv/b').hash);
  });

  test.each([
    ['telegram_configs: [{chat_id: 1, bot_token: X}]', 'telegram_configs: [{chat_id: 1, bot_token_file: f}]'],
    ['webhook_configs: [{url: "http://a.test/X"}]', 'webhook_configs: [{url_file: f}]'],
    [
      'webhook_configs: [{url_file: f, http_config: {basic_auth: {username: u, password: X}}}]',
      'webhook_configs: [{url_file: f, http_config: {basic_auth: {username: u, password_file: f}}}]',
    ],
  ])('is the same wherever the secret lies: %s', (inline, inFile) => {
    const hash = (receiver: string) => load(`route: {receiver: r}\nreceivers: [{name: r, ${receiver}}]`).hash;
    expect(hash(inline)).toBe(hash(inFile));
    expect(hash(inline)).toBe(hash(inline.replace('X', 'Y')));
  });

  test('changes with what the configuration does', () => {
    expect(load(LARGE).hash).not.toBe(load(LARGE.replace('group_wait: 30s', 'group_wait: 31s')).hash);
  });

  test('is lower-case hex SHA-256', () => {
    expect(load(HEAD).hash).toMatch(/^[0-9a-f]{64}$/);
  });
});
