/** Evaluates what stands inside actions: pipelines, fields, methods, functions. One for every call of a template. */

import type { Blame } from './blame.ts';
import type { Callable, CallContext, Parameter } from './callable.ts';
import { FUNCTIONS } from './functions.ts';
import type { Command, Expression, Pipeline, Span } from './node.ts';
import { ANYTHING, isTrue, MapValue, StructValue, sizeOf, TypedValue, typeName, type Value } from './value.ts';

/** What a call costs besides what it touches. */
const STEPS_PER_CALL = 4;
/** Characters or elements that a call takes or gives for one step of the budget. */
const SIZE_PER_STEP = 4;

/** The value a pipeline hands to its next command; none for the first. */
type Piped = readonly [] | readonly [Value];

/** What a field, method or function is used with. */
interface Given {
  /** What `.` means in the arguments. */
  readonly dot: Value;
  readonly expressions: readonly Expression[];
  readonly piped: Piped;
}

/** A function or method, and what it is called in the template. */
interface Callee {
  readonly name: string;
  readonly target: Callable;
  /** Of the value whose method it is. */
  readonly size: number;
}

function nothing(dot: Value): Given {
  return { dot, expressions: [], piped: [] };
}

export class ExpressionEvaluator {
  readonly #blame: Blame;
  readonly #context: CallContext;
  /** The last one of a name counts. */
  readonly #variables: { readonly name: string; value: Value }[];

