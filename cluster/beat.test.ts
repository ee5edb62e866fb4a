import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Beat, encodeBeat, readBeat } from './beat.ts';
import { decodeMessage, WireError } from './wire.ts';

const BEAT: Beat = {
  boot: 'b00t',
  sequence: 7,
  name: 'berlin',
  version: '1.2.3',
  configHash: 'c0ffee',
  hears: [['oslo', 120]],
  links: ['oslo'],
  clones: [],
  isSettled: true,
  isLeaving: false,
  wallMs: 1_767_614_400_000,
  rootHashes: {},
};

function overTheWire(beat: Beat): Beat | undefined {
  const message = decodeMessage(encodeBeat(beat));
  if (message instanceof WireError) throw message;
  return readBeat(message.body);
}

test('a beat arrives as it was sent, with its rare fields and without', () => {
  expect(overTheWire(BEAT)).toEqual(BEAT);
  const rare = {
    ...BEAT,
    clones: ['rome'],
    isLeaving: true,
    rootHashes: { silences: 'abc' },
    url: 'https://berlin.test/',
  };
  expect(overTheWire(rare)).toEqual(rare);
});

test('a name that is too long is cut rather than refused', () => {
  expect(overTheWire({ ...BEAT, name: 'x'.repeat(1_000) })?.name).toHaveLength(256);
});

test.each([
  ['javascript:alert(1)'],
  ['data:text/html,x'],
  ['//berlin.test/'],
  ['https://me:secret@berlin.test/'],
  [`https://berlin.test/${'x'.repeat(300)}`],
  [7],
])('the address of a page %s is left out, by whoever says it and whoever hears it', (url) => {
  expect(readBeat({ ...BEAT, url })).toEqual(BEAT);
  expect(overTheWire({ ...BEAT, url: url as string })).toEqual(BEAT);
});

test('a field of a newer node is ignored', () => {
  expect(readBeat({ ...BEAT, mood: 'fine' })).toEqual(BEAT);
});

test.each<[string, Record<string, unknown>]>([
  ['no boot', { boot: undefined }],
  ['a boot with a space', { boot: 'a b' }],
  ['an empty boot', { boot: '' }],
  ['a name that is no text', { name: 7 }],
  ['a name without end', { name: 'x'.repeat(257) }],
  ['a negative sequence', { sequence: -1 }],
  ['a sequence that cannot be counted further', { sequence: 2 ** 53 }],
  ['a wall clock that is no number', { wallMs: '1767614400000' }],
  ['an age below zero', { hears: [['oslo', -1]] }],
  ['an age without a node', { hears: [[120]] }],
  ['a node with a space', { links: ['os lo'] }],
  ['members without end', { links: Array.from({ length: 257 }, (_, index) => `n${index}`) }],
  ['hears of no list', { hears: { oslo: 120 } }],
  ['settled of no truth', { isSettled: 'yes' }],
  ['root hashes of a list', { rootHashes: ['abc'] }],
  ['root hashes of no text', { rootHashes: { silences: {} } }],
])('a beat with %s is refused', (_, wrong) => {
  expect(readBeat({ ...BEAT, ...wrong })).toBeUndefined();
});

test('whatever a peer sends is read or refused', () => {
  const anyField = fc.constantFrom(...Object.keys(BEAT));
  fc.assert(
    fc.property(fc.dictionary(anyField, fc.jsonValue()), (fields) => {
      const read = readBeat({ ...BEAT, ...fields });
      if (read) expect(overTheWire(read)).toEqual(read);
    }),
  );
});
