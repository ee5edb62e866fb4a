/**
 * A source file as the tidy rules look at it: its text, its syntax tree, its imports and its comments. Parsed by the
 * parser that vitest itself uses, so that a word in a string or a comment is never taken for code.
 */
import { posix } from 'node:path';
import { parseAst } from 'vitest/node';

/** A node of the ESTree; which fields there are depends on its type. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** Something that refers to another file or package. */
export interface Import {
  /** As written. */
  readonly specifier: string;
  /** Names taken from it; empty for `import 'x'`, `import * as x` and `import('x')`. */
  readonly names: readonly string[];
  /** Nothing of it is there when the program runs. */
  readonly isTypeOnly: boolean;
  readonly line: number;
}

export interface Comment {
  readonly text: string;
  readonly line: number;
}

export class SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly #nodes: readonly SyntaxNode[];

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    const program = parseAst(text, { lang: languageOf(path) }) as unknown as SyntaxNode;
    const nodes: SyntaxNode[] = [];
    collect(program, nodes);
    this.#nodes = nodes;
  }

  /** Neither part of a node nor of the command line, and so free to reach for anything. */
  get isOutside(): boolean {
    return isTestsOwn(this.path) || /^(bench|scripts)\/|^(web\/)?[^/]*\.config\.ts$/.test(this.path);
  }

  get lineCount(): number {
    return this.text.replace(/\n$/, '').split('\n').length;
  }

  lineAt(offset: number): number {
    return this.text.slice(0, offset).split('\n').length;
  }

  nodesOfType(...types: string[]): SyntaxNode[] {
    return this.#nodes.filter(({ type }) => types.includes(type));
  }

  textOf({ start, end }: SyntaxNode): string {
    return this.text.slice(start, end);
  }

  imports(): Import[] {
    const declarations = this.nodesOfType(
      'ImportDeclaration',
      'ExportNamedDeclaration',
      'ExportAllDeclaration',
      'ImportExpression',
      'TSImportType',
    );
    return declarations.flatMap((node) => {
      const source = (node.source ?? node.argument) as SyntaxNode | null | undefined;
      const literal = source?.type === 'TSLiteralType' ? (source.literal as SyntaxNode) : source;
      if (typeof literal?.value !== 'string') return [];
      const specifiers = (node.specifiers ?? []) as SyntaxNode[];
      const names = specifiers.flatMap(({ imported }) => nameOf(imported) ?? []);
      const isTypeOnly = (node.importKind ?? node.exportKind) === 'type' || node.type === 'TSImportType';
      return [{ specifier: literal.value, names, isTypeOnly, line: this.lineAt(node.start) }];
    });
  }

  /** Paths of the repository's own files that this file imports. */
  importedPaths(): { path: string; isTypeOnly: boolean; line: number }[] {
    return this.imports()
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ specifier, isTypeOnly, line }) => ({ path: resolveFrom(this.path, specifier), isTypeOnly, line }));
  }

  /** Every string in the code: some of them name files that are run rather than imported. */
  strings(): string[] {
    return [
      ...this.nodesOfType('Literal').map(({ value }) => value),
      ...this.nodesOfType('TemplateElement').map(({ value }) => (value as { cooked?: unknown }).cooked),
    ].filter((value) => typeof value === 'string');
  }

  comments(): Comment[] {
    let code = this.text;
    for (const { start, end } of this.nodesOfType('Literal', 'TemplateElement')) {
      code = code.slice(0, start) + code.slice(start, end).replace(/[^\n]/g, ' ') + code.slice(end);
    }
    return [...code.matchAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g)].map((match) => ({
      // The original, since what lies between backquotes in a comment is no literal.
      text: this.text.slice(match.index, match.index + match[0].length),
      line: this.lineAt(match.index),
    }));
  }
}

function languageOf(path: string): 'ts' | 'tsx' | 'js' {
  if (path.endsWith('.tsx')) return 'tsx';
  return path.endsWith('.ts') ? 'ts' : 'js';
}

/** Tests, suites that several tests share, and stand-ins; nothing but tests may reach for them. */
export function isTestsOwn(path: string): boolean {
  return /\.(test|contract|laws)\.tsx?$|^test\/|\/testing\/|\/fake-[^/]*$/.test(path);
}

/** `./x.ts` as seen from a file, as a path from the root. */
export function resolveFrom(path: string, relative: string): string {
  return posix.normalize(posix.join(posix.dirname(path), relative));
}

export function nameOf(node: unknown): string | undefined {
  const name = (node as { name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' ? name : undefined;
}

/** Parents before children; each child knows no parent, so that the tree stays plain. */
function collect(value: unknown, into: SyntaxNode[]): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, into);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (typeof (value as SyntaxNode).type === 'string') into.push(value as SyntaxNode);
  for (const child of Object.values(value)) collect(child, into);
}
