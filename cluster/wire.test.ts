import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LARGEST_MESSAGE_BYTES } from './transport.ts';
import { decodeMessage, encodeMessage, WireError, type WireFault } from './wire.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

function onTheWire(json: string | Uint8Array, version = 1): Uint8Array {
  return new Uint8Array(Buffer.concat([Uint8Array.of(version), typeof json === 'string' ? utf8(json) : json]));
}

function faultOf(bytes: Uint8Array): WireFault | undefined {
  const decoded = decodeMessage(bytes);
  return decoded instanceof WireError ? decoded.fault : undefined;
}

function bodyOf(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const decoded = decodeMessage(bytes);
  if (decoded instanceof WireError) throw decoded;
  return decoded.body;
}

test('what is encoded comes out again, whatever its fields are called', () => {
  const anyName = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('__proto__', 'constructor', 'toString'));
  const anyBody = fc.dictionary(
    anyName.filter((name) => name !== 'kind'),
    fc.jsonValue({ maxDepth: 4 }),
  );
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 64 }), anyBody, (kind, body) => {
      const decoded = decodeMessage(encodeMessage(kind, body));
      if (decoded instanceof WireError) throw decoded;
      expect(decoded.kind).toBe(kind);
      expect(JSON.parse(JSON.stringify(decoded.body))).toEqual(JSON.parse(JSON.stringify(body)));
    }),
  );
});

test('any bytes end in a message or an error, and are never thrown at the transport', () => {
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.uint8Array({ maxLength: 64 }).map((json) => onTheWire(json)),
    fc.json().map((json) => onTheWire(json)),
    fc
      .string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', 'a', '1') })
      .map((json) => onTheWire(json)),
  );
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const decoded = decodeMessage(bytes);
      expect(decoded instanceof WireError || typeof decoded.kind === 'string').toBe(true);
    }),
  );
});

describe('refused is', () => {
  test.each<[WireFault, Uint8Array]>([
    ['empty', new Uint8Array()],
    ['too large', onTheWire(`{"kind":"beat","x":"${'x'.repeat(LARGEST_MESSAGE_BYTES)}"}`)],
    ['newer version', onTheWire('{"kind":"beat"}', 2)],
    ['unknown version', onTheWire('{"kind":"beat"}', 0)],
    ['not UTF-8', onTheWire(Uint8Array.of(...utf8('{"kind":"'), 0xff, ...utf8('"}')))],
    ['not JSON', onTheWire('{"kind":"beat"')],
    ['not JSON', onTheWire('\ufeff{"kind":"beat"}')],
    ['nested too deep', onTheWire(`{"kind":"beat","x":${'['.repeat(32)}${']'.repeat(32)}}`)],
    ['nested too deep', onTheWire('['.repeat(200_000))],
    ['not an object of a kind', onTheWire('[]')],
    ['not an object of a kind', onTheWire('null')],
    ['not an object of a kind', onTheWire('{"hears":[]}')],
    ['not an object of a kind', onTheWire('{"kind":7}')],
    ['not an object of a kind', onTheWire('{"__proto__":{"kind":"beat"}}')],
    ['not an object of a kind', onTheWire(`{"kind":"${'x'.repeat(65)}"}`)],
  ])('what is %s', (fault, bytes) => {
    expect(faultOf(bytes)).toBe(fault);
  });
});

test('brackets in texts are no nesting, escaped quotes do not end a text', () => {
  const text = `\\"${'[{'.repeat(100)}"`;
  expect(bodyOf(encodeMessage('beat', { text })).text).toBe(text);
  expect(faultOf(onTheWire(`{"kind":"beat","x":${'['.repeat(31)}${']'.repeat(31)}}`))).toBeUndefined();
});

test('a body has the fields that were sent and no others', () => {
  const body = bodyOf(onTheWire('{"kind":"beat","__proto__":{"isSettled":true}}'));
  expect([body.isSettled, body.constructor, Object.keys(body)]).toEqual([undefined, undefined, ['__proto__']]);
});

test('the largest message passes, one byte more is a programming error', () => {
  const empty = encodeMessage('beat', { text: '' }).length;
  const largest = encodeMessage('beat', { text: 'x'.repeat(LARGEST_MESSAGE_BYTES - empty) });
  expect([largest.length, faultOf(largest)]).toEqual([LARGEST_MESSAGE_BYTES, undefined]);
  expect(() => encodeMessage('beat', { text: 'x'.repeat(LARGEST_MESSAGE_BYTES - empty + 1) })).toThrow(RangeError);
});
