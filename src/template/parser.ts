/**
 * Template text → definitions, in the grammar of Go's text/template. Throws nothing but TemplateError, at the first
 * mistake, and checks what Go checks at this point: functions and variables, but not the templates that are called.
 */
import { type Token, tokenize } from './lexer.ts';
import type { Branch, Definition, Pipeline, Span, Statement } from './node.ts';
import { PipelineParser } from './pipeline-parser.ts';
import type { TemplateSource } from './template-error.ts';

export interface ParsedText {
  /** What stands outside of every `define`. */
  readonly root: Definition;
  /** By name. */
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Every name that a `template` action calls. */
  readonly calledTemplates: ReadonlySet<string>;
}

/** Throws {@link TemplateError}. */
export function parseText(source: TemplateSource, functionNames: ReadonlySet<string>): ParsedText {
  return new Parser(source, functionNames).parse();
}

/** What ended a list of statements; `if` and `with` are those of an `else if` or `else with`. */
type Ending = 'end' | 'else' | 'if' | 'with';

class Parser {
  readonly #source: TemplateSource;
  readonly #tokens: PipelineParser;
  readonly #definitions = new Map<string, Definition>();
  readonly #calledTemplates = new Set<string>();
  #rangeDepth = 0;

  constructor(source: TemplateSource, functionNames: ReadonlySet<string>) {
    this.#source = source;
    this.#tokens = new PipelineParser(source, tokenize(source.text), functionNames);
  }

  parse(): ParsedText {
    const tokens = this.#tokens;
    const body: Statement[] = [];
    while (tokens.peek().kind !== 'end') {
      const isAction = tokens.peek().kind === 'leftDelimiter';
      const keyword = isAction ? tokens.peekSecond() : undefined;
      if (keyword?.kind === 'keyword' && keyword.text === 'define') {
        this.#define();
        continue;
      }
      const start = tokens.peek();
      const statement = this.#statement();
      if (typeof statement !== 'string') body.push(statement);
      else tokens.fail(start, `unexpected {{${statement === 'end' ? 'end' : 'else'}}}; nothing is open here`);
    }
    const root = { name: this.#source.name, source: this.#source, body };
    return { root, definitions: this.#definitions, calledTemplates: this.#calledTemplates };
  }

  /** `{{define "name"}} … {{end}}`, the delimiter not yet read. */
  #define(): void {
    const tokens = this.#tokens;
    tokens.next();
    const start = tokens.nextNonSpace();
    const name = tokens.quotedName('define clause');
    tokens.expect('rightDelimiter', 'define clause');
    this.#addDefinition(name, start, this.#freshBody(start, 'define clause'));
  }

  /** The body of a definition: it sees neither the variables nor the loops around it. */
  #freshBody(opening: Token, context: string): readonly Statement[] {
    const tokens = this.#tokens;
    const rangeDepth = this.#rangeDepth;
    this.#rangeDepth = 0;
    const variables = tokens.replaceVariables(['$']);
    const { body, ending } = this.#list(opening);
    if (ending !== 'end') tokens.fail(opening, `unexpected {{else}} in ${context}`);
    tokens.replaceVariables(variables);
    this.#rangeDepth = rangeDepth;
    return body;
  }

