/**
 * The simulation must notice when a rule is missing: each of these builds lacks one, and some random world must find it at
 * fault. A build is a copy of the sources in which a few lines are replaced; nothing in the product knows of it.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

interface Breakage {
  readonly file: string;
  readonly replaces: string;
  readonly by: string;
}

interface BrokenBuild {
  readonly lacks: string;
  readonly breakages: readonly Breakage[];
  /** The world that finds it: random worlds are many, and this one is known to. */
  readonly seed: number;
  readonly breaks: string;
}

const BUILDS: readonly BrokenBuild[] = [
  {
    lacks: 'reading the log again before a retry',
    breakages: [
      {
        file: 'src/notify/tell.ts',
        replaces: 'const isWanted = () => consider(dependencies, place, flush) !== undefined;',
        by: 'const isWanted = () => true;',
      },
    ],
    seed: 1,
    breaks: 'promise 3',
  },
];

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = ['src', 'cluster', 'receivers', 'test', 'package.json', 'tsconfig.json'];

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-broken-build-'));
  for (const source of SOURCES) {
    cpSync(join(ROOT, source), join(directory, source), {
      recursive: true,
      filter: (path) => !path.endsWith('.test.ts') && !path.includes('fixtures'),
    });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function breakIt({ file, replaces, by }: Breakage): void {
  const path = join(directory, file);
  const source = readFileSync(path, 'utf8');
  // A breakage that no longer fits the source would leave the build whole, and this test without a point.
  if (source.split(replaces).length !== 2) throw new Error(`${file} has not exactly once: ${replaces}`);
  writeFileSync(
    path,
    source.replace(replaces, () => by),
  );
}

/** What a world of this build is found at fault for; empty if nothing. */
async function faultsOf(seed: number): Promise<string> {
  try {
    await promisify(execFile)(process.execPath, ['test/simulation/hunt.ts', String(seed)], { cwd: directory });
    return '';
  } catch (cause) {
    return (cause as { stdout: string }).stdout;
  }
}

describe('a build that lacks', () => {
  test.each(BUILDS)('$lacks is found out', async ({ breakages, seed, breaks }) => {
    for (const breakage of breakages) breakIt(breakage);
    expect(await faultsOf(seed)).toContain(breaks);
  });
});
