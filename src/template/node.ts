/** The parsed template: what the parser makes and the evaluator walks. Offsets point into the definition's source. */
import type { TemplateSource } from './template-error.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A number as written. Go types a constant by its use, so both readings are kept. */
export interface NumberLiteral extends Span {
  readonly kind: 'number';
  /** Undefined if it is not integral or does not fit 64 bits. */
  readonly int: bigint | undefined;
  readonly float: number;
  /** What it is where nothing asks for a type: `1.0` and `1e3` are floats, `1` and `'a'` are ints. */
  readonly isFloat: boolean;
}

export type Expression =
  | (Span & { readonly kind: 'dot' | 'nil' })
  | (Span & { readonly kind: 'bool'; readonly value: boolean })
  | NumberLiteral
  | (Span & { readonly kind: 'string'; readonly value: string })
  /** `.A.B` */
  | (Span & { readonly kind: 'field'; readonly names: readonly string[] })
  /** `$x.A.B`; the name carries its `$`. */
  | (Span & { readonly kind: 'variable'; readonly name: string; readonly names: readonly string[] })
  /** A function's name. */
  | (Span & { readonly kind: 'identifier'; readonly name: string })
  /** `(…).A.B` and `function.A` */
  | (Span & { readonly kind: 'chain'; readonly target: Expression; readonly names: readonly string[] })
  | Pipeline;

/** An operand and its arguments. */
export interface Command extends Span {
  readonly first: Expression;
  readonly arguments: readonly Expression[];
}

export interface Pipeline extends Span {
  readonly kind: 'pipeline';
  /** Names with their `$`; at most two, and two only in `range`. */
  readonly variables: readonly string[];
  /** `=` instead of `:=`. */
  readonly isAssignment: boolean;
  readonly commands: readonly Command[];
}

export interface Branch {
  readonly condition: Pipeline;
  readonly body: readonly Statement[];
}

export type Statement =
  | (Span & { readonly kind: 'text'; readonly text: string })
  | (Span & { readonly kind: 'action'; readonly pipeline: Pipeline })
  /** The first branch whose condition holds; `else if` and `else with` chains are kept flat, so that they may be long. */
  | (Span & {
      readonly kind: 'if' | 'with';
      readonly branches: readonly Branch[];
      readonly otherwise: readonly Statement[];
    })
  | (Span & {
      readonly kind: 'range';
      readonly over: Pipeline;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
    })
  | (Span & { readonly kind: 'template'; readonly name: string; readonly data: Pipeline | undefined })
  | (Span & { readonly kind: 'break' | 'continue' });

/** A named template, or the unnamed body of a text. */
export interface Definition {
  readonly name: string;
  readonly source: TemplateSource;
  readonly body: readonly Statement[];
}
