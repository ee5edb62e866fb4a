import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeLinkMessage, encodeLinkMessage, LARGEST_LINK_MESSAGE_BYTES } from './link-message.ts';

const PEER = '12D3KooWGC6tPcfAMXpBPvTvDnGdWJpTXr5fVbVs1jkyu1DZTdt5';
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

test('what one end tells is what the other hears', () => {
  const told = { addresses: ['10.0.0.1:9094', '[::1]:9094'], peers: [{ peer: PEER, addresses: ['node-2:9094'] }] };
  expect(decodeLinkMessage(encodeLinkMessage(told))).toEqual(told);
  expect(decodeLinkMessage(encodeLinkMessage({ peers: [] }))).toEqual({ peers: [] });
});

test('more than anybody needs is not taken', () => {
  const addresses = Array.from({ length: 100 }, (_, index) => `10.0.0.${index}:9094`);
  const heard = decodeLinkMessage(bytes({ addresses, peers: Array.from({ length: 1000 }, () => [PEER, addresses]) }));
  expect(heard?.addresses).toHaveLength(8);
  expect(heard?.peers).toHaveLength(64);
  expect(heard?.peers[0]?.addresses).toHaveLength(8);
});

test('what is no address and who is no node is left out', () => {
  const heard = decodeLinkMessage(
    bytes({
      addresses: ['10.0.0.1:9094', 'file:///etc/passwd', '10.0.0.1:0', 7, null, '/unix/tmp', 'a b:1'],
      peers: [[PEER, ['x']], ['nobody', ['10.0.0.1:9094']], [PEER], 'peer', null, [[], []]],
      more: 'of a newer node',
    }),
  );
  expect(heard).toEqual({ addresses: ['10.0.0.1:9094'], peers: [{ peer: PEER, addresses: [] }] });
});

test('whatever bytes come in, nothing is thrown', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => void decodeLinkMessage(noise)));
  fc.assert(fc.property(fc.jsonValue(), (value) => void decodeLinkMessage(bytes(value))));
  expect(decodeLinkMessage(new Uint8Array())).toBeUndefined();
});

test('a message always fits, whatever is to be told', () => {
  const long = `/dns/${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}/tcp/9094`;
  const peers = Array.from({ length: 64 }, () => ({ peer: PEER, addresses: Array.from({ length: 8 }, () => long) }));
  const encoded = encodeLinkMessage({ addresses: [long], peers });
  expect(encoded.length).toBeLessThanOrEqual(LARGEST_LINK_MESSAGE_BYTES);
  expect(decodeLinkMessage(encoded)?.addresses).toEqual([long]);
});
