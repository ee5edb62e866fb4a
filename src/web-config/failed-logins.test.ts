import { describe, expect, test } from 'vitest';
import { clientOf } from './client-address.ts';
import { FailedLogins } from './failed-logins.ts';

const burst = Array.from({ length: 10 });

describe('a client that fails to log in', () => {
  test('may do so ten times at once, then once in five seconds', () => {
    const failures = new FailedLogins();
    for (const _ of burst) expect(failures.begin('a', 0)).toBe(0);
    expect(failures.begin('a', 0)).toBe(5000);
    expect(failures.begin('a', 4000)).toBe(1000);
    expect(failures.begin('a', 5000)).toBe(0);
    expect(failures.begin('a', 5000)).toBe(5000);
  });

  test('keeps no other from trying', () => {
    const failures = new FailedLogins();
    for (const _ of [...burst, 'one more']) failures.begin('a', 0);
    expect(failures.begin('b', 0)).toBe(0);
  });
});

test('who succeeds has not used up anything, and is forgotten', () => {
  const failures = new FailedLogins();
  for (let count = 0; count < 100; count++) {
    expect(failures.begin('a', 0)).toBe(0);
    failures.succeeded('a', 0);
  }
  expect(failures.size).toBe(0);
});

test('of very many clients those are forgotten that were quiet for longest', () => {
  const failures = new FailedLogins();
  for (const _ of [...burst, 'one more']) failures.begin('first', 0);
  for (let client = 0; client < 20_000; client++) failures.begin(String(client), 0);
  expect(failures.size).toBe(10_000);
  expect(failures.begin('first', 0)).toBe(0);
});

describe('one client is', () => {
  test.each([
    ['an IPv4 address', '192.0.2.7', '192.0.2.7'],
    ['the same address within IPv6', '::ffff:192.0.2.7', '192.0.2.7'],
    ['a /64', '2001:db8:0:1:2:3:4:5', '2001:db8:0:1::/64'],
    ['the same /64, written shorter', '2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
    ['a /64 of zeros', '2001:db8::1', '2001:db8:0:0::/64'],
    ['the loopback', '::1', '0:0:0:0::/64'],
    ['a link, without its interface', 'fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['somebody who has gone', undefined, 'unknown'],
  ])('%s', (_, address, client) => {
    expect(clientOf(address)).toBe(client);
  });
});
