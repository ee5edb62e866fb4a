/**
 * The UTF-8 grammar of matchers: `{foo="bar", "any name"=~"x.*"}`, any name and value, quoted as in Go where it holds
 * white space or one of `{ } ! = ~ , \ " ' backtick`. Accepts and refuses what Alertmanager's does, in the same words.
 */
import { goUnquote } from './go-quote.ts';
import { Matcher, type MatcherType } from './matcher.ts';
import { excerpt, MatcherParseError } from './matcher-parse-error.ts';
import { RegexError } from './regex.ts';

type TokenKind = '{' | '}' | ',' | MatcherType | 'quoted' | 'unquoted' | 'end';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Columns, in characters from the beginning of the input. */
  readonly start: number;
  readonly end: number;
}

const WHITE_SPACE = /\p{White_Space}/u;
const RESERVED = /[\p{White_Space}{}!=~,\\"'`]/u;

/** Throws MatcherParseError. '' and `{}` are the empty list. */
export function parseUtf8Matchers(input: string): readonly Matcher[] {
  return new Utf8MatcherParser(input).parse();
}

class Utf8MatcherParser {
  readonly #characters: readonly string[];
  #column = 0;

  constructor(input: string) {
    this.#characters = Array.from(input);
  }

  parse(): readonly Matcher[] {
    const matchers: Matcher[] = [];
    if (this.#peek().kind === 'end') return matchers;
    const hasOpenBrace = this.#accept('{');
    let isListOpen = !this.#isNext('}', 'end');
    while (isListOpen) {
      matchers.push(this.#matcher());
      isListOpen = this.#anotherMatcherFollows();
    }
    this.#closeBrace(hasOpenBrace);
    this.#end();
    return matchers;
  }

  #matcher(): Matcher {
    const name = unquoted(this.#expect(['quoted', 'unquoted'], 'expected label name'));
    const operator = this.#expect(OPERATORS, "expected an operator such as '=', '!=', '=~' or '!~'");
    const value = unquoted(this.#expect(['unquoted', 'quoted'], 'expected label value'));
    try {
      return new Matcher(operator.kind as MatcherType, name, value);
    } catch (cause) {
      if (!(cause instanceof RegexError)) throw cause;
      throw new MatcherParseError(`failed to create matcher: ${cause.message}`, { cause });
    }
  }

  /** Past the comma between two matchers. A comma may also end the list. */
  #anotherMatcherFollows(): boolean {
    if (this.#expectNext([',', '}', 'end'], 'expected a comma or close brace').kind !== ',') return false;
    this.#accept(',');
    const expected = 'expected a matcher or close brace after comma';
    const { kind } = this.#expectNext(['}', 'unquoted', 'quoted', 'end'], expected);
    return kind === 'unquoted' || kind === 'quoted';
  }

  #closeBrace(hasOpenBrace: boolean): void {
    if (hasOpenBrace) {
      if (this.#accept('}')) return;
      const problem = unexpected(this.#peek());
      throw new MatcherParseError(`0:${this.#column}: ${problem}: expected close brace`);
    }
    if (this.#accept('}')) throw new MatcherParseError(`0:${this.#column}: }: expected opening brace`);
  }

  #end(): void {
    const { kind, text, start, end } = this.#peek('expected end of input');
    if (kind !== 'end') throw new MatcherParseError(`${start}:${end}: ${excerpt(text)}: expected end of input`);
  }

  #isNext(...kinds: readonly TokenKind[]): boolean {
    return kinds.includes(this.#peek().kind);
  }

  #accept(kind: TokenKind): boolean {
    const token = this.#peek();
    if (token.kind !== kind) return false;
    this.#column = token.end;
    return true;
  }

  #expect(kinds: readonly TokenKind[], expected: string): Token {
    const token = this.#expectNext(kinds, expected);
    this.#column = token.end;
    return token;
  }

  #expectNext(kinds: readonly TokenKind[], expected: string): Token {
    const token = this.#peek(expected);
    if (!kinds.includes(token.kind)) throw new MatcherParseError(`${unexpected(token)}: ${expected}`);
    return token;
  }

  #peek(expected = ''): Token {
    const token = scan(this.#characters, this.#column);
    if (!('problem' in token)) return token;
    throw new MatcherParseError(`${token.problem}${expected === '' ? '' : `: ${expected}`}`);
  }
}

const OPERATORS: readonly MatcherType[] = ['=', '!=', '=~', '!~'];

function unexpected({ kind, text, start, end }: Token): string {
  return kind === 'end' ? 'end of input' : `${start}:${end}: unexpected ${excerpt(text)}`;
}

function unquoted({ kind, text, start, end }: Token): string {
  const value = kind === 'quoted' ? goUnquote(text) : text;
  if (value === undefined) throw new MatcherParseError(`${start}:${end}: ${excerpt(text)}: invalid input`);
  return value;
}

/** The next token after white space, or what is wrong with what stands there. */
function scan(characters: readonly string[], from: number): Token | { readonly problem: string } {
  let start = from;
  while (WHITE_SPACE.test(characters[start] ?? '')) start++;
  const first = characters[start];
  const second = characters[start + 1];
  const token = (kind: TokenKind, length: number): Token => {
    const end = start + length;
    return { kind, text: characters.slice(start, end).join(''), start, end };
  };
  switch (first) {
    case undefined:
      return token('end', 0);
    case '{':
    case '}':
    case ',':
      return token(first, 1);
    case '=':
      return second === '~' ? token('=~', 2) : token('=', 1);
    case '!': {
      if (second === '=' || second === '~') return token(`!${second}`, 2);
      const found = second === undefined ? 'unexpected end of input, ' : '!: ';
      return { problem: `${start}:${start + 1}: ${found}expected one of '=~'` };
    }
    case '"': {
      const length = quotedLength(characters, start);
      if (length !== undefined) return token('quoted', length);
      const rest = excerpt(characters.slice(start).join(''));
      return { problem: `${start}:${characters.length}: ${rest}: missing end "` };
    }
  }
  if (RESERVED.test(first)) return { problem: `${start}:${start + 1}: ${first}: invalid input` };
  let end = start + 1;
  while (end < characters.length && !RESERVED.test(characters[end] ?? '')) end++;
  return token('unquoted', end - start);
}

/** With both quotes; undefined if the closing one is missing. */
function quotedLength(characters: readonly string[], start: number): number | undefined {
  for (let index = start + 1; index < characters.length; index++) {
    if (characters[index] === '"') return index + 1 - start;
    if (characters[index] === '\\') index++;
  }
  return undefined;
}
