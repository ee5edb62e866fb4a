/** Template text → tokens, with the trim markers and comments already dealt with. Token for token as Go's text/template. */

export type TokenKind =
  | 'text'
  | 'leftDelimiter'
  | 'rightDelimiter'
  | 'space'
  | 'keyword'
  | 'identifier'
  | 'field'
  | 'variable'
  | 'dot'
  | 'nil'
  | 'bool'
  | 'number'
  | 'character'
  | 'string'
  | 'rawString'
  | 'leftParenthesis'
  | 'rightParenthesis'
  | 'pipe'
  | 'assign'
  | 'declare'
  | 'punctuation'
  | 'end'
  | 'error';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of an error its message. */
  readonly text: string;
  /** Offset in the template's text. */
  readonly start: number;
}

const LEFT = '{{';
const RIGHT = '}}';
const SPACES = ' \t\r\n';
/** What may follow a name; anything else would read like arithmetic. */
const TERMINATORS = ' \t\r\n.,|:()';
const KEYWORDS: ReadonlySet<string> = new Set('block break continue define else end if range template with'.split(' '));
const WORD = /[\p{L}\p{Nd}_]+/uy;
const NUMBER =
  /[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*|0[bB][01_]*|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)i?/y;

const SINGLE: ReadonlyMap<string, TokenKind> = new Map([
  ['=', 'assign'],
  ['|', 'pipe'],
]);

