/** Values as Go's encoding/json writes them: keys of maps in order, HTML's characters escaped. */
import { TextBuilder } from './budget.ts';
import { ValueError } from './template-error.ts';
import { TimeValue } from './time-value.ts';
import { integerOf, ListValue, MapValue, StructValue, textOf, typeName, type Value } from './value.ts';
import { ZoneValue } from './zone.ts';

const MAX_NESTING = 100;

/** What JSON.stringify leaves alone and Go does not, since it may stand inside of HTML or of JavaScript. */
const ESCAPED = /[<>&\u2028\u2029]/g;

/** Throws {@link ValueError} for what has no JSON form, or grows too long. */
export function toJson(value: Value): string {
  const builder = new TextBuilder();
  write(value, builder, 0);
  return builder.text;
}

function write(value: Value, builder: TextBuilder, depth: number): void {
  if (depth > MAX_NESTING) {
    throw new ValueError(`a value nested deeper than ${MAX_NESTING} levels cannot be written as JSON`);
  }
  if (value instanceof ListValue) writeList(value.elements, builder, depth);
  else if (value instanceof MapValue) writeObject(value.entries, builder, depth);
  else if (value instanceof StructValue) {
    const { fields, jsonNames } = value;
    writeObject(
      [...fields].map(([field, inner]) => [jsonNames.get(field) ?? field, inner]),
      builder,
      depth,
    );
  } else builder.append(scalar(value));
}

function scalar(value: Value): string {
  if (value == null) return 'null';
  const text = textOf(value);
  if (text !== undefined) return quoted(text);
  const integer = integerOf(value);
  if (integer !== undefined) return String(integer);
  if (value instanceof TimeValue) return quoted(value.toRfc3339());
  if (typeof value === 'boolean') return String(value);
  // Go's zones have nothing that they show.
  if (value instanceof ZoneValue) return '{}';
  if (typeof value !== 'number') throw new ValueError(`json: unsupported type: ${typeName(value)}`);
  if (!Number.isFinite(value)) throw new ValueError(`json: unsupported value: ${value}`);
  return Object.is(value, -0) ? '-0' : String(value);
}

function writeList(elements: readonly Value[], builder: TextBuilder, depth: number): void {
  builder.append('[');
  elements.forEach((element, index) => {
    if (index > 0) builder.append(',');
    write(element, builder, depth + 1);
  });
  builder.append(']');
}

function writeObject(entries: Iterable<readonly [string, Value]>, builder: TextBuilder, depth: number): void {
  let separator = '{';
  for (const [key, value] of entries) {
    builder.append(`${separator}${quoted(key)}:`);
    write(value, builder, depth + 1);
    separator = ',';
  }
  builder.append(separator === '{' ? '{}' : '}');
}

function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll(
    ESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
