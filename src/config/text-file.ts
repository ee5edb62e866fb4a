/** The text of a file that somebody wrote by hand, or what kept it from being read. Whatever the path leads to, it ends. */
import { isUtf8 } from 'node:buffer';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { ConfigError } from './config-error.ts';

/** Several times what the largest installations have; a second of parsing a megabyte, during which nothing else happens. */
const LARGEST_FILE_BYTES = 4 * 1024 * 1024;

export type TextFileResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: ConfigError };

/** `flag` is the one that names the file, for messages. Never rejects. */
export async function readTextFile(path: string, { flag }: { flag: string }): Promise<TextFileResult> {
  const bytes = await readBytes(path, flag);
  if (typeof bytes === 'string') return refused({ path: '', message: bytes });
  const line = firstLineNotUtf8(bytes);
  if (line === undefined) return { ok: true, text: bytes.toString('utf8') };
  return refused({ line, column: 1, path: '', message: 'is not UTF-8; save the file as UTF-8' });
}

function refused(error: ConfigError): TextFileResult {
  return { ok: false, error };
}

/** The content, or what kept it from being read. */
async function readBytes(path: string, flag: string): Promise<Buffer | string> {
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
    return whyUnreadable(error, flag);
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

/** Exported for its test: as root every file can be read. */
export function whyUnreadable(error: unknown, flag: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'ENOENT') return `does not exist; create it or name another file with ${flag}`;
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
