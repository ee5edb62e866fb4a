/** The inside of an action: pipelines, commands, operands. Keeps the tokens, and the variables known at each point. */
import type { Token, TokenKind } from './lexer.ts';
import { parseNumber, unquote, unquoteCharacter } from './literal.ts';
import type { Command, Expression, Pipeline } from './node.ts';
import { TemplateError, type TemplateSource, ValueError } from './template-error.ts';

/** Blocks and parentheses inside one another; parsing and rendering recurse that deep. */
const MAX_NESTING = 100;

/** Of one call; they become arguments of a JavaScript function, which takes some ten thousand. */
const MAX_OPERANDS = 1000;

const NOTHING: Token = { kind: 'end', text: '', start: 0 };
const OPERANDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'bool',
  'character',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParenthesis',
]);

export class PipelineParser {
  readonly #source: TemplateSource;
  readonly #tokens: readonly Token[];
  readonly #functionNames: ReadonlySet<string>;
  #variables: string[] = ['$'];
  #index = 0;
  #nesting = 0;

  constructor(source: TemplateSource, tokens: readonly Token[], functionNames: ReadonlySet<string>) {
    this.#source = source;
    this.#tokens = tokens;
    this.#functionNames = functionNames;
  }

  peek(): Token {
    // The last token, `end` or `error`, is read over and over.
    return this.#tokens[this.#index] ?? this.#tokens.at(-1) ?? NOTHING;
  }

  /** The token after the next one, spaces not counted. */
  peekSecond(): Token {
    let index = this.#index + 1;
    while (this.#tokens[index]?.kind === 'space') index++;
    return this.#tokens[index] ?? NOTHING;
  }

  next(): Token {
    const token = this.peek();
    this.#index++;
    return token;
  }

  /** Skips the spaces for good. */
  peekNonSpace(): Token {
    while (this.peek().kind === 'space') this.#index++;
    return this.peek();
  }

  nextNonSpace(): Token {
    this.peekNonSpace();
    return this.next();
  }

  expect(kind: TokenKind, context: string): Token {
    const token = this.nextNonSpace();
    return token.kind === kind ? token : this.unexpected(token, context);
  }

  /** Where the token read last ends. */
  get lastEnd(): number {
    const token = this.#tokens[this.#index - 1] ?? NOTHING;
    return token.start + token.text.length;
  }

  fail(at: Token, message: string): never {
    throw new TemplateError(message, { source: this.#source, offset: at.start });
  }

  unexpected(token: Token, context: string): never {
    if (token.kind === 'error') this.fail(token, token.text);
    const shown = token.kind === 'end' ? 'EOF' : JSON.stringify(token.text.slice(0, 20));
    this.fail(token, `unexpected ${shown} in ${context}`);
  }

  /** Forgets what `body` declares. */
  scoped<T>(body: () => T): T {
    const count = this.#variables.length;
    const result = body();
    this.#variables.length = count;
    return result;
  }

  replaceVariables(variables: string[]): string[] {
    const replaced = this.#variables;
    this.#variables = variables;
    return replaced;
  }

  nested<T>(at: Token, body: () => T): T {
    if (this.#nesting >= MAX_NESTING) {
      this.fail(
        at,
        `more than ${MAX_NESTING} blocks and parentheses inside one another; move a part into a {{define}}`,
      );
    }
    this.#nesting++;
    const result = body();
    this.#nesting--;
    return result;
  }

  quotedName(context: string): string {
    const token = this.nextNonSpace();
    if (token.kind !== 'string' && token.kind !== 'rawString')
      this.unexpected(token, `${context}; a quoted name belongs here`);
    return this.#literal(token, unquote);
  }

  /** declarations? command ('|' command)*, up to and with the closing token. */
  pipeline(context: string, closing: TokenKind): Pipeline {
    const start = this.peekNonSpace().start;
    const { variables, isAssignment } = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.peekNonSpace();
      if (token.kind === closing) break;
      if (!OPERANDS.has(token.kind)) this.unexpected(token, context);
      commands.push(this.#command());
    }
    const end = this.next();
    if (commands.length === 0) this.fail(end, `missing value for ${context}`);
    commands.forEach(({ first }, index) => {
      if (index > 0 && ['bool', 'dot', 'nil', 'number', 'string'].includes(first.kind)) {
        this.fail(end, `non executable command in pipeline stage ${index + 1}; a function or method belongs after |`);
      }
    });
    const isParenthesised = closing === 'rightParenthesis';
    return {
      kind: 'pipeline',
      variables,
      isAssignment,
      commands,
      start: isParenthesised ? start - 1 : start,
      end: isParenthesised ? end.start + 1 : (commands.at(-1)?.end ?? end.start),
    };
  }

  #declarations(context: string): { variables: readonly string[]; isAssignment: boolean } {
    const variables: string[] = [];
    for (;;) {
      const variable = this.peekNonSpace();
      if (variable.kind !== 'variable') return { variables, isAssignment: false };
      const rewind = this.#index;
      this.next();
      const operator = this.nextNonSpace();
      if (operator.kind === 'assign' || operator.kind === 'declare') {
        variables.push(variable.text);
        this.#variables.push(variable.text);
        return { variables, isAssignment: operator.kind === 'assign' };
      }
      if (operator.kind !== 'punctuation' || operator.text !== ',') {
        // No declaration, but an operand: the space after it counts.
        this.#index = rewind;
        return { variables, isAssignment: false };
      }
      variables.push(variable.text);
      this.#variables.push(variable.text);
      if (context !== 'range' || variables.length >= 2) this.fail(operator, `too many declarations in ${context}`);
      const following = this.peekNonSpace().kind;
      if (following !== 'variable' && following !== 'rightDelimiter' && following !== 'rightParenthesis') {
        this.fail(operator, 'range can only initialize variables');
      }
    }
  }

  /** operand (space operand)*, and the pipe after it. */
  #command(): Command {
    const operands: Expression[] = [];
    const start = this.peekNonSpace().start;
    let end = start;
    for (;;) {
      this.peekNonSpace();
      const operand = this.#operand();
      if (operand !== undefined) {
        operands.push(operand);
        if (operands.length > MAX_OPERANDS) this.fail(this.peek(), `more than ${MAX_OPERANDS} arguments in one call`);
        end = operand.end;
      }
      const { kind } = this.peek();
      if (kind === 'rightDelimiter' || kind === 'rightParenthesis') break;
      const token = this.next();
      if (kind === 'space') continue;
      if (kind === 'pipe') break;
      this.unexpected(token, 'operand');
    }
    const [first, ...rest] = operands;
    if (first === undefined) return this.fail(this.peek(), 'empty command');
    return { first, arguments: rest, start, end };
  }

  /** A term and the fields that follow it without a space. */
  #operand(): Expression | undefined {
    const term = this.#term();
    if (term === undefined || this.peek().kind !== 'field') return term;
    const names: string[] = [];
    while (this.peek().kind === 'field') names.push(this.next().text.slice(1));
    const end = this.lastEnd;
    switch (term.kind) {
      case 'field':
      case 'variable':
        return { ...term, names: [...term.names, ...names], end };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        return this.fail(this.peek(), `unexpected . after term "${this.#source.text.slice(term.start, term.end)}"`);
      default:
        return { kind: 'chain', target: term, names, start: term.start, end };
    }
  }

