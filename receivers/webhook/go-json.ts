/**
 * JSON as Go's encoding/json writes it, which receivers compare, sign and diff: HTML-safe strings and maps sorted by the
 * bytes of their keys. JSON.stringify cannot: it puts keys that look like array indexes first, whatever their order.
 */
import { compareText } from '../../src/model/labels.ts';

export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonMap | JsonFields;

/** Written sorted by key. A Map, since a plain object cannot hold every key. */
export type JsonMap = ReadonlyMap<string, JsonValue>;

/** Written in the given order, as Go writes the fields of a struct. */
export class JsonFields {
  readonly entries: readonly (readonly [name: string, value: JsonValue])[];

  constructor(entries: readonly (readonly [name: string, value: JsonValue])[]) {
    this.entries = entries;
  }
}

/** No line break at the end. Throws a RangeError for what JSON cannot say: infinities and NaN. */
export function goJson(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return goJsonString(value);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError(`JSON cannot hold the number ${value}`);
  if (typeof value !== 'object') return String(value);
  if (value instanceof JsonFields) return object(value.entries);
  if (value instanceof Map) return object([...value].sort(([a], [b]) => compareText(a, b)));
  return `[${(value as readonly JsonValue[]).map(goJson).join(',')}]`;
}

function object(entries: readonly (readonly [name: string, value: JsonValue])[]): string {
  return `{${entries.map(([name, value]) => `${goJsonString(name)}:${goJson(value)}`).join(',')}}`;
}

function goJsonString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
