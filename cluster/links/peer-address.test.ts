import { describe, expect, test } from 'vitest';
import { formatHostAndPort, isNodeId, multiaddrText, parsePeerAddress, readPeerAddress } from './peer-address.ts';

const PEER = '12D3KooWGC6tPcfAMXpBPvTvDnGdWJpTXr5fVbVs1jkyu1DZTdt5';

describe('an address', () => {
  test.each([
    ['10.0.0.2:9094', { host: '10.0.0.2', port: 9094 }],
    ['[2001:db8::2]:9094', { host: '2001:db8::2', port: 9094 }],
    ['node-2.example.org:9094', { host: 'node-2.example.org', port: 9094 }],
    ['localhost:1', { host: 'localhost', port: 1 }],
    ['/ip4/10.0.0.2/tcp/9094', { host: '10.0.0.2', port: 9094 }],
    ['/ip6/2001:db8::2/tcp/9094', { host: '2001:db8::2', port: 9094 }],
    ['/dns/node-2/tcp/9094', { host: 'node-2', port: 9094 }],
    ['/dns4/node-2/tcp/9094', { host: 'node-2', port: 9094, family: 4 }],
    ['/dns6/node-2/tcp/9094', { host: 'node-2', port: 9094, family: 6 }],
    [`/dns/node-2/tcp/9094/p2p/${PEER}`, { host: 'node-2', port: 9094, peer: PEER }],
  ])('%s is understood', (text, address) => {
    expect(parsePeerAddress(text)).toEqual(address);
  });

  test.each([
    '',
    'node-2',
    'node-2:',
    ':9094',
    'node-2:0',
    'node-2:65536',
    '10.0.0.300:9094',
    '2001:db8::2:9094',
    '[node-2]:9094',
    'no de:9094',
    'node\n:9094',
    `${'a'.repeat(64)}:9094`,
    `${'a.'.repeat(300)}b:9094`,
    '/ip4/node-2/tcp/9094',
    '/ip4/10.0.0.2/udp/9094',
    '/ip4/10.0.0.2/tcp/9094/ws',
    '/ip4/10.0.0.2/tcp/9094/p2p/nobody',
    `/ip4/10.0.0.2/tcp/9094/p2p/${PEER}/p2p-circuit`,
    '/unix/tmp%2Fsocket',
    '/dnsaddr/example.org/tcp/1',
    '/',
  ])('%j is refused with a word on what is wanted', (text) => {
    expect(() => parsePeerAddress(text)).toThrow(/write host:port/);
    expect(readPeerAddress(text)).toBeUndefined();
  });

  test('that is no text is none', () => {
    for (const value of [undefined, null, 7, {}, ['a:1']]) expect(readPeerAddress(value)).toBeUndefined();
  });

  test('is written as it is read', () => {
    expect(formatHostAndPort({ host: '::1', port: 9094 })).toBe('[::1]:9094');
    expect(formatHostAndPort({ host: 'node-2', port: 9094 })).toBe('node-2:9094');
    expect(multiaddrText({ host: '::1', port: 9094 })).toBe('/ip6/::1/tcp/9094');
    expect(multiaddrText({ host: '10.0.0.2', port: 9094 }, PEER)).toBe(`/ip4/10.0.0.2/tcp/9094/p2p/${PEER}`);
  });
});

test('a node’s id is a text of base 58 of the right length', () => {
  expect(isNodeId(PEER)).toBe(true);
  for (const value of ['', 'a b', `${PEER}0`, 'x'.repeat(65), 7, undefined]) expect(isNodeId(value)).toBe(false);
});
