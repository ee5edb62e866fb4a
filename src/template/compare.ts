/** eq, ne, lt, le, gt, ge as Go's templates compare: kinds must agree, and a float is no int. */
import { compareText } from '../model/labels.ts';
import { ValueError } from './template-error.ts';
import { TimeValue } from './time-value.ts';
import { integerOf, type Kind, kindOf, StructValue, textOf, typeName, type Value } from './value.ts';

const BASIC: ReadonlySet<Kind> = new Set<Kind>(['bool', 'string', 'int', 'uint', 'float']);

/** Whether the first is equal to any of the others. Throws {@link ValueError} for what cannot be compared. */
export function equalsAny(value: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new ValueError('missing argument for comparison');
  return others.some((other) => equals(value, other));
}

function equals(a: Value, b: Value): boolean {
  const kindA = kindOf(a);
  const kindB = kindOf(b);
  if (kindA === 'invalid' || kindB === 'invalid') return kindA === kindB;
  if (BASIC.has(kindA) || BASIC.has(kindB)) return basicOrder(a, b) === 0;
  if (kindA !== kindB) throw new ValueError(`non-comparable types ${typeName(a)} and ${typeName(b)}`);
  return sameStruct(a, b);
}

function sameStruct(a: Value, b: Value): boolean {
  if (kindOf(a) === 'pointer') return a === b;
  if (!isComparable(b)) {
    throw new ValueError(`non-comparable type ${typeName(b)}; compare its fields or its elements`);
  }
  if (a instanceof TimeValue && b instanceof TimeValue) {
    return a.epochNanoseconds === b.epochNanoseconds && a.zone === b.zone;
  }
  if (!(a instanceof StructValue) || !(b instanceof StructValue) || a.typeName !== b.typeName) return false;
  return [...a.fields].every(([name, field]) => equals(field, b.fields.get(name)));
}

function isComparable(value: Value): boolean {
  if (value instanceof StructValue) return value.fields.values().every(isComparable);
  return value instanceof TimeValue || BASIC.has(kindOf(value));
}

/** Throws {@link ValueError} for what has no order. */
export function isLess(a: Value, b: Value): boolean {
  for (const value of [a, b]) {
    if (!BASIC.has(kindOf(value))) throw new ValueError(`invalid type for comparison: ${typeName(value)}`);
  }
  const order = basicOrder(a, b);
  if (typeof a === 'boolean') throw new ValueError('invalid type for comparison: bool');
  return order < 0;
}

/** Negative if `a` is smaller, zero if they are equal, NaN for what is neither. */
function basicOrder(a: Value, b: Value): number {
  const integerA = integerOf(a);
  const integerB = integerOf(b);
  if (integerA !== undefined && integerB !== undefined) return integerA === integerB ? 0 : integerA < integerB ? -1 : 1;
  const textA = textOf(a);
  const textB = textOf(b);
  if (textA !== undefined && textB !== undefined) return compareText(textA, textB);
  if (typeof a === 'number' && typeof b === 'number') return a === b ? 0 : a < b ? -1 : a > b ? 1 : Number.NaN;
  if (typeof a === 'boolean' && typeof b === 'boolean') return a === b ? 0 : 1;
  throw new ValueError(
    `incompatible types for comparison: ${typeName(a)} and ${typeName(b)}${isNumberPair(a, b) ? '; write 1.0 to compare with a float' : ''}`,
  );
}

function isNumberPair(a: Value, b: Value): boolean {
  return (
    (integerOf(a) ?? a) !== undefined &&
    [a, b].every((value) => typeof value === 'number' || integerOf(value) !== undefined)
  );
}
