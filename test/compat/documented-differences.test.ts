import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apiDifferences, scriptedDifferences } from './api-differences.ts';
import { differentScenarios, NEWER_FIELDS } from './different-scenarios.ts';
import { matcherDifferences } from './matcher-differences.ts';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../docs/compatibility.md'), 'utf8');

test.each<[string, readonly string[]]>([
  ['What is told, and when', [...differentScenarios.map(({ difference }) => difference), NEWER_FIELDS]],
  ['API v2', [...apiDifferences, ...scriptedDifferences].map(({ name }) => name)],
  ['Matchers', Object.values(matcherDifferences)],
])('docs/compatibility.md lists under "%s" just what the comparisons show', (heading, shown) => {
  expect(documented(heading)).toEqual([...new Set(shown)].toSorted());
});

/** The first column of the table below a heading, sorted. */
function documented(heading: string): readonly string[] {
  const section = DOCUMENT.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = '']) => name).toSorted();
}
