/** Evaluates what stands inside actions: pipelines, fields, methods, functions. One for every call of a template. */
import type { Callable, CallContext, Parameter } from './callable.ts';
import { executionError } from './execution-error.ts';
import { FUNCTIONS } from './functions.ts';
import type { Command, Definition, Expression, NumberLiteral, Pipeline, Span } from './node.ts';
import { ValueError } from './template-error.ts';
import { ANYTHING, isTrue, MapValue, StructValue, sizeOf, TypedValue, typeName, type Value } from './value.ts';

/** What a call costs besides what it touches. */
const STEPS_PER_CALL = 4;
/** Characters or elements that a call takes or gives for one step of the budget. */
const SIZE_PER_STEP = 4;

/** The value a pipeline hands to its next command; none for the first. */
type Piped = readonly [] | readonly [Value];

const NO_ARGUMENTS: readonly Expression[] = [];

export class ExpressionEvaluator {
  readonly #definition: Definition;
  readonly #context: CallContext;
  /** The last one of a name counts. */
  readonly #variables: { readonly name: string; value: Value }[];

  constructor(definition: Definition, data: Value, context: CallContext) {
    this.#definition = definition;
    this.#context = context;
    this.#variables = [{ name: '$', value: data }];
  }

  /** Forgets the variables that `body` declares. */
  scoped<T>(body: () => T): T {
    const count = this.#variables.length;
    const result = body();
    this.#variables.length = count;
    return result;
  }

  /** The value, which is also given to the pipeline's variables. */
  pipeline(pipeline: Pipeline, dot: Value): Value {
    let piped: Piped = [];
    let value: Value;
    for (const command of pipeline.commands) {
      value = this.#command(command, dot, piped);
      // A nil inside an interface is no value once it has been through a pipeline.
      if (value === null) value = undefined;
      piped = [value];
    }
    for (const name of pipeline.variables) {
      if (pipeline.isAssignment) this.#assign(name, value, pipeline);
      else this.#variables.push({ name, value });
    }
    return value;
  }

  /** The variables of a range: one takes the element, two take index and element. */
  setLoopVariables(over: Pipeline, index: Value, element: Value): void {
    const { variables, isAssignment } = over;
    variables.forEach((name, position) => {
      const value = variables.length > 1 && position === 0 ? index : element;
      // Declared anew for every turn, on top of what the pipeline itself has declared.
      if (isAssignment) this.#assign(name, value, over);
      else this.#variables.push({ name, value });
    });
  }