/** Never throws: what cannot be read ends the list as a token of kind `error`; otherwise the last one is `end`. */
export function tokenize(text: string): readonly Token[] {
  return new Lexer(text).run();
}

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #position = 0;
  #parenthesisDepth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): readonly Token[] {
    while (this.#lexText() && this.#lexAction());
    return this.#tokens;
  }

  /** Up to the next action. False at the end of the text. */
  #lexText(): boolean {
    const start = this.#position;
    const delimiter = this.#text.indexOf(LEFT, start);
    let end = delimiter < 0 ? this.#text.length : delimiter;
    if (delimiter >= 0 && this.#hasTrimMarkerAfter(delimiter + LEFT.length)) {
      while (end > start && SPACES.includes(this.#text.charAt(end - 1))) end--;
    }
    if (end > start) this.#push('text', start, end);
    if (delimiter < 0) this.#push('end', end, end);
    this.#position = delimiter;
    return delimiter >= 0;
  }

  /** One action or comment, both delimiters included. False after an error. */
  #lexAction(): boolean {
    const start = this.#position;
    this.#position += LEFT.length;
    const trims = this.#hasTrimMarkerAfter(this.#position);
    const content = this.#position + (trims ? 2 : 0);
    if (this.#text.startsWith('/*', content)) return this.#lexComment(content);
    this.#push('leftDelimiter', start, this.#position);
    this.#position = content;
    this.#parenthesisDepth = 0;
    for (;;) {
      if (this.#rightDelimiterLength() > 0) {
        if (this.#parenthesisDepth > 0) return this.#fail('unclosed left paren; add a )');
        this.#lexRightDelimiter();
        return true;
      }
      if (!this.#lexInside()) return false;
    }
  }

  #lexComment(content: number): boolean {
    const end = this.#text.indexOf('*/', content + 2);
    this.#position = content;
    if (end < 0) return this.#fail('unclosed comment; end it with */}}');
    this.#position = end + 2;
    if (this.#rightDelimiterLength() === 0) return this.#fail('comment ends before closing delimiter; write */}}');
    this.#lexRightDelimiter(false);
    return true;
  }

  #lexRightDelimiter(emit = true): void {
    const length = this.#rightDelimiterLength();
    const end = this.#position + length;
    if (emit) this.#push('rightDelimiter', this.#position, end);
    this.#position = end;
    if (length > RIGHT.length) this.#skipSpaces();
  }

  /** 0 if none is here; longer than `}}` if it carries a trim marker. */
  #rightDelimiterLength(): number {
    const position = this.#position;
    if (this.#text.startsWith(RIGHT, position)) return RIGHT.length;
    const trims = this.#isSpace(position) && this.#text.startsWith(`-${RIGHT}`, position + 1);
    return trims ? 2 + RIGHT.length : 0;
  }

  /** One token inside an action. False after an error. */
  #lexInside(): boolean {
    const start = this.#position;
    if (start >= this.#text.length) return this.#fail('unclosed action; end it with }}');
    if (this.#isSpace(start)) return this.#lexSpace();
    const character = String.fromCodePoint(this.#text.codePointAt(start) ?? 0);
    const single = SINGLE.get(character);
    if (single !== undefined) return this.#push(single, start, start + 1);
    switch (character) {
      case ':':
        if (!this.#text.startsWith(':=', start)) return this.#fail('expected :=');
        return this.#push('declare', start, start + 2);
      case '"':
        return this.#lexQuoted('"', 'string', 'unterminated quoted string; add a "');
      case "'":
        return this.#lexQuoted("'", 'character', "unterminated character constant; add a '");
      case '`': {
        const end = this.#text.indexOf('`', start + 1);
        if (end < 0) return this.#fail('unterminated raw quoted string; add a `');
        return this.#push('rawString', start, end + 1);
      }
      case '$':
        return this.#lexName('variable');
      case '(':
        this.#parenthesisDepth++;
        return this.#push('leftParenthesis', start, start + 1);
      case ')':
        this.#parenthesisDepth--;
        if (this.#parenthesisDepth < 0) return this.#fail('unexpected right paren; remove it or open one before');
        return this.#push('rightParenthesis', start, start + 1);
    }
    if (character === '.' && !/\d/.test(this.#text.charAt(start + 1))) return this.#lexName('field');
    if (/[+\-.\d]/.test(character)) return this.#lexNumber();
    if (this.#wordEnd(start) > start) return this.#lexIdentifier();
    if (character > ' ' && character <= '~') return this.#push('punctuation', start, start + 1);
    return this.#fail(`unrecognized character in action: ${JSON.stringify(character)}`);
  }

  #lexSpace(): boolean {
    const start = this.#position;
    this.#skipSpaces();
    // The last space belongs to a trimming delimiter if one follows.
    this.#position--;
    if (this.#rightDelimiterLength() === 0) this.#position++;
    if (this.#position > start) this.#push('space', start, this.#position);
    return true;
  }

  #lexQuoted(quote: string, kind: TokenKind, message: string): boolean {
    let index = this.#position + 1;
    for (; ; index++) {
      let character = this.#text.charAt(index);
      if (character === quote) return this.#push(kind, this.#position, index + 1);
      if (character === '\\') character = this.#text.charAt(++index);
      if (character === '' || character === '\n') return this.#fail(message);
    }
  }

  /** `.name` or `$name`; the name may be absent. */
  #lexName(kind: 'field' | 'variable'): boolean {
    const start = this.#position;
    const end = this.#wordEnd(start + 1);
    if (!this.#isTerminator(end)) return this.#failAtCharacter(end);
    return this.#push(kind === 'field' && end === start + 1 ? 'dot' : kind, start, end);
  }

  #lexIdentifier(): boolean {
    const start = this.#position;
    const end = this.#wordEnd(start);
    if (!this.#isTerminator(end)) return this.#failAtCharacter(end);
    const word = this.#text.slice(start, end);
    if (KEYWORDS.has(word)) return this.#push('keyword', start, end);
    if (word === 'nil') return this.#push('nil', start, end);
    return this.#push(word === 'true' || word === 'false' ? 'bool' : 'identifier', start, end);
  }

  #lexNumber(): boolean {
    const start = this.#position;
    NUMBER.lastIndex = start;
    NUMBER.test(this.#text);
    const end = NUMBER.lastIndex;
    const next = this.#text.charAt(end);
    if (next === '+' || next === '-' || this.#wordEnd(end) > end) {
      return this.#fail(`bad number syntax: ${JSON.stringify(this.#text.slice(start, end + 1))}`);
    }
    return this.#push('number', start, end);
  }

  #wordEnd(start: number): number {
    WORD.lastIndex = start;
    return WORD.test(this.#text) ? WORD.lastIndex : start;
  }

  #isTerminator(position: number): boolean {
    return (
      position >= this.#text.length ||
      TERMINATORS.includes(this.#text.charAt(position)) ||
      this.#text.startsWith(RIGHT, position)
    );
  }

  #isSpace(position: number): boolean {
    return position < this.#text.length && SPACES.includes(this.#text.charAt(position));
  }

  #hasTrimMarkerAfter(position: number): boolean {
    return this.#text.charAt(position) === '-' && this.#isSpace(position + 1);
  }

  #skipSpaces(): void {
    while (this.#isSpace(this.#position)) this.#position++;
  }

  #push(kind: TokenKind, start: number, end: number): true {
    this.#tokens.push({ kind, text: this.#text.slice(start, end), start });
    this.#position = end;
    return true;
  }

  #fail(message: string): false {
    this.#tokens.push({ kind: 'error', text: message, start: this.#position });
    return false;
  }

  #failAtCharacter(position: number): false {
    const character = String.fromCodePoint(this.#text.codePointAt(position) ?? 0);
    this.#position = position;
    return this.#fail(`bad character ${JSON.stringify(character)}; separate names by spaces`);
  }
}
