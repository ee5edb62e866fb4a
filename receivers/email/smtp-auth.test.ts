import { expect, it } from 'vitest';
import { chooseMechanism } from './smtp-auth.ts';

const login = { username: 'tocsin', identity: undefined, password: 'p', secret: 's', isProtected: true };
const ALL = ['PLAIN', 'LOGIN', 'CRAM-MD5'];

it.each([
  [login, ALL, 'CRAM-MD5'],
  [{ ...login, secret: undefined }, ALL, 'PLAIN'],
  [{ ...login, secret: undefined }, ['LOGIN', 'CRAM-MD5'], 'LOGIN'],
  [{ ...login, password: undefined }, ALL, 'CRAM-MD5'],
  [{ ...login, secret: undefined, isProtected: false }, ['LOGIN'], 'LOGIN'],
])('%j with %j offered uses %s', (given, offered, mechanism) => {
  expect(chooseMechanism(given, offered)).toEqual({ mechanism });
});

it.each([
  [{ ...login, secret: undefined, isProtected: false }, ALL, 'unencrypted'],
  [{ ...login, secret: undefined, password: undefined }, ALL, 'neither auth_password nor auth_secret'],
  [{ ...login, secret: undefined }, ['CRAM-MD5'], 'needs auth_secret'],
  [{ ...login, password: undefined }, ['PLAIN'], '(PLAIN)'],
  [login, [], 'none that is known'],
])('%j with %j offered cannot: %s', (given, offered, problem) => {
  expect(chooseMechanism(given, offered)).toEqual({ problem: expect.stringContaining(problem) });
});
