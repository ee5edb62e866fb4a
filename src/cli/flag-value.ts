/** The kinds of command-line flags there are: how each reads its text and how its default is shown. */
import { DURATION_SYNTAX, GO_DURATION_SYNTAX, parseDuration, parseGoDuration } from '../model/duration.ts';

export interface Flag<Value> {
  /** The heading `--help` lists it under. */
  readonly topic: string;
  /** One sentence: why one would change it. */
  readonly help: string;
  /** One letter, without the dash. */
  readonly short?: string;
  /** Another full name for the same flag. */
  readonly alias?: string;
  /** What `--help` writes in the place of the value; undefined for a switch, which takes none. */
  readonly placeholder: string | undefined;
  readonly isRepeatable: boolean;
  /** As one would type it. */
  readonly defaultText: string;
  /** For defaults that are found out at run time; else `defaultText`, or `none` for ''. */
  readonly shownDefault?: string;
  /** The texts given, in order; empty if the flag was not given. Throws a RangeError that says what it wants instead. */
  readonly read: (texts: readonly string[]) => Value;
}

export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

/** What every kind of flag is told. */
export interface FlagWords {
  readonly topic: string;
  readonly help: string;
  readonly short?: string;
  readonly alias?: string;
  readonly placeholder?: string;
  /** As one would type it. */
  readonly defaultText?: string;
  readonly shownDefault?: string;
}

/** A flag with one value; the default is read by the same rule as what a user types. */
export function single<Value>(words: FlagWords, read: (text: string) => Value): Flag<Value> {
  const defaultText = words.defaultText ?? '';
  return {
    ...words,
    placeholder: words.placeholder ?? 'TEXT',
    isRepeatable: false,
    defaultText,
    read: ([text]) => read(text ?? defaultText),
  };
}

export function text(words: FlagWords): Flag<string> {
  return single(words, (given) => given);
}

/** May be given several times; without it the list holds the default, or nothing if there is none. */
export function list(words: FlagWords, read: (text: string) => string): Flag<readonly string[]> {
  const defaultText = words.defaultText ?? '';
  const defaults = defaultText === '' ? [] : [defaultText];
  return {
    ...words,
    placeholder: words.placeholder ?? 'TEXT',
    isRepeatable: true,
    defaultText,
    read: (texts) => Object.freeze((texts.length > 0 ? texts : defaults).map(read)),
  };
}

/** `--name`, `--no-name`, and `--name=true|false`. */
export function onOff(words: FlagWords & { readonly defaultText?: 'true' | 'false' }): Flag<boolean> {
  const flag = single({ defaultText: 'false', ...words }, (given) => {
    if (given === 'true') return true;
    if (given === 'false') return false;
    throw new RangeError('is a switch and takes true or false, or nothing');
  });
  return { ...flag, placeholder: undefined };
}

/** A switch that is only ever turned on, such as `--help`. */
export function action(words: FlagWords): Flag<boolean> {
  return { ...onOff({ ...words, defaultText: 'false' }), defaultText: '' };
}

export function choice<const Choice extends string>(words: FlagWords, choices: readonly Choice[]): Flag<Choice> {
  return single({ placeholder: choices.join('|'), ...words }, (given) => {
    const chosen = choices.find((one) => one === given);
    if (chosen === undefined) throw new RangeError(`wants one of ${choices.join(', ')}`);
    return chosen;
  });
}

/** 0 upwards. */
export function wholeNumber(words: FlagWords): Flag<number> {
  return single({ placeholder: 'NUMBER', ...words }, (given) => {
    const value = Number(given);
    if (!/^\d+$/.test(given) || !Number.isSafeInteger(value)) throw new RangeError('wants a whole number, 0 or more');
    return value;
  });
}

/** A Go duration (`1h30m`, `500ms`) in milliseconds, as Alertmanager's flags take it. */
export function goDuration(words: FlagWords, { atLeast }: { atLeast: 'zero' | 'more than zero' }): Flag<number> {
  return single({ placeholder: 'DURATION', ...words }, (given) => {
    const valueMs = parseGoDuration(given);
    if (valueMs === undefined) {
      const hint = /[dwy]/.test(given) ? '; a day is 24h' : '';
      throw new RangeError(`wants ${GO_DURATION_SYNTAX}${hint}`);
    }
    if (atLeast === 'more than zero' && valueMs <= 0) throw new RangeError('must be longer than zero');
    if (valueMs < 0) throw new RangeError('must not be negative');
    return valueMs;
  });
}

/** A duration as people type it, in milliseconds: Prometheus' units (`2d`, `1w`) or Go's (`1.5h`). Undefined if not given. */
export function humanDuration(words: FlagWords): Flag<number | undefined> {
  return single({ placeholder: 'DURATION', ...words }, (given) => {
    if (given === '') return undefined;
    const valueMs = parseDuration(given) ?? parseGoDuration(given);
    if (valueMs === undefined) throw new RangeError(`wants ${DURATION_SYNTAX}`);
    if (valueMs <= 0) throw new RangeError('must be longer than zero');
    return valueMs;
  });
}