  constructor(blame: Blame, data: Value, context: CallContext) {
    this.#blame = blame;
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
      // A nil inside an interface is no value once it has been through a pipeline.
      value = this.#command(command, { dot, expressions: command.arguments, piped }) ?? undefined;
      piped = [value];
    }
    for (const name of pipeline.variables) {
      if (pipeline.isAssignment) this.#variable(name, pipeline).value = value;
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
      if (isAssignment) this.#variable(name, over).value = value;
      else this.#variables.push({ name, value });
    });
  }

  #variable(name: string, at: Span): { value: Value } {
    const variable = this.#variables.findLast((each) => each.name === name);
    return variable ?? this.#blame.fail(at, `undefined variable: ${name}`);
  }

  #command(command: Command, given: Given): Value {
    const { first } = command;
    if (first.kind === 'identifier') return this.#function(first.name, command, given);
    if (first.kind === 'field' || first.kind === 'chain') return this.#operand(first, given);
    if (first.kind === 'variable' && first.names.length > 0) return this.#operand(first, given);
    if (given.expressions.length + given.piped.length > 0) {
      this.#blame.fail(first, `can't give argument to non-function ${this.#blame.sourceOf(first)}`);
    }
    if (first.kind === 'nil') this.#blame.fail(first, 'nil is not a command');
    return this.#operand(first, given);
  }

  /** Only fields and functions can make use of arguments. */
  #operand(expression: Expression, given: Given): Value {
    const { dot } = given;
    switch (expression.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return null;
      case 'bool':
      case 'string':
        return expression.value;
      case 'number':
        // Where nothing asks for a type, the syntax decides.
        return expression.isFloat ? expression.float : expression.int;
      case 'field':
        return this.#chain(expression, dot, given);
      case 'variable': {
        const { value } = this.#variable(expression.name, expression);
        return expression.names.length === 0 ? value : this.#chain(expression, value, given);
      }
      case 'chain': {
        const { target } = expression;
        if (target.kind === 'nil') this.#blame.fail(target, 'indirection through explicit nil');
        return this.#chain(expression, this.#operand(target, nothing(dot)), given);
      }
      case 'identifier':
        return this.#function(expression.name, expression, given);
      case 'pipeline':
        return this.#blame.guard(expression, () => this.#context.budget.nested(() => this.pipeline(expression, dot)));
    }
  }

  /** `.A.B.C arguments`: only the last name takes them. */
  #chain(at: Span & { readonly names: readonly string[] }, receiver: Value, given: Given): Value {
    const last = at.names.length - 1;
    let value = receiver;
    at.names.forEach((name, index) => {
      value = this.#field(at, { name, receiver: value }, index === last ? given : nothing(given.dot));
    });
    return value;
  }

  #field(at: Span, { name, receiver }: { name: string; receiver: Value }, given: Given): Value {
    if (receiver === undefined) return undefined;
    if (receiver === null) return this.#blame.fail(at, `nil pointer evaluating ${ANYTHING}.${name}`);
    const target = receiver instanceof TypedValue ? receiver.method(name) : undefined;
    if (target !== undefined) return this.#call(at, { name, target, size: sizeOf(receiver) }, given);
    const hasArguments = given.expressions.length + given.piped.length > 0;
    if (receiver instanceof MapValue) {
      if (hasArguments) this.#blame.fail(at, `${name} is not a method but has arguments`);
      return receiver.get(name);
    }
    if (receiver instanceof StructValue && receiver.fields.has(name)) {
      if (hasArguments) this.#blame.fail(at, `${name} has arguments but cannot be invoked as function`);
      return receiver.fields.get(name);
    }
    const known = receiver instanceof StructValue ? `; there are ${[...receiver.fields.keys()].join(', ')}` : '';
    return this.#blame.fail(at, `can't evaluate field ${name} in type ${typeName(receiver)}${known}`);
  }

  #function(name: string, at: Span, given: Given): Value {
    if (name === 'and' || name === 'or') return this.#stopEarly(name, at, given);
    const target = FUNCTIONS.get(name) ?? this.#blame.fail(at, `"${name}" is not a defined function`);
    return this.#call(at, { name, target, size: 0 }, given);
  }

  /** The first argument that decides, else the last one; those after it are not evaluated. */
  #stopEarly(name: 'and' | 'or', at: Span, { dot, expressions, piped }: Given): Value {
    if (expressions.length + piped.length === 0) {
      this.#blame.fail(at, `wrong number of args for ${name}: want at least 1 got 0`);
    }
    let value: Value;
    for (const expression of expressions) {
      value = this.#operand(expression, nothing(dot)) ?? undefined;
      if (isTrue(value) === (name === 'or')) return value;
    }
    return piped.length > 0 ? piped[0] : value;
  }

  #call(at: Span, { name, target, size }: Callee, { dot, expressions, piped }: Given): Value {
    const { budget } = this.#context;
    const fixed = target.parameters.length;
    const count = expressions.length + piped.length;
    if (target.rest === undefined ? count !== fixed : count < fixed) {
      const want = target.rest === undefined ? fixed : `at least ${fixed}`;
      this.#blame.fail(at, `wrong number of args for ${name}: want ${want} got ${count}`);
    }
    const values: Value[] = [];
    for (let index = 0; index < count; index++) {
      const parameter = target.parameters[index] ?? target.rest;
      if (parameter === undefined) break;
      const expression = expressions[index];
      values.push(
        expression === undefined ? this.#checked(piped[0], parameter, at) : this.#argument(expression, parameter, dot),
      );
    }
    const call = () => {
      const touched = values.reduce((sum: number, value) => sum + sizeOf(value), size);
      budget.spend(STEPS_PER_CALL + Math.ceil(touched / SIZE_PER_STEP));
      const result = target.call(this.#context, values);
      budget.spend(Math.ceil(sizeOf(result) / SIZE_PER_STEP));
      return result;
    };
    return this.#blame.guard(at, call, `error calling ${name}: `);
  }

  /** Constants take the type that is asked for; everything else has one. */
  #argument(expression: Expression, parameter: Parameter, dot: Value): Value {
    const { constants } = parameter;
    switch (expression.kind) {
      case 'nil':
        if (parameter.nil === undefined) this.#blame.fail(expression, `cannot assign nil to ${parameter.typeName}`);
        return parameter.nil.value;
      case 'bool':
      case 'string':
      case 'number':
        if (constants === 'any') return this.#operand(expression, nothing(dot));
        if (constants === 'string' && expression.kind === 'string') return expression.value;
        if (constants === 'int' && expression.kind === 'number' && expression.int !== undefined) {
          return parameter.fromConstant?.(expression.int) ?? expression.int;
        }
        return this.#blame.fail(
          expression,
          `expected ${parameter.typeName}; found ${this.#blame.sourceOf(expression)}`,
        );
      default:
        return this.#checked(this.#operand(expression, nothing(dot)), parameter, expression);
    }
  }

  #checked(value: Value, parameter: Parameter, at: Span): Value {
    if (value === undefined && parameter.nil !== undefined) return parameter.nil.value;
    if (parameter.accepts(value)) return value;
    if (value === undefined) return this.#blame.fail(at, `invalid value; expected ${parameter.typeName}`);
    const found = value === null ? ANYTHING : typeName(value);
    return this.#blame.fail(at, `wrong type for value; expected ${parameter.typeName}; got ${found}`);
  }
}
