/**
 * Labels as people type them: `alertname=Foo severity=urgent instance="a b"`, with commas and braces as in a matcher allowed
 * too. Reading never fails half-way: what is not understood is said, with where it is.
 */

type Labels = Readonly<Record<string, string>>;

export interface TypedLabels {
  readonly labels: Labels;
  /** What is wrong with the text, in words; undefined if nothing is. */
  readonly problem: string | undefined;
}

interface Token {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** Undefined as long as there is no `=`. */
  readonly value: string | undefined;
  readonly valueStart: number;
  /** A quote that is not closed yet. */
  readonly isOpen: boolean;
}

const BETWEEN = /[\s,{}]/;
/** An alert has at most so many. */
const MOST_LABELS = 256;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (BETWEEN.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const start = at;
    while (at < text.length && text.charAt(at) !== '=' && !BETWEEN.test(text.charAt(at))) at += 1;
    const name = text.slice(start, at);
    if (text.charAt(at) !== '=') {
      tokens.push({ start, end: at, name, value: undefined, valueStart: at, isOpen: false });
      continue;
    }
    at += 1;
    const valueStart = at;
    const read = text.charAt(at) === '"' ? quotedValue(text, at) : plainValue(text, at);
    at = read.end;
    tokens.push({ start, end: at, name, value: read.value, valueStart, isOpen: read.isOpen });
  }
  return tokens;
}

function plainValue(text: string, from: number) {
  let end = from;
  while (end < text.length && !BETWEEN.test(text.charAt(end))) end += 1;
  return { value: text.slice(from, end), end, isOpen: false };
}

function quotedValue(text: string, from: number) {
  let value = '';
  let at = from + 1;
  for (; at < text.length && text.charAt(at) !== '"'; at += 1) {
    if (text.charAt(at) === '\\' && at + 1 < text.length) {
      at += 1;
      value += text.charAt(at) === 'n' ? '\n' : text.charAt(at);
    } else value += text.charAt(at);
  }
  const isOpen = at >= text.length;
  return { value, end: isOpen ? at : at + 1, isOpen };
}

export function readLabels(text: string): TypedLabels {
  const labels: Record<string, string> = Object.create(null);
  const tokens = tokensOf(text);
  let problem = tokens.length > MOST_LABELS ? `An alert has at most ${MOST_LABELS} labels.` : undefined;
  for (const { name, value, isOpen } of tokens.slice(0, MOST_LABELS)) {
    const wrong =
      value === undefined
        ? `“${name}” has no value yet: write ${name}=…`
        : name === ''
          ? `“=${value}” has no name`
          : /[!~]$/.test(name)
            ? `“${name}=” is a matcher: an alert has plain labels, name=value`
            : isOpen
              ? `the quote of ${name} is not closed`
              : Object.hasOwn(labels, name)
                ? `${name} is there twice`
                : undefined;
    if (wrong === undefined && value !== '') labels[name] = value ?? '';
    problem ??= wrong;
  }
  return { labels: { ...labels }, problem };
}

export function writeLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${writeValue(value)}`)
    .join(' ');
}

function writeValue(value: string): string {
  if (value !== '' && !/[\s,{}"\\]/.test(value)) return value;
  return `"${value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

export interface LabelCompletion {
  readonly kind: 'name' | 'value';
  /** Of the label whose value is being typed. */
  readonly name: string;
  readonly prefix: string;
  /** What a choice replaces. */
  readonly start: number;
  readonly end: number;
  /** Labels elsewhere in the text, which need no offering again. */
  readonly taken: readonly string[];
}

/** What is being typed at `caret`. */
export function completionAt(text: string, caret: number): LabelCompletion {
  const tokens = tokensOf(text);
  const token = tokens.find(({ start, end, isOpen }) => start <= caret && (caret <= end || isOpen));
  const taken = tokens.filter((other) => other !== token).map(({ name }) => name);
  if (!token) return { kind: 'name', name: '', prefix: '', start: caret, end: caret, taken };
  const { start, end, name, value, valueStart } = token;
  if (value === undefined || caret < valueStart) {
    const nameEnd = value === undefined ? end : valueStart;
    return { kind: 'name', name: '', prefix: text.slice(start, caret), start, end: nameEnd, taken };
  }
  const prefix = text.slice(valueStart, caret).replace(/^"/, '').replace(/"$/, '');
  return { kind: 'value', name, prefix, start: valueStart, end, taken };
}

/** The text with the choice in the place of what was typed, and where the caret goes on. */
export function complete(text: string, at: LabelCompletion, choice: string): { text: string; caret: number } {
  const before = text.slice(0, at.start);
  const written = at.kind === 'name' ? `${choice}=` : writeValue(choice);
  const after = text.slice(at.end);
  const gap = at.kind === 'value' && !BETWEEN.test(after.charAt(0)) ? ' ' : '';
  return { text: before + written + gap + after, caret: (before + written + gap).length };
}
