import { expect, test } from 'vitest';
import { formatHostPort, ListenAddressError, parseListenAddress } from './listen-address.ts';

test.each([
  [':9093', undefined, 9093],
  ['localhost:0', 'localhost', 0],
  ['127.0.0.1:80', '127.0.0.1', 80],
  ['[::1]:9093', '::1', 9093],
  ['[fe80::1%eth0]:1', 'fe80::1%eth0', 1],
])('%s', (text, host, port) => {
  expect(parseListenAddress(text)).toEqual({ host, port });
});

test.each(['9093', '', 'localhost', '::1:9093', ':65536', ':http', 'vsock://3:1', 'http://a:1', '[::1]'])(
  '%j is refused',
  (text) => {
    expect(() => parseListenAddress(text)).toThrow(ListenAddressError);
  },
);

test.each([
  ['127.0.0.1', '127.0.0.1:80'],
  ['::1', '[::1]:80'],
])('%s is printed as %s', (host, text) => {
  expect(formatHostPort(host, 80)).toBe(text);
});
