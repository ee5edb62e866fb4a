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
        replaces: '  const isWanted = () => consider(dependencies, place, flush) !== undefined;\n',
        by: `  const first = FIRST_LOOK.get(flush) ?? consider(dependencies, place, flush);
  if (first) FIRST_LOOK.set(flush, first);
  const isWanted = () => first !== undefined;
`,
      },
      {
        file: 'src/notify/tell.ts',
        replaces: "    const wanted = turn.turn === 'go' ? consider(dependencies, place, flush) : undefined;",
        by: "    const wanted = turn.turn === 'go' ? first : undefined;",
      },
      {
        file: 'src/notify/tell.ts',
        replaces: '    const wanted = consider(dependencies, target, flush);\n',
        by: '    const wanted = FIRST_LOOK.get(flush);\n',
      },
      {
        file: 'src/notify/tell.ts',
        replaces: "/** One attempt, once it is this node's turn; the turn ends with it. */",
        by: 'const FIRST_LOOK = new WeakMap<Flush, Wanted>();\n',
      },
    ],
    seed: 1,
    breaks: 'promise 2',
  },
  {
    lacks: 'asking the peers before it speaks out of turn',
    breakages: [
      {
        file: 'src/turn-questions.ts',
        replaces: 'const answers = await cluster.askAll(TURN_KIND, body, { signal, withinMs: ANSWER_WITHIN_MS });',
        by: 'const answers = signal.aborted ? await cluster.askAll(TURN_KIND, body, { signal, withinMs: 0 }) : [];',
      },
    ],
    seed: 4,
    breaks: 'promise 2',
  },
  {
    lacks: 'ages, and has timestamps in their place,',
    breakages: [
      {
        file: 'src/state/notification-log.ts',
        replaces: 'function ageAt({ monotonicMs }: Now): TimeForm {\n  return (ms) => monotonicMs - ms;',
        // What is left of the age is how far this node's clock stands from that of whoever reads it.
        by: 'function ageAt({ monotonicMs, wallMs }: Now): TimeForm {\n  return (ms) => monotonicMs - wallMs - ms;',
      },
      {
        file: 'cluster/cluster-time.ts',
        replaces: 'wallMs: now.wallMs + this.#offsetMs',
        by: 'wallMs: now.wallMs',
      },
    ],
    seed: 5,
    breaks: 'promise 2',
  },
  {
    lacks: "the cluster's clock, and goes by its own,",
    breakages: [
      {
        file: 'cluster/cluster-time.ts',
        replaces: 'wallMs: now.wallMs + this.#offsetMs',
        by: 'wallMs: now.wallMs',
      },
    ],
    seed: 10,
    breaks: 'promise 4',
  },
  {
    lacks: 'a debt of a "resolved" to whoever was told that it fires',
    breakages: [
      {
        file: 'src/notify/decide.ts',
        replaces: '  if (sendResolved && owed.length > 0) {',
        by: '  if (sendResolved && owed.length > 1) {',
      },
    ],
    seed: 1,
    breaks: 'promise 5',
  },
  {
    lacks: 'a rhythm that the nodes share',
    breakages: [{ file: 'src/app.ts', replaces: '    log.onClaim((made) => dispatcher.hear(made));\n', by: '' }],
    seed: 4,
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

/** What a world of a build is found at fault for, of the broken one unless said otherwise; empty if nothing. */
async function faultsOf(seed: number, cwd = directory): Promise<string> {
  try {
    await promisify(execFile)(process.execPath, ['test/simulation/hunt.ts', String(seed)], { cwd });
    return '';
  } catch (cause) {
    return (cause as { stdout: string }).stdout;
  }
}

describe('a build that lacks', () => {
  test.each(BUILDS)('$lacks is found out', async ({ breakages, seed, breaks }) => {
    for (const breakage of breakages) breakIt(breakage);
    expect(await faultsOf(seed)).toContain(breaks);
    expect(await faultsOf(seed, ROOT)).toBe('');
  });
});
