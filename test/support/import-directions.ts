/**
 * Which part may import which, and what to do instead. Imports point one way: from the composition root down to plain
 * values, so that each part can be understood, tested and simulated without those above it.
 */
import { isTestsOwn, type SourceFile } from './source-file.ts';
import type { Finding } from './tidy-rules.ts';

interface Direction {
  /** A path or, ending in `/`, all below it. Of several that fit the longest counts. */
  readonly part: string;
  /** Besides the part itself. */
  readonly mayImport: readonly string[];
  /** From others it takes types alone: their code must not get into what is built of it. */
  readonly isTypeOnly?: true;
  /** The door to take instead. */
  readonly instead: string;
}

const VALUES = ['src/model/', 'src/system.ts'];
const WATCHED = [...VALUES, 'src/metrics.ts'];
const HANDED_IN = 'declare what it needs as an interface in this part and let src/app.ts hand it in';

export const DIRECTIONS: readonly Direction[] = [
  { part: 'src/model/', mayImport: [], instead: 'take it as an argument, or move the plain value into src/model' },
  { part: 'src/system.ts', mayImport: ['src/model/'], instead: 'keep it to clocks, timers, randomness and ids' },
  {
    part: 'cluster/',
    mayImport: VALUES,
    instead:
      'it knows keys, bytes and peers only: declare the face it needs in cluster/ and let src/state or src/app.ts fill it',
  },
  {
    part: 'receivers/',
    mayImport: VALUES,
    instead: 'a receiver is given all it tells in a Notification; extend src/model/notification.ts or its own config',
  },
  {
    part: 'src/shapes/',
    mayImport: [],
    instead: 'it says what passes over HTTP and nothing else; turn values into it where they are answered',
  },
  { part: 'src/template/', mayImport: ['src/model/'], instead: 'pass the value in with the Notification' },
  { part: 'src/config/', mayImport: ['src/model/', 'receivers/'], instead: 'keep it to reading and validating' },
  {
    part: 'src/web-config/',
    mayImport: [...VALUES, 'src/config/', 'receivers/'],
    instead: 'keep it to who may come in and how; src/api asks it',
  },
  { part: 'src/alerts/', mayImport: [...WATCHED, 'src/config/', 'cluster/'], instead: HANDED_IN },
  { part: 'src/state/', mayImport: [...WATCHED, 'src/alerts/', 'cluster/'], instead: HANDED_IN },
  { part: 'src/history/', mayImport: [...WATCHED, 'src/shapes/', 'src/alerts/', 'cluster/'], instead: HANDED_IN },
  {
    part: 'src/notify/',
    mayImport: [...WATCHED, 'src/config/', 'src/alerts/', 'src/state/', 'src/history/', 'receivers/'],
    instead:
      'the pipeline works on a Flush and never asks who made it: put it into the Flush, or declare an interface here',
  },
  {
    part: 'src/dispatch/',
    mayImport: [...WATCHED, 'src/config/', 'src/alerts/', 'src/state/', 'src/history/', 'src/notify/'],
    instead: HANDED_IN,
  },
  {
    part: 'src/api/',
    mayImport: [...WATCHED, 'src/shapes/', 'src/config/', 'src/web-config/', 'receivers/'],
    instead: 'declare it in src/api/dependencies.ts and let src/app.ts hand in the real part',
  },
  {
    part: 'src/cli/',
    // `config routes test` must route as a node does, which is a pure function of the configuration.
    mayImport: [...VALUES, 'src/config/', 'src/dispatch/route.ts'],
    instead: 'ask the node over HTTP',
  },
  {
    part: 'web/',
    mayImport: ['src/shapes/'],
    isTypeOnly: true,
    instead: 'ask the node over HTTP, like any other client; of src/shapes take types only',
  },
  // What lies in src/ itself composes the parts.
  {
    part: 'src/',
    mayImport: ['src/', 'cluster/', 'receivers/', 'package.json'],
    instead: 'move what is shared out of the test into src/',
  },
];

/** Version and name are the project's, not a part's. */
const IMPORTED_BY_ALL = ['package.json'];

export function importDirections(file: SourceFile): Finding[] {
  if (file.isOutside) return [];
  const direction = DIRECTIONS.filter(({ part }) => lies(file.path, part)).toSorted(
    (a, b) => b.part.length - a.part.length,
  )[0];
  if (!direction) return [];
  const allowed = [direction.part, ...direction.mayImport, ...IMPORTED_BY_ALL];
  return file
    .importedPaths()
    .filter(
      ({ path, isTypeOnly }) =>
        !allowed.some((part) => lies(path, part)) ||
        isTestsOwn(path) ||
        (direction.isTypeOnly && !isTypeOnly && !lies(path, direction.part)),
    )
    .map(({ path, line }) => ({
      path: file.path,
      line,
      message: `${direction.part} must not import ${path}; instead: ${direction.instead}`,
    }));
}

/** Packages that only one place may know, so that they can be replaced there. */
const SOLE_IMPORTERS: readonly { readonly package: RegExp; readonly importer: RegExp; readonly instead: string }[] = [
  {
    package: /^(@libp2p\/|libp2p$|@chainsafe\/libp2p|@multiformats\/)/,
    importer: /^cluster\/libp2p-[a-z-]*\.ts$/,
    instead: 'go through cluster/transport.ts',
  },
  { package: /^(hono|@hono\/)/, importer: /^src\/api\//, instead: 'serve it from src/api' },
  { package: /^(undici|nodemailer|irc-framework|telegraf)\b/, importer: /^receivers\//, instead: 'make it a receiver' },
  { package: /^(classic-level|memory-level|level)$/, importer: /^cluster\//, instead: 'take the store as an argument' },
];

export function packageImporters(file: SourceFile): Finding[] {
  if (file.isOutside) return [];
  return file
    .imports()
    .flatMap(({ specifier, line }) =>
      SOLE_IMPORTERS.filter((rule) => rule.package.test(specifier) && !rule.importer.test(file.path)).map(
        ({ instead }) => ({ path: file.path, line, message: `must not import ${specifier}; instead: ${instead}` }),
      ),
    );
}

function lies(path: string, part: string): boolean {
  return part.endsWith('/') ? path.startsWith(part) : path === part;
}
