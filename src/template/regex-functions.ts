/** match and reReplaceAll. Patterns may come from labels, so what they cost is paid for before they run. */
import { compileUnanchored, RegexError, type UnanchoredRegex } from '../model/regex.ts';
import { regexSize } from '../model/regex-size.ts';
import { type Budget, MAX_TEXT_LENGTH } from './budget.ts';
import { ValueError } from './template-error.ts';

/** Steps of the budget for making a pattern ready, besides one for each of its characters and of its own steps. */
const COMPILE_STEPS = 200;
/** How many of a regex's steps on one character pass in one step of the budget. */
const REGEX_STEPS_PER_STEP = 20;
/** Steps of the budget for each character that replacing goes over. */
const REPLACE_STEPS = 3;
/** Replacing looks ahead from every match, at worst to the end; hardly any pattern does, so this is charged at a discount. */
const LOOKAHEAD_STEPS_PER_STEP = 600;
/** More than this is no text any more; what comes out must be shorter still. */
const LONGEST_REPLACEMENT = 64 * MAX_TEXT_LENGTH;

interface CompiledPattern {
  readonly regex: UnanchoredRegex;
  readonly steps: number;
}

/** The patterns of one rendering: each is compiled, and paid for, once. */
export class Patterns {
  readonly #compiled = new Map<string, CompiledPattern>();
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** Whether the pattern matches anywhere. Throws {@link ValueError} for a bad pattern. */
  matches(pattern: string, text: string): boolean {
    const { regex, steps } = this.#compile(pattern);
    this.#budget.spend(Math.ceil((steps * text.length) / REGEX_STEPS_PER_STEP));
    return regex.test(text);
  }

  /** Every match replaced, with `$1`, `${1}` and `${name}` for groups. Throws {@link ValueError} for a bad pattern. */
  replaceAll(pattern: string, replacement: string, text: string): string {
    const { regex, steps } = this.#compile(pattern);
    const { length } = text;
    this.#budget.spend(REPLACE_STEPS * length + Math.ceil((steps * length * length) / LOOKAHEAD_STEPS_PER_STEP));
    const references = replacement.split('$').length;
    if ((length + 1) * replacement.length + references * length > LONGEST_REPLACEMENT) {
      throw new ValueError('text and replacement are too long for one another; shorten one of them');
    }
    return regex.replaceAll(text, replacement);
  }

  #compile(pattern: string): CompiledPattern {
    const known = this.#compiled.get(pattern);
    if (known !== undefined) return known;
    const { steps } = regexSize(pattern);
    this.#budget.spend(COMPILE_STEPS + pattern.length + steps);
    try {
      const compiled = { regex: compileUnanchored(pattern), steps };
      this.#compiled.set(pattern, compiled);
      return compiled;
    } catch (cause) {
      if (!(cause instanceof RegexError)) throw cause;
      throw new ValueError(cause.message, { cause });
    }
  }
}
