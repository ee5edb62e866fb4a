/** Reads a configuration file. What keeps it from being read comes back as an error, as do the errors in it. */
import { isUtf8 } from 'node:buffer';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ConfigError } from './config-error.ts';
import { type ParseOptions, type ParseResult, parseConfig } from './parse.ts';

export { type ConfigError, formatConfigErrors } from './config-error.ts';
export { parseConfig } from './parse.ts';

export type LoadOptions = Omit<ParseOptions, 'directory'>;
export type LoadResult = ParseResult;

/** Several times what the largest installations have; a second of parsing a megabyte, during which nothing else happens. */
const LARGEST_FILE_BYTES = 4 * 1024 * 1024;

/** Relative paths in the file are resolved against the directory it lies in. Never rejects. */
export async function loadConfig(path: string, options: LoadOptions = {}): Promise<LoadResult> {
  const bytes = await readFile(path);
  if (typeof bytes === 'string') return refused({ path: '', message: bytes });
  const line = firstLineNotUtf8(bytes);
  if (line !== undefined)
    return refused({ line, column: 1, path: '', message: 'is not UTF-8; save the file as UTF-8' });
  return parseConfig(bytes.toString('utf8'), { ...options, directory: dirname(resolve(path)) });
}

function refused(error: ConfigError): LoadResult {
  return { ok: false, errors: [error] };
}

/** The content, or what kept it from being read. */
async function readFile(path: string): Promise<Buffer | string> {
  let handle: FileHandle | undefined;
  try {
    // Asked before opening: to open a pipe that nobody writes to would wait for ever.
    const status = await stat(path);
    if (status.isDirectory()) return 'is a directory; name the configuration file in it';
    if (!status.isFile()) return 'is not a regular file';
    handle = await open(path);
    // The size at one instant proves nothing about the next one: read at most one byte more than allowed.
    const buffer = Buffer.alloc(LARGEST_FILE_BYTES + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      length += bytesRead;
      if (length > LARGEST_FILE_BYTES) return `is larger than ${LARGEST_FILE_BYTES} bytes; is this the right file?`;
      if (bytesRead === 0) return buffer.subarray(0, length);
    }
  } catch (error) {
    return whyUnreadable(error);
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

/** Exported for its test: as root every file can be read. */
export function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'ENOENT') return 'does not exist; create it or name another file with --config.file';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user; change its owner or permissions';
  return `cannot be read (${code})`;
}

function firstLineNotUtf8(bytes: Buffer): number | undefined {
  if (isUtf8(bytes)) return undefined;
  let line = 1;
  for (let start = 0; ; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (!isUtf8(bytes.subarray(start, end < 0 ? undefined : end)) || end < 0) return line;
    start = end + 1;
  }
}
