/**
 * Configuration reaches a schema as source texts (see config-values.ts). A field that passes any YAML on, such as a
 * webhook's payload, needs the numbers and booleans instead: the loader remembers them here, beside the texts.
 */
import { z } from 'zod';

const typedValues = new WeakMap<object, unknown>();

/** For the loader: what a list or block of texts is with YAML's own types. */
export function rememberYamlValue(texts: object, typed: unknown): void {
  typedValues.set(texts, typed);
}

/** Lists and blocks with YAML's own types; a single text, and what the loader did not make, as they are. */
export function yamlValueOf(texts: unknown): unknown {
  return typeof texts === 'object' && texts !== null && typedValues.has(texts) ? typedValues.get(texts) : texts;
}

/** Any YAML at all, with its own types. */
export const anyYaml = z.unknown().transform(yamlValueOf);
