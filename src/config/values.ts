/** The schemas of values that several sections of the configuration share. Every scalar comes as its source text. */
import { z } from 'zod';
import { optional, text } from '../../receivers/config-values.ts';
import { DURATION_SYNTAX, parseDuration } from '../model/duration.ts';
import { isValidLabelName, type LabelNameMode } from '../model/labels.ts';
import { quoted } from './config-error.ts';
import { isBlock, type PlainValue } from './yaml-tree.ts';

/** A text; null is the empty text, as in Alertmanager. */
export const textOrEmpty = z.preprocess((value) => value ?? '', text);

/** Milliseconds. */
export const durationMs = text.transform((value, context) => {
  const parsed = parseDuration(value);
  if (parsed !== undefined) return parsed;
  const message = `${quoted(value)} is not ${DURATION_SYNTAX}`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** A list of texts; null is an empty one. */
export const texts = z.preprocess((value) => value ?? [], z.array(textOrEmpty));

/** As {@link texts}, but null is undefined: the key counts as absent. */
export const optionalTexts = optional(z.array(textOrEmpty));

/** A block of texts, as a map since its keys may be called anything; null is empty, a null value the empty text. */
export const textMap = mapOfTexts((value) => (value === null ? '' : undefined));

/** As {@link textMap}, but a value must be given: an empty pattern is more likely a slip than meant. */
export const regexMap = mapOfTexts(() => undefined);

function mapOfTexts(textOf: (value: Exclude<PlainValue, string>) => string | undefined) {
  return z.unknown().transform((value, context): ReadonlyMap<string, string> => {
    const map = new Map<string, string>();
    if (value === null) return map;
    if (!isBlock(value)) {
      context.addIssue({ code: 'custom', message: 'must be a block of keys with a text each' });
      return map;
    }
    for (const [key, item] of Object.entries<PlainValue>(value)) {
      const text = typeof item === 'string' ? item : textOf(item);
      if (text !== undefined) map.set(key, text);
      else
        context.addIssue({
          code: 'custom',
          path: [key],
          message: 'must be a single value, not a list, a block or nothing',
        });
    }
    return map;
  });
}

/** What to do about a name that is no label name, or undefined if it is one. */
export function labelNameProblem(name: string, mode: LabelNameMode): string | undefined {
  if (isValidLabelName(name, mode)) return undefined;
  const rule = mode === 'classic' ? 'letters, digits and _, not beginning with a digit' : 'any text but the empty one';
  return `${quoted(name)} is not a label name (${rule})`;
}
