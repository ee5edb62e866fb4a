/** The house rules, held over every file of the repository. What each rule catches is tested beside the rules. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importDirections, packageImporters } from './support/import-directions.ts';
import { SourceFile } from './support/source-file.ts';
import {
  deadFiles,
  documentPaths,
  domainNames,
  everyTestRuns,
  type Finding,
  fileLength,
  namedExports,
  noConsole,
  nothingLeftOver,
  openingComment,
  systemOnly,
} from './support/tidy-rules.ts';

const ROOT = join(import.meta.dirname, '..');
const ENTRIES = [
  'bin/tocsin.mjs',
  'src/main.ts',
  'scripts/run.mjs',
  'vitest.config.ts',
  'web/vite.config.ts',
  'web/src/main.tsx',
  'web/src/theme-first.ts',
];

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const glob = (...patterns: string[]) => globSync(patterns, { cwd: ROOT }).toSorted();

const files = glob(
  '{bin,src,cluster,receivers,scripts,test,bench}/**/*.{ts,mjs}',
  '*.ts',
  'web/src/**/*.{ts,tsx}',
  'web/*.ts',
).map((path) => new SourceFile(path, read(path)));
const documents = glob('README.md', '{docs,examples}/**/*.md').map((path) => ({ path, text: read(path) }));

const shown = (findings: readonly Finding[]) => findings.map(({ path, line, message }) => `${path}:${line} ${message}`);

describe('every file', () => {
  test.each([
    ['imports in the agreed direction', importDirections],
    ['leaves each package to the part that owns it', packageImporters],
    ['takes clocks, timers, randomness and ids from System', systemOnly],
    ['is short enough to be one idea', fileLength],
    ['opens by saying what it is', openingComment],
    ['exports by name', namedExports],
    ['is named after what it is about', domainNames],
    ['runs all its tests', everyTestRuns],
    ['leaves nothing for later', nothingLeftOver],
    ['logs through the logger', noConsole],
  ])('%s', (_, rule) => {
    expect(shown(files.flatMap(rule))).toEqual([]);
  });

  test('is used', () => {
    expect(shown(deadFiles(files, { entries: ENTRIES }))).toEqual([]);
  });
});

test('documents name files that exist', () => {
  const findings = documents.flatMap((document) => documentPaths(document, (path) => existsSync(join(ROOT, path))));
  expect(shown(findings)).toEqual([]);
});
