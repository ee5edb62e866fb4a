/** `--http.config.file`, as amtool and promtool have it: a file that is one http_config. */
import { dirname, resolve } from 'node:path';
import { type HttpConfig, httpConfigSchema, resolveHttpConfigFiles } from '../../receivers/http-config.ts';
import type { ConfigError } from './config-error.ts';
import { readValue } from './fields.ts';
import { Problems } from './problems.ts';
import { readTextFile } from './text-file.ts';
import { readYaml } from './yaml-tree.ts';

export type { HttpConfig } from '../../receivers/http-config.ts';

export type HttpConfigFileResult =
  | { readonly ok: true; readonly config: HttpConfig }
  | { readonly ok: false; readonly errors: readonly ConfigError[] };

/** Relative files in it are resolved against its directory. An empty file is the default. Never rejects. */
export async function loadHttpConfigFile(path: string): Promise<HttpConfigFileResult> {
  const read = await readTextFile(path, { flag: '--http.config.file' });
  if (!read.ok) return { ok: false, errors: [read.error] };
  const tree = readYaml(read.text);
  const problems = new Problems(tree);
  const config = readValue(tree.root ?? {}, httpConfigSchema, { path: [], problems });
  if (config === undefined || problems.errors.length > 0) return { ok: false, errors: problems.errors };
  return { ok: true, config: resolveHttpConfigFiles(config, dirname(resolve(path))) };
}
