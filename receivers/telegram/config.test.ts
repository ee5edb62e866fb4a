import { describe, expect, it } from 'vitest';
import { defaultReceiverDefaults } from '../defaults.ts';
import { receiverDependencies } from '../testing/dependencies.ts';
import { telegram } from './telegram.ts';

const problems = (block: object) =>
  (telegram.schema.safeParse(block).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

const least = { bot_token: '1:S3CR3T', chat_id: '-42' };

it('has Alertmanager’s defaults, and a deadline of its own', () => {
  const receiver = telegram.create(telegram.schema.parse(least), receiverDependencies());
  expect(receiver).toMatchObject({
    sendResolved: true,
    attemptTimeoutMs: 20_000,
    destination: 'https://api.telegram.org chat -42 thread 0',
  });
});

it('names the same destination on nodes that keep the chat in different directories', () => {
  const [one, peer] = ['/etc/tocsin/chat', '/run/secrets/chat'].map((file) => {
    const config = telegram.schema.parse({ bot_token: '1:S3CR3T', chat_id_file: file });
    return telegram.create(config, receiverDependencies()).destination;
  });
  expect(peer).toBe(one);
});

it('reads every key', () => {
  const block = {
    send_resolved: 'no',
    http_config: { follow_redirects: 'false' },
    api_url: 'http://localhost:8081',
    bot_token_file: 'token',
    chat_id_file: 'chat',
    message_thread_id: '7',
    message: '{{ .Status }}',
    disable_notifications: 'false',
    parse_mode: '',
  };
  expect(telegram.schema.parse(block)).toMatchObject({
    sendResolved: false,
    http: { followRedirects: false },
    apiUrl: 'http://localhost:8081',
    botToken: { kind: 'file', path: 'token' },
    chat: { kind: 'file', path: 'chat' },
    messageThreadId: 7,
    message: '{{ .Status }}',
    disableNotifications: false,
    parseMode: '',
  });
});

it.each([
  [{ bot_token: '1:a' }, ': one of chat_id and chat_id_file must be set'],
  [{ ...least, chat_id: '0' }, ': one of chat_id and chat_id_file must be set'],
  [{ ...least, chat_id_file: 'x' }, 'chat_id_file: at most one of chat_id and chat_id_file may be set'],
  [{ ...least, bot_token_file: 'x' }, 'bot_token_file: at most one of bot_token and bot_token_file may be set'],
  [{ ...least, chat_id: '@ops' }, 'chat_id: must be a whole number, not "@ops"'],
  [{ ...least, parse_mode: 'html' }, 'parse_mode: must be HTML, Markdown, MarkdownV2 or empty, not "html"'],
  [{ ...least, api_url: 'api.telegram.org' }, expect.stringMatching(/^api_url: must be an absolute URL/)],
  [{ ...least, chat: '1' }, ': Unrecognized key: "chat"'],
])('%j is refused', (block, problem) => expect(problems(block)).toEqual([problem]));

describe('the bot’s token', () => {
  const missing = (block: object, botToken = defaultReceiverDefaults.telegram.botToken) =>
    telegram.findMissing?.(telegram.schema.parse(block), {
      ...defaultReceiverDefaults,
      telegram: { ...defaultReceiverDefaults.telegram, botToken },
    });

  it('must be said, here or in global', () => {
    expect(missing({ chat_id: '1' })).toEqual([
      { path: ['bot_token'], message: expect.stringContaining('must be set') },
    ]);
    expect(missing(least)).toEqual([]);
    expect(missing({ chat_id: '1' }, telegram.schema.parse(least).botToken)).toEqual([]);
  });
});

it('may be loaded again as it was shown, and shows no token', () => {
  const config = telegram.schema.parse({
    ...least,
    message: 'm',
    disable_notifications: 'true',
    message_thread_id: '7',
  });
  const shown = telegram.show(config, defaultReceiverDefaults);
  expect(shown).toEqual({
    send_resolved: true,
    http_config: { follow_redirects: true, enable_http2: true },
    api_url: 'https://api.telegram.org',
    bot_token: '<secret>',
    chat_id: -42,
    message_thread_id: 7,
    message: 'm',
    disable_notifications: true,
    parse_mode: 'HTML',
  });
  const texts = Object.fromEntries(Object.entries(shown).map(([key, value]) => [key, String(value)]));
  expect(problems({ ...texts, http_config: {} })).toEqual([]);
});

it('shows no password of api_url, whoever said it', () => {
  const apiUrl = 'http://ops:hunter2@bot-api.example.org:8081/';
  const own = telegram.show(telegram.schema.parse({ ...least, api_url: apiUrl }), defaultReceiverDefaults);
  const defaults = { ...defaultReceiverDefaults, telegram: { ...defaultReceiverDefaults.telegram, apiUrl } };
  const global = telegram.show(telegram.schema.parse(least), defaults);
  for (const shown of [own, global]) expect(shown.api_url).toBe('http://ops:xxxxx@bot-api.example.org:8081/');
});

it('resolves the files of http_config but not its own', () => {
  const files = { bot_token_file: 'token', chat_id_file: 'chat', http_config: { tls_config: { ca_file: 'ca.pem' } } };
  expect(telegram.resolveFiles(telegram.schema.parse(files), '/etc/tocsin')).toMatchObject({
    botToken: { path: 'token' },
    chat: { path: 'chat' },
    http: { tls: { ca: { path: '/etc/tocsin/ca.pem' } } },
  });
});
