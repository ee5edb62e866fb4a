/** Functions and methods as templates call them: Go's parameter types, checked before the body runs. */
import type { Budget } from './budget.ts';
import type { Patterns } from './regex-functions.ts';
import { ANYTHING, ListValue, listOfAnything, type Value } from './value.ts';

/** What a function may know beyond its arguments. Everything here is fixed for a rendering. */
export interface CallContext {
  readonly nowMs: number;
  readonly budget: Budget;
  readonly patterns: Patterns;
  /** '' for a label the route does not have. Throws ValueError. */
  routeLabel(name: string): string;
}

export interface Parameter<T extends Value = Value> {
  readonly typeName: string;
  /** Which constants may be written for it. */
  readonly constants: 'string' | 'int' | 'any' | 'none';
  accepts(value: Value): value is T;
  /** The value an integer constant becomes; absent for `int` itself. */
  readonly fromConstant?: (integer: bigint) => T;
  /** What nil, and no value at all, become; absent where Go's type cannot be nil. */
  readonly nil?: { readonly value: T };
}

export interface Callable {
  readonly parameters: readonly Parameter[];
  /** The type of any number of further arguments. */
  readonly rest: Parameter | undefined;
  /** The arguments are of the parameters' types. Throws ValueError. */
  call(context: CallContext, values: readonly Value[]): Value;
}

type ArgumentOf<P> = P extends Parameter<infer T> ? T : never;
type ArgumentsOf<P extends readonly Parameter[]> = { -readonly [Index in keyof P]: ArgumentOf<P[Index]> };

/** A function of these parameters. */
export function callable<const P extends readonly Parameter[]>(
  parameters: P,
  body: (...values: ArgumentsOf<P>) => Value,
): Callable {
  return contextual(parameters, (_context, ...values) => body(...values));
}

/** A function of these parameters that asks about the rendering, too. */
export function contextual<const P extends readonly Parameter[]>(
  parameters: P,
  body: (context: CallContext, ...values: ArgumentsOf<P>) => Value,
): Callable {
  return {
    parameters,
    rest: undefined,
    call: (context, values) => body(context, ...(values as ArgumentsOf<P>)),
  };
}

/** A function of these parameters and any number of further ones. */
export function variadic<const P extends readonly Parameter[], R extends Parameter>(
  parameters: P,
  rest: R,
  body: (...values: [...ArgumentsOf<P>, ...ArgumentOf<R>[]]) => Value,
): Callable {
  return {
    parameters,
    rest,
    call: (_context, values) => body(...(values as [...ArgumentsOf<P>, ...ArgumentOf<R>[]])),
  };
}

export const STRING: Parameter<string> = {
  typeName: 'string',
  constants: 'string',
  accepts: (value) => typeof value === 'string',
};

export const INT: Parameter<bigint> = {
  typeName: 'int',
  constants: 'int',
  accepts: (value) => typeof value === 'bigint',
};

/** Go's `any`. */
export const ANY: Parameter<Exclude<Value, undefined>> = {
  typeName: ANYTHING,
  constants: 'any',
  accepts: (value): value is Exclude<Value, undefined> => value !== undefined,
  nil: { value: null },
};

/** What Go's own functions take, which look at a value themselves; even no value at all is one. */
export const VALUE: Parameter<Value> = {
  typeName: 'reflect.Value',
  constants: 'any',
  accepts: (_value): _value is Value => true,
  nil: { value: undefined },
};

export const STRINGS: Parameter<ListValue> = {
  typeName: '[]string',
  constants: 'none',
  accepts: (value): value is ListValue => value instanceof ListValue && value.elementType === 'string',
  nil: { value: listOfStrings([]) },
};

export const ANYTHINGS: Parameter<ListValue> = {
  typeName: `[]${ANYTHING}`,
  constants: 'none',
  accepts: (value): value is ListValue => value instanceof ListValue && value.elementType === ANYTHING,
  nil: { value: listOfAnything([]) },
};

export function listOfStrings(elements: readonly string[]): ListValue {
  return new ListValue('[]string', 'string', elements);
}

/** The elements of what {@link STRINGS} accepted. */
export function stringsOf(list: ListValue): readonly string[] {
  return list.elements as readonly string[];
}
