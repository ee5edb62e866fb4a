/**
 * The values templates work with. They carry Go's types, since Go's types decide what prints how, what compares with what
 * and which method exists. Nothing in here is a plain object: what JavaScript objects inherit is never in reach.
 */
import type { Callable } from './callable.ts';

/**
 * undefined: no value at all (prints `<no value>`). null: a nil inside an `interface {}` (prints `<nil>`). bigint: an
 * `int`. number: a `float64`.
 */
export type Value = undefined | null | boolean | string | bigint | number | TypedValue;

export type Kind = 'invalid' | 'bool' | 'string' | 'int' | 'uint' | 'float' | 'slice' | 'map' | 'struct' | 'pointer';

/** Every value that is not one of JavaScript's own. Immutable. */
export abstract class TypedValue {
  /** As `%T` prints it. */
  abstract readonly typeName: string;
  abstract readonly kind: Kind;

  /** Go's `String()`: how it prints, where its type says so itself. */
  stringer(): string | undefined {
    return undefined;
  }

  /** Go's `GoString()`: how `%#v` prints it. */
  goStringer(): string | undefined {
    return undefined;
  }

  method(_name: string): Callable | undefined {
    return undefined;
  }
}

/** An integer of another type than `int`. */
export class IntegerValue extends TypedValue {
  readonly typeName: string;
  readonly kind: 'int' | 'uint';
  readonly integer: bigint;

  constructor(typeName: string, integer: bigint, kind: 'int' | 'uint' = 'int') {
    super();
    this.typeName = typeName;
    this.kind = kind;
    this.integer = integer;
  }
}

/** A text of another type than `string`: what `safeHtml` and `safeUrl` vouch for. */
export class TrustedText extends TypedValue {
  override readonly kind = 'string';
  readonly typeName: 'template.HTML' | 'template.URL';
  readonly text: string;

  constructor(typeName: TrustedText['typeName'], text: string) {
    super();
    this.typeName = typeName;
    this.text = text;
  }
}

export class ListValue extends TypedValue {
  override readonly kind = 'slice';
  readonly typeName: string;
  /** The type of an element; the name of an `interface {}` is written in Go's way. */
  readonly elementType: string;
  readonly elements: readonly Value[];

  constructor(typeName: string, elementType: string, elements: readonly Value[]) {
    super();
    this.typeName = typeName;
    this.elementType = elementType;
    this.elements = elements;
  }

  /** A list of the same type. */
  withElements(elements: readonly Value[]): ListValue {
    return new ListValue(this.typeName, this.elementType, elements);
  }
}

/** What Go writes for a type that holds anything. */
export const ANYTHING = 'interface {}';

export function listOfAnything(elements: readonly Value[]): ListValue {
  return new ListValue(`[]${ANYTHING}`, ANYTHING, elements);
}

export class MapValue extends TypedValue {
  override readonly kind = 'map';
  readonly typeName: string;
  /** In code point order of the keys, the order in which Go prints and ranges over them. */
  readonly entries: ReadonlyMap<string, Value>;
  /** What a missing key reads as. */
  readonly zero: '' | null;

  constructor(typeName: string, entries: ReadonlyMap<string, Value>, zero: '' | null) {
    super();
    this.typeName = typeName;
    this.entries = entries;
    this.zero = zero;
  }

  get(key: string): Value {
    const value = this.entries.get(key);
    return value === undefined ? this.zero : value;
  }
}

type Fields = ReadonlyMap<string, Value>;

export class StructValue extends TypedValue {
  readonly kind: 'struct' | 'pointer';
  readonly typeName: string;
  /** By field; a field that is not in here keeps its own name. */
  readonly jsonNames: ReadonlyMap<string, string>;
  #fields: Fields | (() => Fields);

  /** @param fields in Go's order of declaration; a function is called when somebody first asks, and has no effects */
  constructor(typeName: string, fields: Fields | (() => Fields), jsonNames: ReadonlyMap<string, string> = new Map()) {
    super();
    this.typeName = typeName;
    this.kind = typeName.startsWith('*') ? 'pointer' : 'struct';
    this.jsonNames = jsonNames;
    this.#fields = fields;
  }

  /** In Go's order of declaration. */
  get fields(): Fields {
    if (typeof this.#fields === 'function') this.#fields = this.#fields();
    return this.#fields;
  }
}

export function typeName(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'float64';
    default:
      return value == null ? '<nil>' : value.typeName;
  }
}

export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'float';
    default:
      return value == null ? 'invalid' : value.kind;
  }
}

/** What `if`, `with`, `and`, `or` and `not` take for true: everything but false, zero, nil and what is empty. */
export function isTrue(value: Value): boolean {
  if (value instanceof IntegerValue) return value.integer !== 0n;
  if (value instanceof TrustedText) return value.text !== '';
  if (value instanceof ListValue) return value.elements.length > 0;
  if (value instanceof MapValue) return value.entries.size > 0;
  // NaN is true: it is not zero.
  if (typeof value === 'number') return value !== 0;
  return Boolean(value);
}

/** The integer of any integral type. */
export function integerOf(value: Value): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return value instanceof IntegerValue ? value.integer : undefined;
}

/** The text of any textual type. */
export function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof TrustedText ? value.text : undefined;
}

/** How much there is to touch: characters or elements. What a step of the budget is charged by. */
export function sizeOf(value: Value): number {
  if (value instanceof ListValue) return value.elements.length;
  if (value instanceof MapValue) return value.entries.size;
  return textOf(value)?.length ?? 0;
}
