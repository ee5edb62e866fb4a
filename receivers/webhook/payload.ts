/**
 * A payload of one's own instead of the standard message: any YAML whose texts are templates. What a template renders to
 * is read as YAML, so that `{{ len .Alerts }}` gives a number and `{{ toJson .Alerts }}` a list.
 */
import { type DocumentOptions, type ParseOptions, parse, type SchemaOptions, type ToJSOptions } from 'yaml';
import { goJson, type JsonValue } from './go-json.ts';

/** Parsing YAML takes a second per megabyte, during which nothing else happens; longer texts are JSON or stay texts. */
const LONGEST_YAML = 64 * 1024;
/** Deeper than any message; keeps a hostile annotation from exhausting the stack. */
const DEEPEST = 200;

/**
 * The request's body, with the line break Go's encoder ends it with. Keys are templates too. Throws what `render` throws.
 * Texts inside of what a template rendered are data: they are not rendered again, or an alert could write templates.
 */
export function payloadBody(payload: unknown, render: (template: string) => string): string {
  return `${goJson(rendered(payload, render))}\n`;
}

function rendered(value: unknown, render: (template: string) => string): JsonValue {
  if (typeof value === 'string') return inlineValue(render(value));
  if (Array.isArray(value)) return value.map((item) => rendered(item, render));
  if (typeof value !== 'object' || value === null) return plainValue(value, 0);
  return new Map(Object.entries(value).map(([key, item]) => [render(key), rendered(item, render)]));
}

/** What the text says as YAML, or the text itself if it says a text or nothing sensible. */
function inlineValue(text: string): JsonValue {
  if (text.trim() === '') return null;
  try {
    const value = plainValue(/^\s*[[{]/.test(text) ? parseFlow(text) : parseYaml(text), 0);
    if (typeof value === 'string') return text;
    // A lone comment is null to YAML, but `#alerts` is meant to be a channel's name.
    return value === null && text.trimStart().startsWith('#') ? text : value;
  } catch {
    return text;
  }
}

/** JSON is YAML, a hundred times faster to read, and what `toJson` renders. */
function parseFlow(text: string): unknown {
  try {
    return JSON.parse(text, (_key: string, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
        ? BigInt(context?.source ?? 0)
        : value,
    );
  } catch {
    return parseYaml(text);
  }
}

const YAML_OPTIONS: ParseOptions & DocumentOptions & SchemaOptions & ToJSOptions = {
  version: '1.1',
  intAsBigInt: true,
  mapAsMap: true,
  // An alert that refers to itself would never end, and one to others could grow without bound.
  maxAliasCount: 0,
  logLevel: 'error',
  // Go's yaml reads neither `12:30` as a number nor a date as a point in time.
  customTags: (tags) =>
    tags.filter((tag) => typeof tag === 'string' || (tag.format !== 'TIME' && !tag.tag.endsWith(':timestamp'))),
};

function parseYaml(text: string): unknown {
  if (text.length > LONGEST_YAML) throw new RangeError('too long to be read as YAML');
  return parse(text, YAML_OPTIONS);
}

/** Entries whose key is not a text are dropped, as Alertmanager does. Throws a RangeError for what JSON cannot hold. */
function plainValue(value: unknown, depth: number): JsonValue {
  if (depth > DEEPEST) throw new RangeError('nested too deeply');
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new RangeError('not a finite number');
      return value;
    case 'object': {
      if (value === null) return null;
      if (Array.isArray(value)) return value.map((item) => plainValue(item, depth + 1));
      const entries: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
      const map = new Map<string, JsonValue>();
      for (const [key, item] of entries) if (typeof key === 'string') map.set(key, plainValue(item, depth + 1));
      return map;
    }
    default:
      return null;
  }
}
