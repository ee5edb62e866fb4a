/** index, slice, len and the functions that build lists and maps. Texts count in bytes of UTF-8, as in Go. */
import { compareText } from '../model/labels.ts';
import { ValueError } from './template-error.ts';
import {
  ANYTHING,
  IntegerValue,
  integerOf,
  ListValue,
  MapValue,
  TrustedText,
  textOf,
  typeName,
  type Value,
} from './value.ts';

/** `index x 1 "a"` is x[1]["a"]. A missing key gives the map's zero; throws {@link ValueError} beyond the end of a list. */
export function index(collection: Value, keys: readonly Value[]): Value {
  if (collection == null) throw new ValueError('index of untyped nil');
  let item: Value = collection;
  for (const key of keys) item = indexOne(item, key);
  return item;
}

function indexOne(item: Value, key: Value): Value {
  if (item == null) throw new ValueError('index of nil pointer');
  if (item instanceof MapValue) {
    if (key == null) throw new ValueError('value is nil; should be of type string');
    if (typeof key !== 'string') throw new ValueError(`value has type ${typeName(key)}; should be string`);
    return item.get(key);
  }
  const text = textOf(item);
  if (text !== undefined) {
    const bytes = Buffer.from(text, 'utf8');
    return new IntegerValue('uint8', BigInt(bytes[position(key, bytes.length - 1)] ?? 0), 'uint');
  }
  if (item instanceof ListValue) return item.elements[position(key, item.elements.length - 1)];
  throw new ValueError(`can't index item of type ${typeName(item)}`);
}

/** `slice x 1 2` is x[1:2]. A text cut inside a character shows U+FFFD there. Throws {@link ValueError} beyond the end. */
export function slice(item: Value, bounds: readonly Value[]): Value {
  if (item == null) throw new ValueError('slice of untyped nil');
  if (bounds.length > 3) throw new ValueError(`too many slice indexes: ${bounds.length}`);
  const text = textOf(item);
  if (text !== undefined && bounds.length === 3) throw new ValueError('cannot 3-index slice a string');
  if (text === undefined && !(item instanceof ListValue))
    throw new ValueError(`can't slice item of type ${typeName(item)}`);
  const bytes = text === undefined ? undefined : Buffer.from(text, 'utf8');
  const length = item instanceof ListValue ? item.elements.length : (bytes?.length ?? 0);
  const [start = 0, end = length, capacity = length] = bounds.map((bound) => position(bound, length));
  if (start > end) throw new ValueError(`invalid slice index: ${start} > ${end}`);
  if (end > capacity) throw new ValueError(`invalid slice index: ${end} > ${capacity}`);
  if (item instanceof ListValue) return item.withElements(item.elements.slice(start, end));
  const cut = bytes?.subarray(start, end).toString('utf8') ?? '';
  return item instanceof TrustedText ? new TrustedText(item.typeName, cut) : cut;
}

function position(key: Value, last: number): number {
  if (key == null) throw new ValueError('cannot index slice/array with nil');
  const integer = integerOf(key);
  if (integer === undefined) throw new ValueError(`cannot index slice/array with type ${typeName(key)}`);
  if (integer < 0n || integer > BigInt(last)) throw new ValueError(`index out of range: ${integer}`);
  return Number(integer);
}

/** Throws {@link ValueError} for what has no length. */
export function length(item: Value): bigint {
  if (item === null) throw new ValueError('len of nil pointer');
  const text = textOf(item);
  if (text !== undefined) return BigInt(Buffer.byteLength(text, 'utf8'));
  if (item instanceof ListValue) return BigInt(item.elements.length);
  if (item instanceof MapValue) return BigInt(item.entries.size);
  throw new ValueError(`len of type ${typeName(item)}`);
}

/** A map of anything from keys and values in turn; a later key wins. Throws {@link ValueError}. */
export function dict(keysAndValues: readonly Value[]): MapValue {
  if (keysAndValues.length % 2 !== 0) throw new ValueError('dict requires an even number of arguments');
  const entries: [string, Value][] = [];
  for (let at = 0; at < keysAndValues.length; at += 2) {
    const key = keysAndValues[at];
    if (typeof key !== 'string') throw new ValueError('dict keys must be strings');
    entries.push([key, keysAndValues[at + 1]]);
  }
  // Sorting is stable, so of equal keys the later one is set last.
  entries.sort(([a], [b]) => compareText(a, b));
  return new MapValue(`map[string]${ANYTHING}`, new Map(entries), null);
}
