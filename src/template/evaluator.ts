/**
 * Walks a parsed template over a value and hands what it prints to an output. Semantics are those of Go's text/template with
 * `missingkey=zero`; the walk is bounded by a {@link Budget}.
 */

import { Blame } from './blame.ts';
import type { CallContext } from './callable.ts';
import { ExpressionEvaluator } from './expression-evaluator.ts';
import type { Definition, Pipeline, Span, Statement } from './node.ts';
import { display } from './print.ts';
import { IntegerValue, integerOf, isTrue, ListValue, MapValue, type Value } from './value.ts';

/** Where the text goes. What stands in the template and what a value says come apart, so that only values get escaped. */
export interface Output {
  /** Throws ValueError when full. */
  text(text: string): void;
  /** Throws ValueError when full, or for a value that cannot be shown. */
  value(value: Value): void;
}

export interface RenderOptions {
  readonly context: CallContext;
  /** Undefined for a name nobody defined. */
  readonly lookup: (name: string) => Definition | undefined;
  readonly output: Output;
}

/** Throws {@link TemplateError}. */
export function evaluate(definition: Definition, data: Value, options: RenderOptions): void {
  new Evaluator(definition, data, options).list(definition.body, data);
}

/** How a list of statements ended. */
type Flow = 'next' | 'break' | 'continue';

/** One for every call of a template: a template sees no variables but its own. */
class Evaluator {
  readonly #blame: Blame;
  readonly #options: RenderOptions;
  readonly #expressions: ExpressionEvaluator;

  constructor(definition: Definition, data: Value, options: RenderOptions) {
    this.#blame = new Blame(definition);
    this.#options = options;
    this.#expressions = new ExpressionEvaluator(this.#blame, data, options.context);
  }

  list(statements: readonly Statement[], dot: Value): Flow {
    for (const statement of statements) {
      const flow = this.#statement(statement, dot);
      if (flow !== 'next') return flow;
    }
    return 'next';
  }

  #statement(statement: Statement, dot: Value): Flow {
    const { output, context } = this.#options;
    this.#blame.guard(statement, () => context.budget.spend(1));
    switch (statement.kind) {
      case 'text':
        this.#blame.guard(statement, () => output.text(statement.text));
        return 'next';
      case 'action': {
        const value = this.#expressions.pipeline(statement.pipeline, dot);
        // A declaration prints nothing.
        if (statement.pipeline.variables.length === 0) this.#blame.guard(statement, () => output.value(value));
        return 'next';
      }
      case 'if':
      case 'with':
        return this.#expressions.scoped(() => this.#conditional(statement, dot));
      case 'range':
        return this.#expressions.scoped(() => this.#range(statement, dot));
      case 'template':
        this.#template(statement, dot);
        return 'next';
      default:
        return statement.kind;
    }
  }

  #conditional(statement: Extract<Statement, { kind: 'if' | 'with' }>, dot: Value): Flow {
    for (const { condition, body } of statement.branches) {
      const value = this.#expressions.pipeline(condition, dot);
      if (isTrue(value)) return this.#nested(statement, () => this.list(body, statement.kind === 'with' ? value : dot));
    }
    return this.#nested(statement, () => this.list(statement.otherwise, dot));
  }

  #range(statement: Extract<Statement, { kind: 'range' }>, dot: Value): Flow {
    const { over, body, otherwise } = statement;
    const collection = this.#expressions.pipeline(over, dot);
    let isEmpty = true;
    for (const [index, element] of this.#elements(collection, over)) {
      isEmpty = false;
      const flow = this.#expressions.scoped(() => {
        this.#blame.guard(over, () => {
          this.#options.context.budget.spend(1);
          this.#expressions.setLoopVariables(over, index, element);
        });
        return this.#nested(statement, () => this.list(body, element));
      });
      if (flow === 'break') break;
    }
    return isEmpty ? this.#nested(statement, () => this.list(otherwise, dot)) : 'next';
  }

  #elements(collection: Value, over: Pipeline): Iterable<readonly [index: Value, element: Value]> {
    if (collection == null) return [];
    if (collection instanceof ListValue) return countedFrom0(collection.elements);
    if (collection instanceof MapValue) return collection.entries;
    const count = integerOf(collection);
    if (count === undefined) return this.#blame.fail(over, `range can't iterate over ${display(collection)}`);
    if (over.variables.length > 1) {
      return this.#blame.fail(over, `can't use ${count} to iterate over more than one variable`);
    }
    return countedTo(count, collection);
  }

  #template(statement: Extract<Statement, { kind: 'template' }>, dot: Value): void {
    const { lookup } = this.#options;
    const definition = lookup(statement.name);
    if (definition === undefined) {
      const name = JSON.stringify(statement.name);
      this.#blame.fail(statement, `template ${name} not defined; is its file among the templates?`);
    }
    const data = statement.data === undefined ? undefined : this.#expressions.pipeline(statement.data, dot);
    this.#nested(statement, () => evaluate(definition, data, this.#options));
  }

  #nested<T>(at: Span, body: () => T): T {
    return this.#blame.guard(at, () => this.#options.context.budget.nested(body));
  }
}

function* countedFrom0(elements: readonly Value[]): Generator<readonly [Value, Value]> {
  for (let index = 0; index < elements.length; index++) yield [BigInt(index), elements[index]];
}

/** The integers below `count`, each of its type. */
function* countedTo(count: bigint, like: Value): Generator<readonly [Value, Value]> {
  for (let integer = 0n; integer < count; integer++) {
    yield [undefined, like instanceof IntegerValue ? new IntegerValue(like.typeName, integer, like.kind) : integer];
  }
}
