/**
 * A YAML 1.1 document as plain values, and where each stands in the file. Scalars keep their source text (`on`, `0123`,
 * a date), null is null, blocks are objects without prototype. Never throws: what is wrong comes back as errors.
 *
 * Aliases and merge keys are resolved by sharing, never by copying, and every value knows how large it is when written
 * out; so a file that multiplies itself by aliases is refused before anything walks it.
 */

import type { Alias, Document, Node, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { Composer, isAlias, isMap, isScalar, isSeq, LineCounter, Parser } from 'yaml';
import { rememberYamlValue } from '../../receivers/yaml-value.ts';
import { type ConfigError, type ConfigPath, formatPath } from './config-error.ts';
import { syntaxMessage } from './yaml-syntax.ts';

export type PlainValue = null | string | readonly PlainValue[] | PlainBlock;

export interface PlainBlock {
  readonly [key: string]: PlainValue;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface YamlTree {
  /** Null if the file is empty or has errors in its syntax. */
  readonly root: PlainValue;
  /** Of a key with its value, or of a list item; of what is absent, the place of the nearest block around it. */
  placeOf(path: ConfigPath): Place;
  readonly errors: readonly ConfigError[];
  readonly warnings: readonly ConfigError[];
}

/** Deeper than any configuration; everything that walks the tree may then recurse. */
const DEEPEST = 200;
/** How many values aliases may add to those written in the file. */
const MOST_ALIASED_VALUES = 200_000;

const MOST_SYNTAX_ERRORS = 5;

/** YAML forbids them everywhere (but tab, line feed and carriage return); most come from files that are no text. */
const CONTROL_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

export function isBlock(value: unknown): value is PlainBlock {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined for a key that is absent or that objects inherit. */
export function valueAt(block: PlainBlock, key: string): PlainValue | undefined {
  return Object.hasOwn(block, key) ? block[key] : undefined;
}

export function readYaml(text: string): YamlTree {
  const lines = new LineCounter();
  const reader = new TreeReader(lines);
  const controlAt = text.search(CONTROL_CHARACTER);
  const documents = controlAt < 0 ? firstDocuments(text, lines) : [];
  if (controlAt >= 0) {
    lines.addNewLine(0);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
    const code = text.charCodeAt(controlAt).toString(16).padStart(4, '0');
    reader.refuse(controlAt, [], `not valid YAML: control character U+${code.toUpperCase()}; is this a text file?`);
  }
  const [document, second] = documents;
  const root = document === undefined ? null : reader.document(document);
  if (second !== undefined) {
    const place = reader.place(second.range[0]);
    reader.warnings.push({ ...place, path: '', message: 'only the first YAML document is read; this one is ignored' });
  }
  return {
    root,
    placeOf: (path) => reader.placeOf(root, path),
    errors: reader.errors,
    warnings: reader.warnings,
  };
}

function firstDocuments(text: string, lines: LineCounter): Document.Parsed[] {
  const documents: Document.Parsed[] = [];
  const tokens = new Parser(lines.addNewLine).parse(text);
  // Unique keys are checked below: there every duplicate gets its path, and it takes linear time.
  const composer = new Composer({ version: '1.1', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  for (const document of composer.compose(tokens, true, text.length)) {
    documents.push(document);
    if (documents.length === 2) break;
  }
  return documents;
}

/** A value as read, with what its parents need to know of it. */
interface Entry {
  readonly value: PlainValue;
  readonly typed: unknown;
  /** How many values it is, written out. */
  readonly size: number;
}

type Entries<Key> = Map<Key, Entry & { readonly offset: number }>;

const NOTHING: Entry = { value: null, typed: null, size: 1 };

class TreeReader {
  readonly errors: ConfigError[] = [];
  readonly warnings: ConfigError[] = [];
  readonly #lines: LineCounter;
  /** What is in each list and block that was made. */
  readonly #entries = new WeakMap<object, Entries<string | number>>();
  /** Undefined while the anchor's own value is being read. */
  readonly #anchors = new Map<string, Entry | undefined>();
  #aliasedValues = 0;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  document(document: Document.Parsed): PlainValue {
    // One slip makes the parser stumble again and again; its first words are the ones that help.
    const lines = new Set<number>();
    for (const { code, pos } of [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0])) {
      const { line } = this.place(pos[0]);
      if (!lines.has(line) && lines.size < MOST_SYNTAX_ERRORS) this.refuse(pos[0], [], syntaxMessage(code));
      lines.add(line);
    }
    const { yaml } = document.directives;
    if (yaml.explicit && yaml.version !== '1.1') {
      this.refuse(0, [], `YAML ${yaml.version} is not read; remove the %YAML line (the file is read as YAML 1.1)`);
    }
    // What a parser makes of text that does not parse would only give more errors, about things nobody wrote.
    return this.errors.length > 0 ? null : this.#read(document.contents, []).value;
  }

  refuse(offset: number, path: ConfigPath, message: string): void {
    this.errors.push({ ...this.place(offset), path: formatPath(path), message });
  }

  place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  placeOf(root: PlainValue, path: ConfigPath): Place {
    let value: PlainValue = root;
    let offset = 0;
    for (const step of path) {
      const found = typeof value === 'object' && value !== null ? this.#entries.get(value)?.get(step) : undefined;
      if (found === undefined) break;
      ({ value, offset } = found);
    }
    return this.place(offset);
  }

  #read(node: Node | null, path: ConfigPath): Entry {
    if (node === null) return NOTHING;
    if (path.length > DEEPEST) {
      this.refuse(startOf(node), path.slice(0, 3), `nested more than ${DEEPEST} levels deep`);
      return NOTHING;
    }
    if (isAlias(node)) return this.#alias(node, path);
    const anchor = 'anchor' in node && typeof node.anchor === 'string' ? node.anchor : undefined;
    if (anchor === undefined) return this.#content(node, path);
    this.#anchors.set(anchor, undefined);
    const entry = this.#content(node, path);
    this.#anchors.set(anchor, entry);
    return entry;
  }

  #alias(node: Alias, path: ConfigPath): Entry {
    const entry = this.#anchors.get(node.source);
    if (entry === undefined) {
      const within = this.#anchors.has(node.source);
      // Its name is not repeated: a password that begins with * and lacks its quotes looks like an alias too.
      const problem = within
        ? 'this alias stands inside the value it names'
        : 'no anchor before this alias has its name';
      this.refuse(startOf(node), path, `${problem}; if no alias is meant, put the value in quotes`);
      return NOTHING;
    }
    const before = this.#aliasedValues;
    this.#aliasedValues += entry.size;
    if (this.#aliasedValues <= MOST_ALIASED_VALUES) return entry;
    if (before <= MOST_ALIASED_VALUES) {
      this.refuse(startOf(node), path, `the aliases up to here stand for more than ${MOST_ALIASED_VALUES} values`);
    }
    return NOTHING;
  }

  #content(node: Node, path: ConfigPath): Entry {
    const tag = 'tag' in node && typeof node.tag === 'string' ? node.tag : '';
    if (/:(?:binary|set|omap|pairs)$/.test(tag)) {
      this.refuse(startOf(node), path, 'binary, set, omap and pairs are not read; write a text, list or block');
      return NOTHING;
    }
    if (isScalar(node)) return this.#scalar(node, path);
    if (isSeq<Node | null>(node)) return this.#list(node, path);
    return isMap<Node, Node | null>(node) ? this.#block(node, path) : NOTHING;
  }

  #scalar(node: Scalar, path: ConfigPath): Entry {
    if (node.value === null) return NOTHING;
    const text = node.source ?? String(node.value);
    if (!text.isWellFormed()) this.refuse(startOf(node), path, 'holds half a surrogate pair, which UTF-8 cannot say');
    return { value: text, typed: typedScalar(node.value, text), size: 1 };
  }

  #list(node: YAMLSeq<Node | null>, path: ConfigPath): Entry {
    const entries: Entries<number> = new Map();
    for (const [index, item] of node.items.entries()) {
      entries.set(index, { ...this.#read(item, [...path, index]), offset: startOf(item) });
    }
    const items = [...entries.values()];
    const list = items.map(({ value }) => value);
    return this.#made(
      list,
      items.map(({ typed }) => typed),
      entries,
    );
  }

  #block(node: YAMLMap<Node, Node | null>, path: ConfigPath): Entry {
    const own: Entries<string> = new Map();
    const merged: Entries<string> = new Map();
    for (const { key: keyNode, value } of node.items) {
      const key = this.#key(keyNode, path);
      if (key === undefined) continue;
      if (isMergeKey(keyNode)) {
        this.#merge(value, [...path, key], merged);
        this.#warnOfOwnBeforeMerge(own, merged, path);
        continue;
      }
      const offset = startOf(keyNode);
      const first = own.get(key);
      if (first !== undefined) {
        const { line } = this.place(first.offset);
        this.refuse(offset, [...path, key], `is given twice, the first time on line ${line}; remove one`);
        continue;
      }
      own.set(key, { ...this.#read(value, [...path, key]), offset });
    }
    // Own keys win over merged ones, wherever they stand.
    const entries = new Map([...merged, ...own]);
    const block: Record<string, PlainValue> = Object.create(null);
    const typed: Record<string, unknown> = Object.create(null);
    for (const [key, entry] of entries) {
      block[key] = entry.value;
      typed[key] = entry.typed;
    }
    return this.#made(block, typed, entries);
  }

  #key(node: Node, path: ConfigPath): string | undefined {
    const { value, size } = this.#read(node, path);
    if (typeof value === 'string' && size === 1) return value;
    this.refuse(startOf(node), path, 'a key must be a plain text, not empty, a list or a block');
    return undefined;
  }

  /** `<<: *base`, `<<: [*a, *b]` or a block; of several sources, the first that has a key gives it. */
  #merge(node: Node | null, path: ConfigPath, merged: Entries<string>): void {
    const { value } = this.#read(node, path);
    for (const source of Array.isArray(value) ? (value as readonly PlainValue[]) : [value]) {
      if (!isBlock(source)) {
        this.refuse(startOf(node), path, 'a merge key takes a block, the alias of one, or a list of those');
        continue;
      }
      for (const [key, entry] of this.#entries.get(source) ?? []) {
        if (typeof key === 'string' && !merged.has(key)) merged.set(key, entry);
      }
    }
  }

  /** Alertmanager's parser lets a merge key win over the keys above it, against the YAML specification. */
  #warnOfOwnBeforeMerge(own: Entries<string>, merged: Entries<string>, path: ConfigPath): void {
    for (const [key, { offset }] of own) {
      if (!merged.has(key)) continue;
      const message = 'is also merged in below and keeps this value, but not in Alertmanager; move the merge key up';
      this.warnings.push({ ...this.place(offset), path: formatPath([...path, key]), message });
    }
  }

  #made(
    value: PlainValue & object,
    typed: unknown,
    entries: Entries<never> | Entries<number> | Entries<string>,
  ): Entry {
    let size = 1;
    for (const entry of entries.values()) size += entry.size;
    this.#entries.set(value, entries as Entries<string | number>);
    rememberYamlValue(value, typed);
    return { value, typed, size };
  }
}

function startOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}

function isMergeKey(node: Node): boolean {
  return isScalar(node) && node.type === 'PLAIN' && node.source === '<<';
}

/** YAML 1.1 would also read `1:30` as ninety, which Alertmanager's parser does not; nor can JSON say infinity. */
function typedScalar(value: unknown, text: string): unknown {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'number' || !Number.isFinite(value) || text.includes(':')) return text;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? text : value;
}
