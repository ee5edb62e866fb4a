/** Which blocks of irc_configs mean one bot and disagree about it, and what is said of them. */
import { expect, test } from 'vitest';
import { parseConfig } from './load.ts';

const PLACE = 'server: irc.example.org, nick: bot';
const OPS = "channels: ['#ops']";

/** Each block a receiver of its own, from line 3 on. */
function warningsOf(...blocks: string[]): readonly string[] {
  const receivers = blocks.map((block, index) => `- {name: r${index}, irc_configs: [{${block}}]}\n`).join('');
  const result = parseConfig(`route: {receiver: r0}\nreceivers:\n${receivers}`);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.warnings.filter((warning) => !warning.includes('is used by no route'));
}

test('one nick and two connections', () => {
  expect(warningsOf(`${PLACE}, ${OPS}`, `${PLACE}, ${OPS}, nickserv_password: hunter2, flood_burst: 2`)).toEqual([
    'line 4: receivers[1].irc_configs[0]: same server and nick as on line 3, but not the same nickserv_password, flood_burst: each gets a connection of its own, and one of them another nick; make them agree, or give this one a nick of its own',
  ]);
});

test.each([
  ['the same host in other letters', 'server: IRC.example.org., nick: bot', ['server']],
  ['the same nick in other letters', 'server: irc.example.org, nick: Bot', ['nick']],
  ['another flood limit', `${PLACE}, flood_interval: 2s`, ['flood_interval']],
  ['an account', `${PLACE}, account: a, password: hunter2`, ['account', 'password']],
  ['another authority', `${PLACE}, tls_config: {insecure_skip_verify: true}`, ['tls_config']],
])('%s', (_name, place, keys) => {
  const [warning] = warningsOf(`${PLACE}, ${OPS}`, `${place}, ${OPS}`);
  expect(/not the same ([^:]*):/.exec(warning ?? '')?.[1]).toBe(keys.join(', '));
  expect(warning).not.toContain('hunter2');
});

test('this machine under two names', () => {
  const local = (server: string) => `server: ${server}, tls: false, ${OPS}`;
  expect(warningsOf(local('localhost'), local('127.0.0.1'), local('"::1"'))).toHaveLength(2);
});

test('is said once of each connection too many, not of each block', () => {
  const other = `${PLACE}, ${OPS}, flood_burst: 2`;
  expect(warningsOf(`${PLACE}, ${OPS}`, other, other, `${PLACE}, ${OPS}`)).toHaveLength(1);
});

test('an introduction that is not used', () => {
  expect(warningsOf(`${PLACE}, ${OPS}`, `${PLACE}, ${OPS}, realname: Mine`)).toEqual([
    'line 4: receivers[1].irc_configs[0].realname: is not used: the connection is shared with the block on line 3, which comes first and has another; set the same in both',
  ]);
  expect(warningsOf(`${PLACE}, ${OPS}, realname: Mine`, `${PLACE}, ${OPS}`)).toEqual([]);
});

test('two keys for one channel, whoever sits in it', () => {
  const keyed = (name: string, key: string) => `channels: [{name: '${name}', ${key}}]`;
  const [first, other] = [`${PLACE}, ${keyed('#k', 'key: hunter2')}`, 'server: irc.example.org, nick: other'];
  expect(warningsOf(first, `${other}, ${keyed('#K', 'key: hunter3')}`)).toEqual([
    'line 4: receivers[1].irc_configs[0].channels[0]: #K has another key here than on line 3; a channel has only one, so set the same in both',
  ]);
  expect(warningsOf(first, `${other}, ${keyed('#k', 'key_file: k')}`)).toHaveLength(1);
});

test.each([
  ['all the same', [`${PLACE}, ${OPS}`, `${PLACE}, channels: ['#dev'], lines: group, message: own`]],
  ['another nick', [`${PLACE}, ${OPS}`, `server: irc.example.org, nick: other, ${OPS}, flood_burst: 2`]],
  ['another server', [`${PLACE}, ${OPS}`, `server: irc.example.com, nick: bot, ${OPS}, flood_burst: 2`]],
  ['another port', [`${PLACE}, ${OPS}`, `${PLACE}, port: 7000, ${OPS}, flood_burst: 2`]],
  [
    'the same key, or none',
    [`${PLACE}, channels: [{name: '#k', key: a}]`, `${PLACE}, channels: [{name: '#K', key: a}]`, `${PLACE}, ${OPS}`],
  ],
])('no warning: %s', (_name, blocks) => {
  expect(warningsOf(...blocks)).toEqual([]);
});
