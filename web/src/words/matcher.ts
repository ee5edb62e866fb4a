/** Matchers as they are typed and shown: `severity="urgent"`, `instance=~"db.*"`. The node alone decides what they match. */

export type MatcherType = '=' | '!=' | '=~' | '!~';

export interface TypedMatcher {
  readonly name: string;
  readonly type: MatcherType;
  readonly value: string;
}

const PLAIN_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const TYPED =
  /^\s*(?<name>"(?:[^"\\]|\\.)+"|[^\s"!=~{},]+)\s*(?<type>=~|!~|!=|=)\s*(?<value>"(?:[^"\\]|\\.)*"|[^"]*?)\s*$/su;

/** Undefined for what is no matcher, or not yet. Quotes may be left out. */
export function parseMatcher(text: string): TypedMatcher | undefined {
  const groups = TYPED.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { name = '', type, value = '' } = groups;
  return { name: unquoted(name), type: type as MatcherType, value: unquoted(value) };
}

/** As it is written in filters and configurations. */
export function matcherText({ name, type, value }: TypedMatcher): string {
  return `${PLAIN_NAME.test(name) ? name : quoted(name)}${type}${quoted(value)}`;
}

export function equals(name: string, value: string): string {
  return matcherText({ name, type: '=', value });
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function unquoted(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replace(/\\(.)/gs, (_, character: string) => (character === 'n' ? '\n' : character));
}

/**
 * A guess at what the node will say, for what is shown until it does: undefined if it cannot be known here, since the
 * expression is one that only the node understands.
 */
export function matchesLabel(
  { name, type, value }: TypedMatcher,
  labels: Readonly<Record<string, string>>,
): boolean | undefined {
  const given = Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
  if (type === '=') return given === value;
  if (type === '!=') return given !== value;
  const expression = compiled(value);
  if (expression === undefined) return undefined;
  return expression.test(given) === (type === '=~');
}

/** Of RE2's words only the flag at the beginning is not JavaScript's, too. Long ones are not run here at all. */
function compiled(value: string): RegExp | undefined {
  const [, flag, pattern = ''] = /^(\(\?i\))?(.*)$/s.exec(value) ?? [];
  // Nested repetitions take JavaScript for ever; the node's engine knows no such trouble.
  if (pattern.length > 200 || /[+*}]\)?[+*{]/.test(pattern) || /\([^)]*[+*][^)]*\)[+*{]/.test(pattern))
    return undefined;
  try {
    return new RegExp(`^(?:${pattern})$`, flag ? 'isu' : 'su');
  } catch {
    return undefined;
  }
}

/** What is meant by a word without an operator: alerts whose name has it in it. */
export function wordMatcher(word: string): TypedMatcher {
  const literal = word.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return { name: 'alertname', type: '=~', value: `(?i).*${literal}.*` };
}
