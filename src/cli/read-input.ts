/** Text a command is given: a file, or stdin for `-`. */
import { readFile } from 'node:fs/promises';
import { errorText } from '../model/error-text.ts';
import { CommandError } from './command-error.ts';

const LARGEST_INPUT_BYTES = 64 * 1024 * 1024;

/** Rejects with CommandError if it cannot be read, is too large, or is no UTF-8. */
export async function readInput(file: string, stdin: AsyncIterable<Uint8Array | string>): Promise<string> {
  try {
    const bytes = file === '-' ? await readAll(stdin) : await readFile(file);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError(1, `cannot read ${file === '-' ? 'stdin' : file}: ${errorText(cause)}`, { cause });
  }
}

async function readAll(stdin: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.byteLength;
    if (bytes > LARGEST_INPUT_BYTES)
      throw new CommandError(1, `stdin is larger than ${LARGEST_INPUT_BYTES / 2 ** 20} MiB`);
    chunks.push(buffer);
  }
  return Buffer.concat(chunks);
}
