import { describe, expect, it } from 'vitest';
import { connectionKey, type IrcConfig, ircConfigSchema, resolveIrcFiles, showIrcConfig } from './config.ts';

const minimal = { server: 'irc.example.org', channels: ['#ops'] };
const parse = (block: object): IrcConfig => ircConfigSchema.parse(block);

function problems(block: object): string[] {
  const { error } = ircConfigSchema.safeParse({ ...minimal, ...block });
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

it('needs a server and a channel, and has sensible defaults for the rest', () => {
  expect(showIrcConfig(parse(minimal))).toEqual({
    send_resolved: true,
    server: 'irc.example.org',
    port: 6697,
    tls: true,
    nick: 'tocsin',
    username: 'tocsin',
    realname: 'Tocsin alerts',
    channels: ['#ops'],
    message_type: 'notice',
    lines: 'alert',
    flood_burst: 4,
    flood_interval: '1.2s',
  });
  expect(parse({ ...minimal, tls: 'no' }).connection).toMatchObject({ port: 6667, tls: undefined });
});

const everything = {
  send_resolved: 'false',
  server: 'irc.example.org',
  port: '7000',
  tls: 'true',
  tls_config: { ca_file: 'ca.pem', insecure_skip_verify: 'true' },
  nick: '[bot]-a',
  username: 'bot',
  realname: 'The bot',
  account: 'bot-account',
  password: 'S4SL',
  nickserv_password_file: 'nickserv',
  server_password: 'S3RV3R',
  channels: ['#ops', { name: '&local' }, { name: '+keyed', key: 'K3Y' }, { name: '!filed', key_file: 'key' }],
  message_type: 'message',
  lines: 'group',
  message: '{{ .CommonAnnotations.summary }}',
  flood_burst: '1',
  flood_interval: '2s',
};

it('shows all of it but the secrets, and what is shown may be loaded again', () => {
  const shown = showIrcConfig(parse(everything));
  expect(shown).toMatchObject({
    password: '<secret>',
    nickserv_password_file: 'nickserv',
    server_password: '<secret>',
    channels: ['#ops', '&local', { name: '+keyed', key: '<secret>' }, { name: '!filed', key_file: 'key' }],
    tls_config: { ca_file: 'ca.pem', insecure_skip_verify: true },
  });
  expect(JSON.stringify(shown)).not.toMatch(/S4SL|S3RV3R|K3Y/);
  const texts = JSON.parse(JSON.stringify(shown), (_key, value) => (typeof value === 'object' ? value : String(value)));
  expect(showIrcConfig(parse(texts))).toEqual(shown);
});

it('files are relative to the configuration file', () => {
  const shown = showIrcConfig(resolveIrcFiles(parse(everything), '/etc/tocsin'));
  expect(shown).toMatchObject({
    nickserv_password_file: '/etc/tocsin/nickserv',
    tls_config: { ca_file: '/etc/tocsin/ca.pem' },
  });
  expect(JSON.stringify(shown.channels)).toContain('/etc/tocsin/key');
});

describe('what is refused, and what is said', () => {
  it.each<[object, string | RegExp]>([
    [{ server: undefined }, 'server: must be set'],
    [{ server: 'irc.example.org:6697' }, 'server: must be a host without a port; the port has a key of its own'],
    [{ server: 'ircs://irc.example.org' }, /^server: must be a host, not a URL/],
    [{ server: 'irc.example.org\r\nQUIT' }, /^server: must be a host name/],
    [{ port: '0' }, 'port: must be from 1 to 65535'],
    [{ nick: '9lives' }, /^nick: must be 1 to 30/],
    [{ nick: 'a b' }, /^nick:/],
    [{ username: 'a@b' }, /^username:/],
    [{ realname: 'two\nlines' }, /^realname:/],
    [{ account: 'a' }, 'account: needs its password: set password or password_file as well'],
    [{ password: 'a' }, 'password: needs its account: set account as well'],
    [{ password_file: 'a' }, 'password_file: needs its account: set account as well'],
    [{ account: 'a', password: 'b', password_file: 'c' }, /^password_file: at most one/],
    [{ account: 'a', password: 'b\r\nQUIT' }, 'password: must be a single line'],
    [{ nickserv_password: 'b\nQUIT' }, 'nickserv_password: must be a single line'],
    [{ tls: 'false', tls_config: { ca_file: 'x' } }, 'tls_config: has no effect without tls'],
    [{ channels: undefined }, "channels: must name at least one channel, such as ['#ops']"],
    [{ channels: [] }, /^channels: must name at least one/],
    [{ channels: '#ops' }, /^channels: must be a list/],
    [{ channels: [null] }, /^channels\.0: must be a name in quotes, such as '#ops': unquoted, # begins a comment/],
    [{ channels: ['ops'] }, /^channels\.0: must begin with #.*did you mean "#ops"\?$/],
    [{ channels: ['#a,#b'] }, /^channels\.0: must begin with #/],
    [{ channels: ['#a b'] }, /^channels\.0:/],
    [{ channels: ['#a\u0007'] }, /^channels\.0:/],
    [{ channels: [`#${'ö'.repeat(30)}`] }, /^channels\.0:/],
    [{ channels: ['#Ops', '#oPS'] }, 'channels.1: #oPS is listed twice'],
    [{ channels: [{ name: '#ops', key: 'a,b' }] }, /^channels\.0\.key: must hold no space/],
    [{ channels: [{ name: '#ops', kee: 'a' }] }, /^channels\.0: Unrecognized key/],
    [{ channels: Array.from({ length: 21 }, (_, index) => `#c${index}`) }, 'channels: must be at most 20 channels'],
    [{ message_type: 'shout' }, 'message_type: must be notice or message, not "shout"'],
    [{ lines: 'none' }, 'lines: must be alert or group, not "none"'],
    [{ flood_burst: '0' }, 'flood_burst: must be from 1 to 100'],
    [{ flood_interval: '1m' }, /^flood_interval: must be at most 10s/],
    [{ sasl: {} }, /^: Unrecognized key/],
  ])('%j', (block, problem) => {
    expect(problems(block)).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)]);
  });

  it('never repeats a secret that came into the wrong key', () => {
    expect(problems({ nick: 'hunter2 hunter2' }).join()).not.toContain('hunter2');
    expect(problems({ channels: [{ name: '#ops', key: 'hunter2,' }] }).join()).not.toContain('hunter2');
  });
});

it('receivers share a connection if they agree in all of it but the introduction, secrets included', () => {
  const key = (change: object) => connectionKey(parse({ ...minimal, ...change }).connection);
  expect(key({ username: 'other', realname: 'Other' })).toBe(key({}));
  expect(key({ channels: ['#other'], lines: 'group', server: 'IRC.example.org' })).toBe(key({}));
  const others = [
    { port: '7000' },
    { nick: 'other' },
    { tls: 'false', port: '6697' },
    { tls_config: { insecure_skip_verify: 'true' } },
    { account: 'a', password: 'b' },
    { account: 'a', password: 'c' },
    { server_password: 'b' },
    { server_password_file: 'b' },
    { flood_interval: '1s' },
  ];
  expect(new Set([key({}), ...others.map(key)]).size).toBe(others.length + 1);
});
