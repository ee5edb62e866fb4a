/**
 * Reads a command line against a table of flags: every problem is reported, not only the first, and an unknown flag is
 * never ignored, since an operator who mistypes one would run with its default without knowing.
 */
import { parseArgs } from 'node:util';
import { nearestName } from '../model/nearest-name.ts';
import type { Flag, FlagTable } from './flag-value.ts';

export type FlagValues<Table extends FlagTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Flag<infer Value> ? Value : never;
};

export interface ParsedCommandLine<Table extends FlagTable> {
  readonly values: FlagValues<Table>;
  /** The flags that were on the command line, by their full names. */
  readonly given: ReadonlySet<string>;
  /** What was given of each, in order. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
}

/** Sentences, in the order of the command line, each naming the flag and what to do. */
export interface CommandLineProblems {
  readonly problems: readonly string[];
}

/** `--flag value`, `--flag=value`, `-f value`, `--switch`, `--no-switch`; `--` ends the flags. */
export function parseCommandLine<const Table extends FlagTable>(
  table: Table,
  argv: readonly string[],
  { takesPositionals }: { readonly takesPositionals: boolean },
): ParsedCommandLine<Table> | CommandLineProblems {
  const byTypedName = new Map<string, { name: string; flag: Flag<unknown> }>();
  const options: Record<string, { type: 'string' | 'boolean'; short?: string; multiple: true }> = {};
  for (const [name, flag] of Object.entries(table)) {
    const type = isSwitch(flag) ? 'boolean' : 'string';
    options[name] = { type, multiple: true, ...(flag.short !== undefined && { short: flag.short }) };
    if (flag.alias !== undefined) options[flag.alias] = { type, multiple: true };
    for (const typed of flag.alias === undefined ? [name] : [name, flag.alias]) byTypedName.set(typed, { name, flag });
  }

  // Not strict: strict stops at the first problem and knows no nearest name. The tokens say all there is to know.
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const problems: string[] = [];
  const texts = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (takesPositionals) positionals.push(token.value);
      else problems.push(`unexpected argument ${JSON.stringify(token.value)}; flags begin with --`);
    }
    if (token.kind !== 'option') continue;
    const negated = token.name.startsWith('no-') ? byTypedName.get(token.name.slice('no-'.length)) : undefined;
    const found = byTypedName.get(token.name) ?? (negated && isSwitch(negated.flag) ? negated : undefined);
    if (found === undefined) {
      problems.push(unknownFlag(token.rawName, byTypedName.keys()));
      continue;
    }
    const isNegation = found === negated;
    if (isNegation && token.value !== undefined) {
      problems.push(`${token.rawName} takes no value`);
      continue;
    }
    const value = token.value ?? (isSwitch(found.flag) ? String(!isNegation) : undefined);
    // `--config.file --log.silences` forgot a value; it did not ask for a file of that name.
    const isNextFlag = token.inlineValue === false && byTypedName.has(value?.match(/^--([^=]+)/)?.[1] ?? '');
    if (value === undefined || isNextFlag) {
      problems.push(`${token.rawName} needs a value: ${token.rawName} ${found.flag.placeholder}`);
      continue;
    }
    const given = texts.get(found.name) ?? [];
    texts.set(found.name, given);
    // `-o=json` means what `--output=json` means.
    const isShortWithEquals = token.inlineValue === true && !token.rawName.startsWith('--') && value.startsWith('=');
    given.push(isShortWithEquals ? value.slice(1) : value);
  }
  return read(table, { texts, positionals, problems });
}

function read<Table extends FlagTable>(
  table: Table,
  line: { texts: ReadonlyMap<string, string[]>; positionals: string[]; problems: string[] },
): ParsedCommandLine<Table> | CommandLineProblems {
  const { texts, positionals, problems } = line;
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(table)) {
    const given = texts.get(name) ?? [];
    if (given.length > 1 && !flag.isRepeatable) problems.push(`--${name} is given ${given.length} times; give it once`);
    try {
      values[name] = flag.read(given);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push(`--${name}${given.map((text) => ` ${JSON.stringify(text)}`).join('')} ${error.message}`);
    }
  }
  if (problems.length > 0) return { problems };
  return { values: values as FlagValues<Table>, given: new Set(texts.keys()), texts, positionals };
}

function isSwitch(flag: Flag<unknown>): boolean {
  return flag.placeholder === undefined;
}

function unknownFlag(rawName: string, names: Iterable<string>): string {
  const nearest = rawName.startsWith('--') ? nearestName(rawName.slice(2), names) : undefined;
  return nearest === undefined
    ? `unknown flag ${rawName}; --help lists all flags`
    : `unknown flag ${rawName}; did you mean --${nearest}?`;
}