  #term(): Expression | undefined {
    const token = this.peekNonSpace();
    if (!OPERANDS.has(token.kind)) return undefined;
    this.next();
    const { text, start } = token;
    const span = { start, end: start + text.length };
    switch (token.kind) {
      case 'identifier':
        if (!this.#functionNames.has(text)) {
          this.fail(
            token,
            `function "${text}" not defined; a field begins with a dot, a variable with $, a text with "`,
          );
        }
        return { kind: 'identifier', name: text, ...span };
      case 'dot':
      case 'nil':
        return { kind: token.kind, ...span };
      case 'variable':
        if (!this.#variables.includes(text))
          this.fail(token, `undefined variable "${text}"; declare it with ${text} := …`);
        return { kind: 'variable', name: text, names: [], ...span };
      case 'field':
        return { kind: 'field', names: [text.slice(1)], ...span };
      case 'bool':
        return { kind: 'bool', value: text === 'true', ...span };
      case 'number':
        return { kind: 'number', ...this.#literal(token, parseNumber), ...span };
      case 'character': {
        const code = this.#literal(token, unquoteCharacter);
        return { kind: 'number', int: BigInt(code), float: code, isFloat: false, ...span };
      }
      case 'leftParenthesis':
        return this.nested(token, () => this.pipeline('parenthesized pipeline', 'rightParenthesis'));
      default:
        return { kind: 'string', value: this.#literal(token, unquote), ...span };
    }
  }

  #literal<T>(token: Token, read: (text: string) => T): T {
    try {
      return read(token.text);
    } catch (cause) {
      if (!(cause instanceof ValueError)) throw cause;
      return this.fail(token, cause.message);
    }
  }
}
