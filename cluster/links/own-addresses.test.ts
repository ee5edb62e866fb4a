import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { ownAddresses } from './own-addresses.ts';

const known = (address: string, internal = false) =>
  ({ address, internal, family: address.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo;
const interfaces = {
  lo: [known('127.0.0.1', true), known('::1', true)],
  eth0: [known('fe80::1'), known('2001:db8::1'), known('10.0.0.1'), known('169.254.0.7')],
};

test('others are told what is configured', () => {
  const options = { advertised: 'node-1.example.org:9094', interfaces };
  expect(ownAddresses({ host: '0.0.0.0', port: 1 }, options)).toEqual(['node-1.example.org:9094']);
});

test('or the address listened on', () => {
  expect(ownAddresses({ host: '10.0.0.1', port: 1 }, { interfaces })).toEqual(['10.0.0.1:1']);
});

test('or, on all interfaces, those that mean something to others', () => {
  expect(ownAddresses({ host: '', port: 1 }, { interfaces })).toEqual(['10.0.0.1:1']);
  expect(ownAddresses({ host: '::', port: 1 }, { interfaces })).toEqual(['10.0.0.1:1', '[2001:db8::1]:1']);
});

test('a machine without a network tells what it has', () => {
  expect(ownAddresses({ host: '0.0.0.0', port: 1 }, { interfaces: { lo: interfaces.lo } })).toEqual(['127.0.0.1:1']);
});
