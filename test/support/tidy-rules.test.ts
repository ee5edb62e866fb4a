/** Each rule catches what it should, where it is, and lets pass what only looks like it. */
import { describe, expect, test } from 'vitest';
import { importDirections, packageImporters } from './import-directions.ts';
import { SourceFile } from './source-file.ts';
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
} from './tidy-rules.ts';

type Rule = (file: SourceFile) => Finding[];

const lines = (rule: Rule, path: string, text: string) => rule(new SourceFile(path, text)).map(({ line }) => line);
const messages = (rule: Rule, path: string, text: string) =>
  rule(new SourceFile(path, text)).map(({ message }) => message);

describe('import directions', () => {
  test.each([
    [
      'src/model/alert.ts',
      "import { x } from '../config/config.ts';",
      /src\/model\/ must not import src\/config\/config\.ts.*argument/,
    ],
    ['cluster/replica.ts', "import type { Alert } from '../src/alerts/alert-store.ts';", /knows keys, bytes and peers/],
    ['receivers/irc/irc.ts', "export { x } from '../../src/notify/flush.ts';", /given all it tells in a Notification/],
    ['src/notify/tell.ts', "import '../dispatch/group.ts';", /works on a Flush/],
    ['src/cli/cli.ts', "const { x } = await import('../state/silences.ts');", /ask the node over HTTP/],
    ['src/cli/cli.ts', "import { Group } from '../dispatch/group.ts';", /ask the node over HTTP/],
    ['src/api/app.ts', "export * from '../dispatch/dispatcher.ts';", /src\/api\/dependencies\.ts/],
    ['src/api/app.ts', "type X = import('../notify/flush.ts').Flush;", /src\/api\/dependencies\.ts/],
    ['src/dispatch/group.ts', "import { startApp } from '../app.ts';", /let src\/app\.ts hand it in/],
    ['src/app.ts', "import { x } from '../test/support/x.ts';", /must not import test\/support\/x\.ts/],
    ['src/app.ts', "import { x } from './api/fake-node.ts';", /must not import src\/api\/fake-node\.ts/],
    ['web/app.ts', "import { x } from '../src/model/alert.ts';", /ask the node over HTTP/],
    ['web/app.tsx', "import { x } from '../src/shapes/groups.ts'; const y = <p>{x}</p>;", /take types only/],
  ])('%s may not say %s', (path, text, message) => {
    const found = messages(importDirections, path, text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  test.each([
    ['src/model/alert.ts', "import { x } from './labels.ts';"],
    ['cluster/replica.ts', "import { x } from '../src/system.ts'; import { y } from './disk.ts';"],
    ['src/notify/tell.ts', "import { x } from '../../receivers/receiver.ts';"],
    ['web/app.ts', "import type { X } from '../src/shapes/groups.ts'; import { y } from './place.ts';"],
    ['src/cli/route-commands.ts', "import { x } from '../dispatch/route.ts';"],
    [
      'src/app.ts',
      "import { x } from './dispatch/dispatcher.ts'; import p from '../package.json' with { type: 'json' };",
    ],
    ['src/model/alert.test.ts', "import { x } from '../app.ts';"],
    ['test/support/whole-node.ts', "import { x } from '../../src/app.ts';"],
    ['src/model/text.ts', "const example = \"import { x } from '../app.ts'\"; // import '../app.ts'"],
  ])('%s may say %s', (path, text) => {
    expect(messages(importDirections, path, text)).toEqual([]);
  });

  test('a package is known to its own part only', () => {
    const libp2p = "import { createLibp2p } from 'libp2p';";
    expect(messages(packageImporters, 'src/app.ts', libp2p)).toEqual([
      'must not import libp2p; instead: go through cluster/transport.ts',
    ]);
    expect(messages(packageImporters, 'cluster/libp2p-transport.ts', libp2p)).toEqual([]);
    expect(messages(packageImporters, 'src/notify/tell.ts', "import { fetch } from 'undici';")).toHaveLength(1);
  });
});

describe('System only', () => {
  test.each([
    'Date.now()',
    'globalThis.Date.now()',
    "Date['now']()",
    'new Date()',
    'Date()',
    'performance.now()',
    'Math.random()',
    'const r = Math.random',
    'crypto.randomUUID()',
    'globalThis.crypto.getRandomValues(x)',
    'process.hrtime.bigint()',
    'Temporal.Now.instant()',
    'AbortSignal.timeout(5)',
    'setTimeout(f, 5)',
    'f(setInterval)',
    'const x = { setTimeout }',
    "import { setTimeout as wait } from 'node:timers/promises'",
    "import { performance } from 'node:perf_hooks'",
    "import { randomUUID } from 'node:crypto'",
    "import { randomInt as dice } from 'crypto'",
  ])('%s is caught in a part', (code) => {
    expect(lines(systemOnly, 'src/notify/tell.ts', `/** x */\n${code};\n`)).toEqual([2]);
    expect(messages(systemOnly, 'cluster/replica.ts', code)[0]).toContain('take it from System');
  });

  test.each([
    'new Date(wallMs)',
    'Date.UTC(2026, 0)',
    'system.random()',
    'socket.setTimeout(5)',
    'const x = { setTimeout: 5 }',
    'interface X { setTimeout(ms: number): void }',
    'Math.max(1, 2)',
    'Temporal.Instant.from(x)',
    "import { createHash } from 'node:crypto'",
    "const text = 'Date.now()'",
    '// Date.now() would not do',
    'names.constructor',
  ])('%s is fine', (code) => {
    expect(messages(systemOnly, 'src/notify/tell.ts', code)).toEqual([]);
  });

  test('System itself, tests and scripts may ask the platform', () => {
    for (const path of ['src/system.ts', 'src/x.test.ts', 'test/support/x.ts', 'scripts/x.ts', 'bench/x.ts']) {
      expect(messages(systemOnly, path, 'Date.now(); setTimeout(f, 5);')).toEqual([]);
    }
  });
});

test('a file of more than 450 lines is too long', () => {
  expect(messages(fileLength, 'src/x.ts', '\n'.repeat(450))).toEqual([]);
  expect(messages(fileLength, 'src/x.ts', '\n'.repeat(451))[0]).toMatch(/^451 lines/);
});

test('a source file opens with a comment, also after a #! line', () => {
  expect(lines(openingComment, 'src/x.ts', "import 'x';\n/** Late. */")).toEqual([1]);
  expect(lines(openingComment, 'src/x.ts', '/** What. */\n')).toEqual([]);
  expect(lines(openingComment, 'src/x.ts', '#!/usr/bin/env node\n/** What. */\n')).toEqual([]);
});

test('a default export is caught, but for what tools want so', () => {
  expect(lines(namedExports, 'src/x.ts', '\nexport default class X {}')).toEqual([2]);
  expect(lines(namedExports, 'vitest.config.ts', 'export default {};')).toEqual([]);
});

test.each([
  ['src/utils.ts', 1],
  ['src/string-helpers.ts', 1],
  ['src/common/x.ts', 1],
  ['src/silence-manager.test.ts', 1],
  ['src/alertStore.ts', 1],
  ['src/alert-store.ts', 0],
  ['src/utilization.ts', 0],
  ['src/model/commonality.ts', 0],
])('the name %s gives %i findings', (path, count) => {
  expect(messages(domainNames, path, '')).toHaveLength(count);
});

describe('every test runs', () => {
  test.each([
    'test.skip("x", f)',
    'describe.only("x", f)',
    'it.todo("x")',
    'test.each([1]).skip("x", f)',
    'test.skipIf(a)("x", f)',
    'xit("x", f)',
  ])('%s is caught', (code) => {
    expect(lines(everyTestRuns, 'src/x.test.ts', `\n${code}`)).toEqual([2]);
  });

  test.each(['test("skip", f)', 'stream.skip(5)', 'options.only', 'test.each([1])("only", f)', '// test.skip'])(
    '%s is fine',
    (code) => {
      expect(lines(everyTestRuns, 'src/x.test.ts', code)).toEqual([]);
    },
  );
});

test('what is left for later is caught', () => {
  const [later, broken] = [`${'TO'}DO`, `${'FIX'}ME`];
  expect(lines(nothingLeftOver, 'src/x.ts', `// ${later}: more\nx; // ${broken}\n// method\n`)).toEqual([1, 2]);
});

test('console is caught outside scripts, but not in words', () => {
  expect(lines(noConsole, 'src/x.ts', "console.log('x');\nconst x = 'console';\nthis.console;")).toEqual([1]);
  expect(lines(noConsole, 'scripts/x.ts', 'console.log(1)')).toEqual([]);
});

describe('dead files', () => {
  const dead = (texts: Record<string, string>) =>
    deadFiles(
      Object.entries(texts).map(([path, text]) => new SourceFile(path, text)),
      { entries: ['src/main.ts'] },
    ).map(({ path, message }) => `${path} ${message}`);

  test('what main leads to is alive: by import, by re-export, by dynamic import, by name', () => {
    const texts = {
      'src/main.ts':
        "import { a } from './a.ts'; await import('./b.ts'); new Worker('./worker.ts'); spawn('bench/x.ts')",
      'src/a.ts': "export { c } from './c.ts'; import type { D } from './d.ts';",
      'src/b.ts': '',
      'src/c.ts': '',
      'src/d.ts': '',
      'src/worker.ts': '',
      'bench/x.ts': '',
    };
    expect(dead(texts)).toEqual([]);
  });

  test('what only dead files or only tests use is dead', () => {
    const texts = {
      'src/main.ts': '',
      'src/a.ts': "import './b.ts';",
      'src/b.ts': '',
      'src/c.ts': '',
      'src/c.test.ts': "import './c.ts'; import '../test/support/story.ts'; import './fake-c.ts';",
      'src/fake-c.ts': '',
      'test/support/story.ts': '',
      'test/support/unused.ts': '',
    };
    expect(dead(texts)).toEqual([
      'src/a.ts is used by nobody: delete it',
      'src/b.ts is used by nobody: delete it',
      'src/c.ts is used by tests only: use it or delete it',
      'test/support/unused.ts is used by nobody: delete it',
    ]);
  });
});

describe('paths in documents', () => {
  const exists = (path: string) => ['docs/promises.md', 'docs', 'src/notify/pipeline.ts', 'README.md'].includes(path);
  const missing = (text: string, path = 'docs/architecture.md') =>
    documentPaths({ path, text }, exists).map(({ line, message }) => `${line} ${message}`);

  test('dead links and dead paths are named with their line', () => {
    const text =
      'See [this](promises.md#once), [that](../README.md)\nand [gone](gone.md), `src/notify/pipeline.ts`\nor `src/gone.ts`.';
    expect(missing(text)).toEqual([
      '2 names gone.md, which does not exist',
      '3 names src/gone.ts, which does not exist',
    ]);
  });

  test('web addresses, fragments, placeholders and terminal sessions are not looked up', () => {
    const text =
      '[a](https://example.org/x) [b](#here) `src/<part>/x.ts` `receivers/*.ts` `npm start`\n```\n[x](y.md)\n```\n`docs/`';
    expect(missing(text)).toEqual([]);
  });
});
