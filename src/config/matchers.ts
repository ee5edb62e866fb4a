/** The three ways in which routes and inhibit rules say what they match: `matchers`, and the deprecated `match` and `match_re`. */
import { isValidLabelName } from '../model/labels.ts';
import { Matcher, type MatcherType, sortMatchers } from '../model/matcher.ts';
import { MatcherParseError, type MatcherSyntax, parseMatchers } from '../model/matcher-parser.ts';
import { RegexError } from '../model/regex.ts';
import { type ConfigPath, quoted } from './config-error.ts';
import type { Problems } from './problems.ts';

export interface MatcherFields {
  readonly match: ReadonlyMap<string, string> | undefined;
  readonly matchRe: ReadonlyMap<string, string> | undefined;
  readonly matchers: readonly string[] | undefined;
}

export interface MatcherSection {
  /** All together, sorted. */
  readonly matchers: readonly Matcher[];
  /** The keys as they are shown, without the empty ones. */
  readonly shown: Readonly<Record<string, unknown>>;
}

export interface MatcherPlace {
  /** Of the block that holds the keys. */
  readonly path: ConfigPath;
  /** What the three keys begin with: `source_`, `target_` or nothing. */
  readonly prefix: string;
}

export class MatcherReader {
  readonly #mode: MatcherSyntax;
  readonly #problems: Problems;

  constructor(mode: MatcherSyntax, problems: Problems) {
    this.#mode = mode;
    this.#problems = problems;
  }

  read({ match, matchRe, matchers = [] }: MatcherFields, { path, prefix }: MatcherPlace): MatcherSection {
    const parsed = sortMatchers(
      matchers.flatMap((text, index) => this.#parse(text, [...path, `${prefix}matchers`, index])),
    );
    const equal = this.#fromMap(match, '=', [...path, `${prefix}match`]);
    const regex = this.#fromMap(matchRe, '=~', [...path, `${prefix}match_re`]);
    return {
      matchers: sortMatchers([...parsed, ...equal, ...regex]),
      shown: {
        ...(match && match.size > 0 && { [`${prefix}match`]: Object.fromEntries(match) }),
        ...(matchRe && matchRe.size > 0 && { [`${prefix}match_re`]: Object.fromEntries(matchRe) }),
        ...(parsed.length > 0 && { [`${prefix}matchers`]: parsed.map(String) }),
      },
    };
  }

  #parse(text: string, path: ConfigPath): readonly Matcher[] {
    try {
      const { matchers, warning } = parseMatchers(text, this.#mode);
      if (warning !== undefined) this.#problems.warning(path, warning);
      return matchers;
    } catch (error) {
      if (!(error instanceof MatcherParseError || error instanceof RegexError)) throw error;
      this.#problems.error(path, `${quoted(text)} is not a matcher: ${error.message}`);
      return [];
    }
  }

  #fromMap(map: ReadonlyMap<string, string> = new Map(), type: MatcherType, path: ConfigPath): readonly Matcher[] {
    return [...map].flatMap(([name, value]) => {
      // Only `matchers` came to know other names.
      if (!isValidLabelName(name, 'classic')) {
        const message = `${quoted(name)} is not a label name here (letters, digits and _); write it in ${String(path.at(-1)).replace(/match(_re)?$/, 'matchers')}`;
        this.#problems.error([...path, name], message);
        return [];
      }
      try {
        // Alertmanager prints the pattern with the anchors it compiled it with, and so it stands in every group key.
        return [new Matcher(type, name, type === '=' ? value : `^(?:${value})$`)];
      } catch (error) {
        if (!(error instanceof RegexError)) throw error;
        this.#problems.error([...path, name], `${quoted(value)} is not a regular expression: ${error.message}`);
        return [];
      }
    });
  }
}