  #addDefinition(name: string, at: Token, body: readonly Statement[]): void {
    const existing = this.#definitions.get(name);
    if (existing !== undefined && !isEmpty(existing.body)) {
      if (isEmpty(body)) return;
      this.#tokens.fail(at, `multiple definition of template ${JSON.stringify(name)}; rename one of them`);
    }
    this.#definitions.set(name, { name, source: this.#source, body });
  }

  /** Statements up to `end` or `else`. */
  #list(opening: Token): { body: readonly Statement[]; ending: Ending } {
    return this.#tokens.nested(opening, () => {
      const body: Statement[] = [];
      for (;;) {
        if (this.#tokens.peek().kind === 'end') {
          this.#tokens.fail(this.#tokens.peek(), `unexpected EOF; {{${opening.text}}} lacks its {{end}}`);
        }
        const statement = this.#statement();
        if (typeof statement === 'string') return { body, ending: statement };
        body.push(statement);
      }
    });
  }

  #statement(): Statement | Ending {
    const tokens = this.#tokens;
    const token = tokens.nextNonSpace();
    if (token.kind === 'text') {
      return { kind: 'text', text: token.text, start: token.start, end: token.start + token.text.length };
    }
    if (token.kind !== 'leftDelimiter') return tokens.unexpected(token, 'input');
    const first = tokens.peekNonSpace();
    if (first.kind !== 'keyword') {
      const pipeline = tokens.pipeline('command', 'rightDelimiter');
      return { kind: 'action', pipeline, start: pipeline.start, end: pipeline.end };
    }
    tokens.next();
    switch (first.text) {
      case 'if':
      case 'with':
        return this.#conditional(first, first.text);
      case 'range':
        return this.#range(first);
      case 'template':
        return this.#template(first);
      case 'block':
        return this.#block(first);
      case 'break':
      case 'continue':
        return this.#jump(first, first.text);
      case 'end':
        tokens.expect('rightDelimiter', 'end');
        return 'end';
      case 'else':
        return this.#else();
      default:
        return tokens.fail(first, 'unexpected {{define}}; templates are defined at the top level only');
    }
  }

  #else(): Ending {
    const next = this.#tokens.peekNonSpace();
    if (next.kind === 'keyword' && (next.text === 'if' || next.text === 'with')) return next.text;
    this.#tokens.expect('rightDelimiter', 'else');
    return 'else';
  }

  #conditional(keyword: Token, kind: 'if' | 'with'): Statement {
    const tokens = this.#tokens;
    // Variables of a condition live on in the branches after it.
    return tokens.scoped(() => {
      const branches: Branch[] = [];
      let otherwise: readonly Statement[] = [];
      for (;;) {
        const condition = tokens.pipeline(kind, 'rightDelimiter');
        const { body, ending } = this.#list(keyword);
        branches.push({ condition, body });
        if (ending === kind) {
          tokens.nextNonSpace();
          continue;
        }
        if (ending !== 'end') otherwise = this.#otherwise(keyword, ending);
        const first = branches[0]?.condition ?? condition;
        return { kind, branches, otherwise, start: first.start, end: first.end };
      }
    });
  }

  #otherwise(keyword: Token, ending: Ending): readonly Statement[] {
    if (ending !== 'else') {
      this.#tokens.fail(
        keyword,
        `{{else ${ending}}} cannot follow {{${keyword.text}}}; put it into an {{else}} of its own`,
      );
    }
    const list = this.#list(keyword);
    if (list.ending !== 'end')
      this.#tokens.fail(keyword, `expected end; found {{else}} after {{else}} of {{${keyword.text}}}`);
    return list.body;
  }

  #range(keyword: Token): Statement {
    const tokens = this.#tokens;
    return tokens.scoped(() => {
      const over = tokens.pipeline('range', 'rightDelimiter');
      this.#rangeDepth++;
      const { body, ending } = this.#list(keyword);
      this.#rangeDepth--;
      const otherwise = ending === 'end' ? [] : this.#otherwise(keyword, ending);
      return { kind: 'range', over, body, otherwise, start: over.start, end: over.end };
    });
  }

  #template(keyword: Token): Statement {
    const tokens = this.#tokens;
    const name = tokens.quotedName('template clause');
    this.#calledTemplates.add(name);
    let data: Pipeline | undefined;
    if (tokens.peekNonSpace().kind === 'rightDelimiter') tokens.next();
    else data = tokens.pipeline('template clause', 'rightDelimiter');
    return { kind: 'template', name, data, ...this.#wholeAction(keyword) };
  }

  /** A definition and its call in one. */
  #block(keyword: Token): Statement {
    const tokens = this.#tokens;
    const name = tokens.quotedName('block clause');
    const data = tokens.pipeline('block clause', 'rightDelimiter');
    const span = this.#wholeAction(keyword);
    this.#addDefinition(name, keyword, this.#freshBody(keyword, 'block clause'));
    return { kind: 'template', name, data, ...span };
  }

  #jump(keyword: Token, kind: 'break' | 'continue'): Statement {
    this.#tokens.expect('rightDelimiter', `{{${kind}}}`);
    if (this.#rangeDepth === 0) this.#tokens.fail(keyword, `{{${kind}}} outside {{range}}`);
    return { kind, start: keyword.start, end: keyword.start + keyword.text.length };
  }

  /** From the keyword to the closing delimiter, which has just been read. */
  #wholeAction(keyword: Token): Span {
    return { start: keyword.start, end: this.#tokens.lastEnd };
  }
}

/** Nothing but space. A definition like this never replaces another one: a file of definitions has such a body. */
export function isEmpty(body: readonly Statement[]): boolean {
  return body.every((statement) => statement.kind === 'text' && statement.text.trim() === '');
}
