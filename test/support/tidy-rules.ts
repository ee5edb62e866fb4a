/**
 * The house rules that a machine can hold, as functions from a file (or all files) to what is wrong with it. Each message
 * says what to do instead.
 */
import { posix } from 'node:path';
import { nameOf, resolveFrom, type SourceFile, type SyntaxNode } from './source-file.ts';

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

const SYSTEM = 'src/system.ts';
/** In a browser, the one place that has clocks and timers. */
const BROWSER_CLOCK = 'web/src/clock.ts';
const LONGEST_FILE_LINES = 450;

/** Objects of the platform of which a part must be asked through System only. */
const SYSTEM_ONLY_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  Date: ['now'],
  performance: ['now', 'timeOrigin'],
  process: ['hrtime', 'uptime'],
  Math: ['random'],
  crypto: ['randomUUID', 'getRandomValues'],
  Temporal: ['Now'],
  AbortSignal: ['timeout'],
};
const SYSTEM_ONLY_FUNCTIONS = ['setTimeout', 'setInterval', 'setImmediate'];
const SYSTEM_ONLY_MODULES: Readonly<Record<string, readonly string[] | 'all'>> = {
  timers: 'all',
  'timers/promises': 'all',
  perf_hooks: 'all',
  crypto: ['randomUUID', 'randomInt', 'getRandomValues', 'webcrypto'],
};

/** Without this the simulator could neither fast-forward nor replay a run. */
export function systemOnly(file: SourceFile): Finding[] {
  if (file.isOutside || file.path === SYSTEM || file.path === BROWSER_CLOCK) return [];
  const door = file.path.startsWith('web/') ? BROWSER_CLOCK : `System (${SYSTEM})`;
  const report = (node: SyntaxNode | number, what: string): Finding => ({
    path: file.path,
    line: typeof node === 'number' ? node : file.lineAt(node.start),
    message: `${what} is not under a test's control; take it from ${door}`,
  });
  const modules = file.imports().flatMap(({ specifier, names, line }) => {
    const banned = ownValue(SYSTEM_ONLY_MODULES, specifier.replace(/^node:/, ''));
    if (banned === 'all') return [report(line, specifier)];
    return names.filter((name) => banned?.includes(name)).map((name) => report(line, `${specifier} ${name}`));
  });
  const members = file.nodesOfType('MemberExpression').flatMap((node) => {
    const object = node.object as SyntaxNode;
    // `globalThis.Date.now` ends in the same name as `Date.now`.
    const name = nameOf(object) ?? nameOf(object.property);
    const property = nameOf(node.property) ?? String((node.property as SyntaxNode).value);
    const isBanned = name !== undefined && ownValue(SYSTEM_ONLY_MEMBERS, name)?.includes(property);
    return isBanned ? [report(node, `${name}.${property}`)] : [];
  });
  const functions = identifiers(file)
    .filter((node) => SYSTEM_ONLY_FUNCTIONS.includes(nameOf(node) ?? ''))
    .map((node) => report(node, nameOf(node) ?? ''));
  const dates = file
    .nodesOfType('NewExpression', 'CallExpression')
    .filter((node) => nameOf(node.callee) === 'Date' && (node.arguments as unknown[]).length === 0)
    .map((node) => report(node, file.textOf(node)));
  return [...modules, ...members, ...functions, ...dates];
}

