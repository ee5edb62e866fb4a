/**
 * The regular expressions people write most, matched without a regex engine: alternations of plain texts with `.*` and
 * `.+` between them (`web.*`, `.*-prod`, `(node|kube)-exporter`). Comparing texts cannot backtrack, so no value is slow.
 */

/** Both only for whole values; the globs only for values without a line feed. */
export interface WildcardRegex {
  /** Values matched exactly, by the alternatives without wildcards. */
  readonly exact: ReadonlySet<string>;
  readonly globs: readonly Glob[];
}

/** Texts in this order from the beginning to the end, with anything between them: always at least two texts. */
export interface Glob {
  readonly texts: readonly string[];
  /** How much lies at least between text `n` and `n + 1`: 0 for `.*`, 1 for `.+`. */
  readonly gaps: readonly (0 | 1)[];
}

/** More alternatives than this are left to the automaton, which looks at a value once however many there are. */
const MOST_GLOBS = 32;
/**
 * Groups multiply: `(a|b)(c|d)` has four alternatives. So many characters are written out for each of the pattern, then it
 * gives up: strangers give a hundred short patterns at once, and nothing else happens meanwhile.
 */
const MOST_CHARACTERS_EACH = 20;
const MOST_CHARACTERS_AT_LEAST = 2_000;
const DEEPEST_GROUP = 10;
/** Searching for a longer text inside a long value could become slow. */
const LONGEST_INNER_TEXT = 256;

