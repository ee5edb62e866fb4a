/** Reads a configuration file. What keeps it from being read comes back as an error, as do the errors in it. */
import { dirname, resolve } from 'node:path';
import { type ParseOptions, type ParseResult, parseConfig } from './parse.ts';
import { readTextFile } from './text-file.ts';

export { type ConfigError, formatConfigErrors } from './config-error.ts';
export { parseConfig } from './parse.ts';

export type LoadOptions = Omit<ParseOptions, 'directory'>;
export type LoadResult = ParseResult;

/** Relative paths in the file are resolved against the directory it lies in. Never rejects. */
export async function loadConfig(path: string, options: LoadOptions = {}): Promise<LoadResult> {
  const read = await readTextFile(path, { flag: '--config.file' });
  if (!read.ok) return { ok: false, errors: [read.error] };
  return parseConfig(read.text, { ...options, directory: dirname(resolve(path)) });
}
