/**
 * The scalar values of configuration blocks. The YAML loader hands every scalar over as its source text and a YAML null
 * as null, so that `on`, `0123` or `1e3` mean here what the field wants and not what YAML guessed.
 */
import { z } from 'zod';
import { GO_DURATION_SYNTAX, parseGoDuration } from '../src/model/duration.ts';
import { Secret } from './secret.ts';

/** A key that may be missing or null, which mean the same: undefined. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** Any scalar, as written. */
export const text = z.string({ error: 'must be a single value, not a list or a block' });

/** As {@link text}, but never shown. */
export const secretText = text.transform((value) => new Secret(value));

/** YAML 1.1 booleans, which Alertmanager's parser accepts in boolean fields. */
const YAML_BOOLEAN = /^(?:(y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)|(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF))$/;

export const yamlBoolean = text.transform((value, context) => {
  const match = YAML_BOOLEAN.exec(value);
  if (match) return match[1] !== undefined;
  context.addIssue({ code: 'custom', message: `must be true or false, not "${value}"` });
  return z.NEVER;
});

/**
 * A whole number as Alertmanager's YAML 1.1 parser reads one: optionally signed, `_` between digits, hexadecimal, octal
 * (`017`, `0o17`) or binary; also `5.0` and `1e3`.
 */
export const yamlInteger = text.transform((value, context) => {
  const number = yamlNumber(value.replaceAll('_', ''));
  if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
  context.addIssue({ code: 'custom', message: `must be a whole number, not "${value}"` });
  return z.NEVER;
});

function yamlNumber(value: string): number {
  const [, sign = '', prefix = '', digits = ''] = /^([-+]?)(0[xob]?)([0-9a-f]+)$/i.exec(value) ?? [];
  if (prefix !== '') return Number((prefix === '0' ? '0o' : prefix) + digits) * (sign === '-' ? -1 : 1);
  return /^[-+]?[0-9]+(?:\.0*)?(?:e[-+]?[0-9]{1,3})?$/i.test(value) ? Number(value) : Number.NaN;
}

export const yamlUnsignedInteger = yamlInteger.refine((value) => value >= 0, { error: 'must not be negative' });

/** Milliseconds, not negative. */
export const goDurationMs = text.transform((value, context) => {
  const durationMs = parseGoDuration(value);
  if (durationMs !== undefined && durationMs >= 0) return durationMs;
  context.addIssue({ code: 'custom', message: `must be ${GO_DURATION_SYNTAX}, not "${value}"` });
  return z.NEVER;
});

/** What is wrong with the text as an http(s) URL, or undefined. Never repeats the URL, which may hold a token. */
export function httpUrlProblem(value: string): string | undefined {
  if (!URL.canParse(value)) return 'must be an absolute URL such as "https://example.org/hook"';
  const { protocol, hostname } = new URL(value);
  if (protocol !== 'http:' && protocol !== 'https:') return `must start with http:// or https://, not ${protocol}//`;
  // WHATWG parsing finds a host in `http:example.org` and `http:///example.org`; Alertmanager does not.
  return hostname === '' || !/^https?:\/\/[^/]/i.test(value) ? 'must name a host' : undefined;
}

export const httpUrl = text.superRefine((value, context) => {
  const problem = httpUrlProblem(value);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});
