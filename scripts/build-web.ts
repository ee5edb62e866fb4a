/**
 * Builds the web UI into web/dist, if what is there was not made of the present sources: `npm start`, `npm test` and `npm run
 * build` all come by here. Each asset lies there compressed, too, so that no node has to do it.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import { repository } from './step.ts';

const WEB = join(repository, 'web');
export const WEB_DIST = join(WEB, 'dist');
/** Says of which sources it was made. */
const HASH_FILE = 'sources-hash';
/** Besides the sources themselves: what they are made with. */
const MADE_WITH = ['package-lock.json', 'scripts/build-web.ts', 'web/vite.config.ts', 'web/tsconfig.json'];

/** True if it had to be built. Whoever reads the former one meanwhile finds it whole. */
export async function buildWeb(): Promise<boolean> {
  const hash = hashOfSources();
  if (hashOfBuilt() === hash) return false;
  // Loaded only if needed: it takes longer than the hash of all sources.
  const { build } = await import('vite');
  const directory = join(WEB, `.dist-${process.pid}`);
  try {
    await build({
      configFile: join(WEB, 'vite.config.ts'),
      build: { outDir: directory, emptyOutDir: true },
    });
    for (const path of globSync('assets/*', { cwd: directory })) compress(join(directory, path));
    writeFileSync(join(directory, HASH_FILE), hash);
    rmSync(WEB_DIST, { recursive: true, force: true });
    renameSync(directory, WEB_DIST);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return true;
}

function compress(file: string): void {
  writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: constants.Z_BEST_COMPRESSION }));
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  const sources = globSync('web/src/**/*.{ts,tsx,css,svg}', { cwd: repository }).filter(
    (path) => !path.endsWith('.test.ts'),
  );
  for (const path of [...MADE_WITH, ...sources.toSorted()]) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(repository, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function hashOfBuilt(): string | undefined {
  const file = join(WEB_DIST, HASH_FILE);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
