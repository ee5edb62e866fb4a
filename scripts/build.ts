/**
 * `npm run build`: dist/, the program as JavaScript, for where Node reads no TypeScript or nobody should wait for it to. It
 * holds what `src/main.ts` leads to and nothing else, no test among it, and nothing of an earlier build. Types become
 * blanks, so that a line of a stack trace is that of the source. The web UI lies in it as it does beside the sources.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { buildWeb, WEB_DIST } from './build-web.ts';
import { repository } from './step.ts';

const ENTRY = 'src/main.ts';
/** To the project's own files: imported, now or later, or started as a thread. Biome keeps the quotes to one kind. */
const REFERENCE = /(?<before>\bfrom |\bimport |\bimport\(|\bnew URL\()'(?<path>\.{1,2}\/[^'\n]+)\.(?<kind>ts|json)'/g;

function build(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  // Grows while it is walked: by what each file leads to.
  const sources = new Set([ENTRY]);
  for (const source of sources) {
    const text = readFileSync(join(repository, source), 'utf8');
    const file = join(directory, source.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, source.endsWith('.ts') ? toJavaScript(text, { from: source, onReference }) : text);
  }

  function onReference(path: string): void {
    sources.add(path);
  }
}

function toJavaScript(
  text: string,
  { from, onReference }: { from: string; onReference: (path: string) => void },
): string {
  return stripTypeScriptTypes(text).replace(REFERENCE, (_, before: string, path: string, kind: string) => {
    onReference(join(dirname(from), `${path}.${kind}`));
    return `${before}'${path}.${kind === 'ts' ? 'js' : kind}'`;
  });
}

if (import.meta.main) {
  const directory = join(repository, 'dist');
  build(directory);
  await buildWeb();
  cpSync(WEB_DIST, join(directory, 'web/dist'), { recursive: true });
}