  #assign(name: string, value: Value, at: Span): void {
    this.#variable(name, at).value = value;
  }

  #variable(name: string, at: Span): { value: Value } {
    return (
      this.#variables.findLast((variable) => variable.name === name) ?? this.#fail(at, `undefined variable: ${name}`)
    );
  }

  #command(command: Command, dot: Value, piped: Piped): Value {
    const { first } = command;
    switch (first.kind) {
      case 'field':
        return this.#chain(first, dot, dot, command.arguments, piped);
      case 'chain':
        return this.#chain(first, this.#chainTarget(first.target, dot), dot, command.arguments, piped);
      case 'identifier':
        return this.#function(first.name, command, dot, command.arguments, piped);
      case 'variable':
        if (first.names.length > 0) {
          return this.#chain(first, this.#variable(first.name, first).value, dot, command.arguments, piped);
        }
    }
    if (command.arguments.length > 0 || piped.length > 0) {
      this.#fail(first, `can't give argument to non-function ${this.#sourceOf(first)}`);
    }
    if (first.kind === 'nil') this.#fail(first, 'nil is not a command');
    return this.#operand(first, dot);
  }

  /** An expression by itself, without arguments. */
  #operand(expression: Expression, dot: Value): Value {
    switch (expression.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return null;
      case 'bool':
      case 'string':
        return expression.value;
      case 'number':
        return numberOf(expression) ?? this.#fail(expression, `${this.#sourceOf(expression)} overflows int`);
      case 'field':
        return this.#chain(expression, dot, dot, NO_ARGUMENTS, []);
      case 'variable': {
        const { value } = this.#variable(expression.name, expression);
        return expression.names.length === 0 ? value : this.#chain(expression, value, dot, NO_ARGUMENTS, []);
      }
      case 'chain':
        return this.#chain(expression, this.#chainTarget(expression.target, dot), dot, NO_ARGUMENTS, []);
      case 'identifier':
        return this.#function(expression.name, expression, dot, NO_ARGUMENTS, []);
      case 'pipeline':
        return this.#guarded(expression, () => this.#context.budget.nested(() => this.pipeline(expression, dot)));
    }
  }

  #chainTarget(target: Expression, dot: Value): Value {
    if (target.kind === 'nil') this.#fail(target, 'indirection through explicit nil');
    return this.#operand(target, dot);
  }

  /** `.A.B.C arguments`: only the last name takes them. */
  #chain(
    at: Span & { readonly names: readonly string[] },
    receiver: Value,
    dot: Value,
    parameters: readonly Expression[],
    piped: Piped,
  ): Value {
    const { names } = at;
    let value = receiver;
    for (const name of names.slice(0, -1)) value = this.#field(at, name, value, dot, NO_ARGUMENTS, []);
    return this.#field(at, names.at(-1) ?? '', value, dot, parameters, piped);
  }

  #field(at: Span, name: string, receiver: Value, dot: Value, parameters: readonly Expression[], piped: Piped): Value {
    if (receiver === undefined) return undefined;
    if (receiver === null) return this.#fail(at, `nil pointer evaluating ${ANYTHING}.${name}`);
    const method = receiver instanceof TypedValue ? receiver.method(name) : undefined;
    if (method !== undefined) return this.#call(at, name, method, dot, parameters, piped);
    const hasArguments = parameters.length > 0 || piped.length > 0;
    if (receiver instanceof MapValue) {
      if (hasArguments) this.#fail(at, `${name} is not a method but has arguments`);
      return receiver.get(name);
    }
    if (receiver instanceof StructValue && receiver.fields.has(name)) {
      if (hasArguments) this.#fail(at, `${name} has arguments but cannot be invoked as function`);
      return receiver.fields.get(name);
    }
    const known = receiver instanceof StructValue ? `; there are ${[...receiver.fields.keys()].join(', ')}` : '';
    return this.#fail(at, `can't evaluate field ${name} in type ${typeName(receiver)}${known}`);
  }

  #function(name: string, at: Span, dot: Value, parameters: readonly Expression[], piped: Piped): Value {
    if (name === 'and' || name === 'or') return this.#stopEarly(name, at, dot, parameters, piped);
    const callable = FUNCTIONS.get(name) ?? this.#fail(at, `"${name}" is not a defined function`);
    return this.#call(at, name, callable, dot, parameters, piped);
  }

  /** The first argument that decides, else the last one; those after it are not evaluated. */
  #stopEarly(name: 'and' | 'or', at: Span, dot: Value, parameters: readonly Expression[], piped: Piped): Value {
    if (parameters.length + piped.length === 0) {
      this.#fail(at, `wrong number of args for ${name}: want at least 1 got 0`);
    }
    let value: Value;
    for (const parameter of parameters) {
      value = this.#operand(parameter, dot) ?? undefined;
      if (isTrue(value) === (name === 'or')) return value;
    }
    return piped.length > 0 ? piped[0] : value;
  }

  #call(at: Span, name: string, target: Callable, dot: Value, parameters: readonly Expression[], piped: Piped): Value {
    const fixed = target.parameters.length;
    const given = parameters.length + piped.length;
    if (target.rest === undefined ? given !== fixed : given < fixed) {
      const want = target.rest === undefined ? fixed : `at least ${fixed}`;
      this.#fail(at, `wrong number of args for ${name}: want ${want} got ${given}`);
    }
    const values: Value[] = [];
    let size = 0;
    for (let index = 0; index < given; index++) {
      const parameter = target.parameters[index] ?? target.rest;
      if (parameter === undefined) break;
      const expression = parameters[index];
      const value: Value =
        expression === undefined ? this.#checked(piped[0], parameter, at) : this.#argument(expression, parameter, dot);
      size += sizeOf(value);
      values.push(value);
    }
    return this.#guarded(
      at,
      () => {
        const { budget } = this.#context;
        budget.spend(STEPS_PER_CALL + Math.ceil(size / SIZE_PER_STEP));
        const result = target.call(this.#context, values);
        budget.spend(Math.ceil(sizeOf(result) / SIZE_PER_STEP));
        return result;
      },
      `error calling ${name}: `,
    );
  }

  /** Constants take the type that is asked for; everything else has one. */
  #argument(expression: Expression, parameter: Parameter, dot: Value): Value {
    const { constants } = parameter;
    switch (expression.kind) {
      case 'nil':
        if (parameter.nil === undefined) this.#fail(expression, `cannot assign nil to ${parameter.typeName}`);
        return parameter.nil.value;
      case 'bool':
      case 'string':
      case 'number':
        if (constants === 'any') return this.#operand(expression, dot);
        if (constants === 'string' && expression.kind === 'string') return expression.value;
        if (constants === 'int' && expression.kind === 'number' && expression.int !== undefined) {
          return parameter.fromConstant?.(expression.int) ?? expression.int;
        }
        return this.#fail(expression, `expected ${parameter.typeName}; found ${this.#sourceOf(expression)}`);
      default:
        return this.#checked(this.#operand(expression, dot), parameter, expression);
    }
  }

  #checked(value: Value, parameter: Parameter, at: Span): Value {
    if (value === undefined && parameter.nil !== undefined) return parameter.nil.value;
    if (parameter.accepts(value)) return value;
    if (value === undefined) return this.#fail(at, `invalid value; expected ${parameter.typeName}`);
    const found = value === null ? ANYTHING : typeName(value);
    return this.#fail(at, `wrong type for value; expected ${parameter.typeName}; got ${found}`);
  }

  #guarded<T>(at: Span, body: () => T, prefix = ''): T {
    try {
      return body();
    } catch (cause) {
      if (!(cause instanceof ValueError)) throw cause;
      return this.#fail(at, prefix + cause.message, cause);
    }
  }

  #sourceOf({ start, end }: Span): string {
    return this.#definition.source.text.slice(start, end);
  }

  #fail(at: Span, message: string, cause?: Error): never {
    throw executionError(this.#definition, at, message, cause);
  }
}

/** Where nothing asks for a type, the syntax decides. */
function numberOf(literal: NumberLiteral): Value {
  return literal.isFloat ? literal.float : literal.int;
}