/** Every character that means something else than itself somewhere in an expression. */
const SPECIAL = /[\\.+*?()|[\]{}^$]/;
const ESCAPED_PUNCTUATION = /[!-/:-@[-`{-~]/;
const SINGLE_CHARACTER_CLASS = /\[([^\\\][^-])\]/uy;

/** Undefined if the pattern uses anything beyond the whitelist, whether or not it is valid. */
export function wildcardRegex(pattern: string): WildcardRegex | undefined {
  if (!pattern.isWellFormed()) return undefined;
  const alternatives = new WildcardParser(pattern).parse();
  if (alternatives === undefined) return undefined;
  const exact = new Set<string>();
  const globs: Glob[] = [];
  for (const glob of alternatives) {
    if (glob.texts.length === 1) exact.add(glob.texts[0] as string);
    else if (globs.length === MOST_GLOBS || hasLongInnerText(glob)) return undefined;
    else globs.push(glob);
  }
  return { exact, globs };
}

function hasLongInnerText({ texts }: Glob): boolean {
  return texts.some((text, index) => index > 0 && index < texts.length - 1 && text.length > LONGEST_INNER_TEXT);
}

/** The earliest place for each text leaves the most room to the next, so there is nothing to go back to. */
export function matchesGlob({ texts, gaps }: Glob, value: string): boolean {
  const first = texts[0] as string;
  const last = texts.at(-1) as string;
  if (!value.startsWith(first) || !value.endsWith(last)) return false;
  const lastAt = value.length - last.length;
  let position = first.length;
  for (let index = 1; index < texts.length - 1; index++) {
    const text = texts[index] as string;
    const foundAt = value.indexOf(text, position + (gaps[index - 1] as number));
    if (foundAt === -1) return false;
    position = foundAt + text.length;
  }
  return position + (gaps.at(-1) as number) <= lastAt;
}

const EMPTY: Glob = { texts: [''], gaps: [] };
const ANYTHING: Glob = { texts: ['', ''], gaps: [0] };
const SOMETHING: Glob = { texts: ['', ''], gaps: [1] };

/** Recursive descent that gives up, with undefined, at whatever is not on the list. */
class WildcardParser {
  readonly #pattern: string;
  #index = 0;
  #charactersLeft: number;

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#charactersLeft = Math.max(MOST_CHARACTERS_AT_LEAST, MOST_CHARACTERS_EACH * pattern.length);
  }

  parse(): readonly Glob[] | undefined {
    const globs = this.#alternatives(0);
    return this.#index === this.#pattern.length ? globs : undefined;
  }

  #alternatives(depth: number): readonly Glob[] | undefined {
    const globs: Glob[] = [];
    do {
      const sequence = this.#sequence(depth);
      if (sequence === undefined) return undefined;
      for (const glob of sequence) globs.push(glob);
    } while (this.#accept('|'));
    return globs;
  }

  #sequence(depth: number): readonly Glob[] | undefined {
    let globs: readonly Glob[] = [EMPTY];
    // The whole is anchored anyway, so anchors say nothing new where the whole begins and ends.
    if (depth === 0) this.#accept('^');
    while (!this.#isAtEndOfAlternative() && !this.#isAt(')')) {
      if (depth === 0 && this.#accept('$')) return this.#isAtEndOfAlternative() ? globs : undefined;
      const next = this.#atom(depth);
      const joined = next && this.#product(globs, next);
      if (joined === undefined) return undefined;
      globs = joined;
    }
    return globs;
  }

  #product(lefts: readonly Glob[], rights: readonly Glob[]): readonly Glob[] | undefined {
    const joined: Glob[] = [];
    for (const left of lefts) {
      for (const right of rights) {
        const glob = join(left, right);
        if (glob === undefined) return undefined;
        joined.push(glob);
        for (const text of glob.texts) this.#charactersLeft -= text.length + 1;
        if (this.#charactersLeft < 0) return undefined;
      }
    }
    return joined;
  }

  #atom(depth: number): readonly Glob[] | undefined {
    if (this.#accept('(')) return this.#group(depth + 1);
    if (this.#accept('.*')) return [ANYTHING];
    if (this.#accept('.+')) return [SOMETHING];
    const text = this.#text();
    return text === '' ? undefined : [{ texts: [text], gaps: [] }];
  }

  #group(depth: number): readonly Glob[] | undefined {
    if (depth > DEEPEST_GROUP) return undefined;
    this.#accept('?:');
    const globs = this.#alternatives(depth);
    return this.#accept(')') ? globs : undefined;
  }

  /** As many plain characters as there are. What follows them is the next atom: none, if it is a quantifier. */
  #text(): string {
    let text = '';
    for (;;) {
      const character = this.#character();
      if (character === '') return text;
      text += character;
    }
  }

  /** One plain, escaped or bracketed character; '' if there is none. */
  #character(): string {
    const character = this.#pattern[this.#index] ?? '';
    if (!SPECIAL.test(character)) {
      this.#index += character.length;
      return character;
    }
    const escaped = this.#pattern[this.#index + 1] ?? '';
    if (character === '\\' && ESCAPED_PUNCTUATION.test(escaped)) {
      this.#index += 2;
      return escaped;
    }
    SINGLE_CHARACTER_CLASS.lastIndex = this.#index;
    const [bracketed = '', single = ''] = SINGLE_CHARACTER_CLASS.exec(this.#pattern) ?? [];
    this.#index += bracketed.length;
    return single;
  }

  #isAtEndOfAlternative(): boolean {
    return this.#index === this.#pattern.length || this.#isAt('|');
  }

  #isAt(text: string): boolean {
    return this.#pattern.startsWith(text, this.#index);
  }

  #accept(text: string): boolean {
    if (!this.#isAt(text)) return false;
    this.#index += text.length;
    return true;
  }
}

/** Undefined if the wildcards that meet would demand more than one character. */
function join(left: Glob, right: Glob): Glob | undefined {
  const seam = (left.texts.at(-1) as string) + (right.texts[0] as string);
  const joined = {
    texts: [...left.texts.slice(0, -1), seam, ...right.texts.slice(1)],
    gaps: [...left.gaps, ...right.gaps],
  };
  const hasWildcardsOnBothSides = left.gaps.length > 0 && right.gaps.length > 0;
  if (seam !== '' || !hasWildcardsOnBothSides) return joined;
  const gap = (left.gaps.at(-1) as number) + (right.gaps[0] as number);
  if (gap > 1) return undefined;
  return {
    texts: [...left.texts.slice(0, -1), ...right.texts.slice(1)],
    gaps: [...left.gaps.slice(0, -1), gap as 0 | 1, ...right.gaps.slice(1)],
  };
}