export function fileLength(file: SourceFile): Finding[] {
  if (!/^(src|cluster|receivers|web)\//.test(file.path) || file.lineCount <= LONGEST_FILE_LINES) return [];
  const message = `${file.lineCount} lines, more than ${LONGEST_FILE_LINES}: find the second idea in it and give it a file`;
  return [{ path: file.path, line: LONGEST_FILE_LINES + 1, message }];
}

/** A test says what it is in its names. */
export function openingComment(file: SourceFile): Finding[] {
  if (/\.test\.tsx?$/.test(file.path) || /^(#!.*\n)?(\/\*\*?|\/\/)/.test(file.text)) return [];
  return [{ path: file.path, line: 1, message: 'must open with a comment: what it is and what it promises' }];
}

/** The config of a tool is the exception: the tool wants it so. */
export function namedExports(file: SourceFile): Finding[] {
  if (/^(web\/)?[^/]*\.config\.ts$/.test(file.path)) return [];
  return file.nodesOfType('ExportDefaultDeclaration').map((node) => ({
    path: file.path,
    line: file.lineAt(node.start),
    message: 'exports a default; give it a name, so that it is called the same everywhere',
  }));
}

const EMPTY_WORDS = ['util', 'utils', 'utility', 'utilities', 'helper', 'helpers', 'manager', 'common', 'misc'];

export function domainNames(file: SourceFile): Finding[] {
  const empty = file.path.split(/[/.-]/).find((word) => EMPTY_WORDS.includes(word));
  const findings = empty ? [`the name "${empty}" says nothing; name it after the domain noun it is about`] : [];
  const base = posix.basename(file.path);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*$/.test(base)) findings.push('file names are kebab-case');
  return findings.map((message) => ({ path: file.path, line: 1, message }));
}

const SUITES = ['test', 'it', 'describe', 'bench', 'suite'];
const LEFT_OUT = ['skip', 'only', 'todo', 'skipIf', 'runIf', 'fails'];

export function everyTestRuns(file: SourceFile): Finding[] {
  const chained = file.nodesOfType('MemberExpression').filter((node) => {
    const root = file.textOf(node).match(/^\w+/)?.[0] ?? '';
    return SUITES.includes(root) && LEFT_OUT.includes(nameOf(node.property) ?? '');
  });
  const prefixed = identifiers(file).filter((node) => /^[xf](it|test|describe)$/.test(nameOf(node) ?? ''));
  return [...chained, ...prefixed].map((node) => ({
    path: file.path,
    line: file.lineAt(node.start),
    message: 'a test that does not run, or keeps others from running, proves nothing: repair it or delete it',
  }));
}

/** Spelled in pieces, or this file would find itself. */
const LEFTOVERS = new RegExp(
  `\\b(${['TO', 'FIX'].map((word) => `${word}${word === 'TO' ? 'DO' : 'ME'}`).join('|')})\\b`,
);

export function nothingLeftOver(file: SourceFile): Finding[] {
  return file.text.split('\n').flatMap((line, index) => {
    const found = LEFTOVERS.exec(line)?.[1];
    return found ? [{ path: file.path, line: index + 1, message: `${found}: do it now, or leave it out` }] : [];
  });
}

export function noConsole(file: SourceFile): Finding[] {
  if (/^(scripts|bench)\//.test(file.path)) return [];
  return identifiers(file)
    .filter((node) => nameOf(node) === 'console')
    .map((node) => ({
      path: file.path,
      line: file.lineAt(node.start),
      message: 'console; take the logger as a dependency',
    }));
}

/**
 * Files that nothing leads to from the entries: main, the scripts and the tests. A file that only its own tests use is
 * as dead as one that nobody uses.
 */
export function deadFiles(files: readonly SourceFile[], { entries }: { entries: readonly string[] }): Finding[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reach = (from: readonly string[]) => {
    const reached = new Set<string>();
    const open = from.filter((path) => byPath.has(path));
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (reached.has(path)) continue;
      reached.add(path);
      const file = byPath.get(path);
      if (file) open.push(...referredPaths(file).filter((referred) => byPath.has(referred)));
    }
    return reached;
  };
  const tests = files.filter(({ path }) => /\.test\.tsx?$/.test(path)).map(({ path }) => path);
  const lives = reach(entries);
  const livesForTests = reach([...entries, ...tests]);
  return files
    .filter((file) => !(file.isOutside ? livesForTests : lives).has(file.path))
    .map(({ path }) => {
      const message = livesForTests.has(path)
        ? 'is used by tests only: use it or delete it'
        : 'is used by nobody: delete it';
      return { path, line: 1, message };
    });
}

/** Imported, or named in a string as a file that is run: relative to the file, or to the root. */
function referredPaths(file: SourceFile): string[] {
  const named = file.strings().filter((text) => /^[\w./-]+\.(m?[jt]s|tsx)$/.test(text));
  return [
    ...file.importedPaths().map(({ path }) => path),
    ...named.flatMap((text) => [resolveFrom(file.path, text), posix.normalize(text)]),
  ];
}

const TOP_LEVEL = 'src|cluster|receivers|web|test|bench|scripts|docs|examples';

/**
 * Paths in a document, as links and as inline code, that lead nowhere. `exists` is asked for paths from the root; those
 * with placeholders (`<name>`, `*`, `…`) are not asked about.
 */
export function documentPaths(
  document: { readonly path: string; readonly text: string },
  exists: (path: string) => boolean,
): Finding[] {
  // What a fenced block shows is a terminal or a file, and may be about another machine.
  const prose = document.text.replace(/^(```|~~~)[\s\S]*?^\1/gm, (block) => block.replace(/[^\n]/g, ' '));
  const links = [...prose.matchAll(/\]\((?![a-z]+:|#|\/)([^)\s#]+)(?:#[^)\s]*)?\)/g)].map((match) => ({
    written: match[1] ?? '',
    target: resolveFrom(document.path, decodeURI(match[1] ?? '')),
    index: match.index,
  }));
  const codePath = new RegExp(`\`((?:${TOP_LEVEL})/[\\w./-]*)\``, 'g');
  const codes = [...prose.matchAll(codePath)].map((match) => ({
    written: match[1] ?? '',
    target: match[1] ?? '',
    index: match.index,
  }));
  return [...links, ...codes]
    .filter(({ target }) => !exists(target.replace(/\/$/, '')))
    .map(({ written, index }) => ({
      path: document.path,
      line: prose.slice(0, index).split('\n').length,
      message: `names ${written}, which does not exist`,
    }));
}

/** References to a name as such: neither `x.name` nor `{ name: … }`, nor the import that gives it. */
function identifiers(file: SourceFile): SyntaxNode[] {
  const properties = new Set<unknown>();
  for (const node of file.nodesOfType('MemberExpression')) if (!node.computed) properties.add(node.property);
  for (const node of file.nodesOfType('Property', 'MethodDefinition', 'PropertyDefinition')) {
    if (!node.computed) properties.add(node.key);
  }
  for (const node of file.nodesOfType('TSPropertySignature', 'TSMethodSignature')) properties.add(node.key);
  for (const node of file.nodesOfType('ImportSpecifier')) properties.add(node.imported).add(node.local);
  return file.nodesOfType('Identifier').filter((node) => !properties.has(node));
}

/** What objects inherit (`constructor`) is no rule. */
function ownValue<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
