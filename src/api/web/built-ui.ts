/** The web UI as it was built, read into memory once: small, and no path of a request ever becomes one of the disk. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where it lies beside the sources, and likewise in what is packed. */
export const UI_DIRECTORY = join(import.meta.dirname, '../../../web/dist');

export interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly bytes: Uint8Array;
  readonly compressed: Uint8Array | undefined;
}

export interface BuiltUi {
  /** By file name. */
  readonly assets: ReadonlyMap<string, Asset>;
  /** Paths from the UI's root. `theme` runs before anything is painted. */
  readonly script: string;
  readonly theme: string;
  readonly styles: readonly string[];
  /** Further scripts that {@link script} begins with. */
  readonly preloads: readonly string[];
}

interface ManifestEntry {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
}
type Manifest = Readonly<Record<string, ManifestEntry>>;

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

const known = new Map<string, BuiltUi | undefined>();

/** Undefined if there is none, or none that is whole. Read once in the life of a process. */
export function readBuiltUi(directory: string): BuiltUi | undefined {
  if (!known.has(directory)) known.set(directory, read(directory));
  return known.get(directory);
}

function read(directory: string): BuiltUi | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Manifest;
    const main = entryOf(manifest, 'src/main.tsx');
    const first = [main, ...importsOf(manifest, main)];
    return {
      assets: readAssets(join(directory, 'assets')),
      script: main.file,
      theme: entryOf(manifest, 'src/theme-first.ts').file,
      styles: [...new Set(first.flatMap(({ css }) => css ?? []))],
      preloads: first.slice(1).map(({ file }) => file),
    };
  } catch {
    return undefined;
  }
}

function entryOf(manifest: Manifest, source: string): ManifestEntry {
  const entry = manifest[source];
  if (entry === undefined) throw new Error(`the manifest of the web UI has no ${source}`);
  return entry;
}

function importsOf(manifest: Manifest, entry: ManifestEntry, seen = new Set<string>()): readonly ManifestEntry[] {
  return (entry.imports ?? []).flatMap((name) => {
    if (seen.has(name)) return [];
    seen.add(name);
    const imported = entryOf(manifest, name);
    return [...importsOf(manifest, imported, seen), imported];
  });
}

function readAssets(directory: string): ReadonlyMap<string, Asset> {
  const names = readdirSync(directory);
  const assets = new Map<string, Asset>();
  for (const name of names) {
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
    if (type === undefined) continue;
    const bytes = readFileSync(join(directory, name));
    const compressed = names.includes(`${name}.gz`) ? readFileSync(join(directory, `${name}.gz`)) : undefined;
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    assets.set(name, { type, etag, bytes, compressed });
  }
  return assets;
}
