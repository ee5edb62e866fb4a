import { expect, test } from 'vitest';
import { flagsInOrder } from './flag-order.ts';

const flags = [
  { name: 'cluster.label', value: '', isDefault: true },
  { name: 'web.listen-address', value: ':9093', isDefault: false },
  { name: 'config.file', value: '/etc/tocsin.yml', isDefault: false },
];

test('what somebody has set comes first', () => {
  expect(flagsInOrder(flags).map(({ name }) => name)).toEqual(['config.file', 'web.listen-address', 'cluster.label']);
});

test('flags are found as they are written on a command line', () => {
  expect(flagsInOrder(flags, ' --WEB').map(({ name }) => name)).toEqual(['web.listen-address']);
  expect(flagsInOrder(flags, 'tocsin.yml').map(({ name }) => name)).toEqual(['config.file']);
});
