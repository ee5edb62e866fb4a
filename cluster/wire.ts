/**
 * How a message looks on the wire: one byte of version, then a JSON object in UTF-8 that names its kind. Whatever bytes
 * come in, decoding ends in a message of bounded size and depth or in a WireError that says why not; it never throws.
 */
import { LARGEST_MESSAGE_BYTES } from './transport.ts';

/** A message of a higher version comes from a newer node, whose messages cannot be read at all. */
export const WIRE_VERSION = 1;

/** Records nest to about ten; what nests deeper would overflow the stack of whoever walks it. */
const DEEPEST_NESTING = 32;
const LONGEST_KIND = 64;

export type WireFault =
  | 'empty'
  | 'too large'
  | 'newer version'
  | 'unknown version'
  | 'not UTF-8'
  | 'nested too deep'
  | 'not JSON'
  | 'not an object of a kind';

export class WireError extends Error {
  override readonly name = 'WireError';
  readonly fault: WireFault;

  constructor(fault: WireFault, options?: ErrorOptions) {
    super(`a message cannot be read: ${fault}`, options);
    this.fault = fault;
  }
}

export interface WireMessage {
  /** May be one that this version does not know. */
  readonly kind: string;
  /**
   * All other fields, unchecked, unknown ones included. It inherits nothing, so that a field named as a method of
   * Object is absent unless it was sent; objects within it are ordinary ones and need `Object.hasOwn`.
   */
  readonly body: Readonly<Record<string, unknown>>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The body has no field `kind` of its own.
 * @throws RangeError above the largest message: a programming error, whoever has more sends several.
 */
export function encodeMessage(kind: string, body: object): Uint8Array {
  const json = encoder.encode(JSON.stringify({ ...body, kind }));
  const bytes = new Uint8Array(1 + json.length);
  if (bytes.length > LARGEST_MESSAGE_BYTES) {
    throw new RangeError(`a message of kind ${kind} has ${bytes.length} bytes, more than ${LARGEST_MESSAGE_BYTES}`);
  }
  bytes[0] = WIRE_VERSION;
  bytes.set(json, 1);
  return bytes;
}

export function decodeMessage(bytes: Uint8Array): WireMessage | WireError {
  if (bytes.length > LARGEST_MESSAGE_BYTES) return new WireError('too large');
  const version = bytes[0];
  if (version === undefined) return new WireError('empty');
  if (version !== WIRE_VERSION) return new WireError(version > WIRE_VERSION ? 'newer version' : 'unknown version');
  const json = bytes.subarray(1);
  if (nestsTooDeep(json)) return new WireError('nested too deep');
  let parsed: unknown;
  try {
    parsed = JSON.parse(decoder.decode(json));
  } catch (cause) {
    return new WireError(cause instanceof SyntaxError ? 'not JSON' : 'not UTF-8', { cause });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return new WireError('not an object of a kind');
  }
  // Into an object without a prototype `__proto__` is copied as a field like any other.
  const body: Record<string, unknown> = Object.assign(Object.create(null), parsed);
  const { kind } = body;
  if (typeof kind !== 'string' || kind === '' || kind.length > LONGEST_KIND) {
    return new WireError('not an object of a kind');
  }
  delete body.kind;
  return { kind, body };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = [0x5b, 0x7b];
const CLOSING = [0x5d, 0x7d];

/** Counted before parsing; right for all valid JSON, and what is not valid fails at the parser. */
function nestsTooDeep(json: Uint8Array): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < json.length; index += 1) {
    const byte = json[index] ?? 0;
    if (isInString) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if (OPENING.includes(byte)) {
      depth += 1;
      if (depth > DEEPEST_NESTING) return true;
    } else if (CLOSING.includes(byte)) depth -= 1;
  }
  return false;
}
