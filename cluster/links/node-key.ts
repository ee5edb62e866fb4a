/**
 * A node's key: 32 secret bytes that are made once, kept in its data directory and never change, since its identity is
 * derived from them. Either a whole key is on disk or none; a file that is damaged is never replaced silently.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

export const NODE_KEY_FILE = 'node.key';
export const NODE_KEY_BYTES = 32;
const HEADING = 'tocsin-node-key-1';

/** The message says what to do. */
export class NodeKeyError extends Error {
  override readonly name = 'NodeKeyError';
}

/**
 * The seed of the node's Ed25519 key, made on the first call. One process at a time.
 * @throws NodeKeyError if the file is damaged, or can neither be read nor written.
 */
export async function loadOrCreateNodeKey(directory: string): Promise<Uint8Array> {
  const path = join(directory, NODE_KEY_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (isMissing(cause)) return createNodeKey(directory, path);
    throw new NodeKeyError(`cannot read the node's key ${path} (${describe(cause)}): let this process read it`, {
      cause,
    });
  }
  const key = parse(text);
  if (key) return key;
  throw new NodeKeyError(
    `the node's key ${path} is damaged: restore it from a backup, or delete it to have the node join its peers as a new one`,
  );
}

async function createNodeKey(directory: string, path: string): Promise<Uint8Array> {
  const key = new Uint8Array(randomBytes(NODE_KEY_BYTES));
  const temporary = `${path}.new`;
  try {
    await mkdir(directory, { recursive: true });
    await writeSynced(temporary, format(key));
    await rename(temporary, path);
    await syncDirectory(directory);
  } catch (cause) {
    throw new NodeKeyError(
      `cannot write the node's key ${path} (${describe(cause)}): free space and let this process write there`,
      { cause },
    );
  }
  return key;
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    // What a former attempt left may have been made with other rights.
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Without it a power cut could undo the rename, and the node would come back as another one. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The check tells a damaged key from another one, which would be a valid identity too. */
function format(key: Uint8Array): string {
  return `${HEADING} ${Buffer.from(key).toString('base64url')} ${check(key)}\n`;
}

function parse(text: string): Uint8Array | undefined {
  const [heading, encoded, written, ...more] = text.trimEnd().split(' ');
  if (heading !== HEADING || encoded === undefined || more.length > 0) return undefined;
  const key = new Uint8Array(Buffer.from(encoded, 'base64url'));
  return key.length === NODE_KEY_BYTES && check(key) === written ? key : undefined;
}

function check(key: Uint8Array): string {
  return createHash('sha256').update(HEADING).update(key).digest('hex').slice(0, 16);
}

function isMissing(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
