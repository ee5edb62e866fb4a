import { expect, test } from 'vitest';
import { AddressBook } from './address-book.ts';

const HOUR_MS = 3_600_000;
const book = () => new AddressBook({ self: 'self', forgetAfterMs: 6 * HOUR_MS });

test('a peer’s own word comes first, and that of others beside it', () => {
  const addresses = book();
  addresses.toldOf('b', ['10.0.0.9:1'], 0);
  addresses.linked('b', 0);
  addresses.toldOwn('b', ['10.0.0.1:1', '10.0.0.9:1']);
  expect(addresses.addressesOf('b')).toEqual(['10.0.0.1:1', '10.0.0.9:1']);
  expect(addresses.ownAddressesOf('b')).toEqual(['10.0.0.1:1', '10.0.0.9:1']);
});

test('a peer that moved while it was out of reach is found where others say', () => {
  const addresses = book();
  addresses.linked('b', 0);
  addresses.toldOwn('b', ['old:1']);
  addresses.closed('b', 1);
  addresses.toldOf('b', ['new:1'], 2);
  expect(addresses.addressesOf('b')).toEqual(['old:1', 'new:1']);
});

test('nobody is told of itself', () => {
  expect(book().toldOf('self', ['10.0.0.1:1'], 0)).toBe(false);
});

test('who has been out of reach for long is forgotten, who is linked never', () => {
  const addresses = book();
  addresses.linked('here', 0);
  addresses.linked('gone', 0);
  addresses.closed('gone', HOUR_MS);
  addresses.toldOf('never seen', ['x:1'], 5 * HOUR_MS);
  expect(addresses.forget(7 * HOUR_MS)).toEqual([]);
  expect(addresses.forget(7 * HOUR_MS + 1)).toEqual(['gone']);
  expect(addresses.forget(12 * HOUR_MS)).toEqual(['never seen']);
  expect(addresses.peers).toEqual(['here']);
});

test('hearsay drives out nobody; who links up drives out who was gone longest', () => {
  const addresses = book();
  for (let index = 0; index < 64; index += 1) addresses.toldOf(`peer ${index}`, [`10.0.0.${index}:1`], index);
  expect(addresses.toldOf('one more', ['10.0.0.99:1'], 100)).toBe(false);
  expect(addresses.linked('one more', 100)).toBe(true);
  expect(addresses.peers).toHaveLength(64);
  expect(addresses.peers).not.toContain('peer 0');
});

test('when all are linked there is room for nobody', () => {
  const addresses = book();
  for (let index = 0; index < 64; index += 1) addresses.linked(`peer ${index}`, index);
  expect(addresses.linked('one more', 100)).toBe(false);
});
