/**
 * Opens the store on disk, whatever state it is in. A store that cannot be opened or read through is moved aside, never
 * deleted; a repair is tried on a copy; failing that, the node starts with an empty one. An alert manager without history
 * is better than none.
 */
import { cp, lstat, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import type { Logger } from 'pino';
import type { TextStore } from './disk.ts';

export interface OpenedStore {
  readonly store: TextStore;
  /** Present if the store found on disk could not be used as it was. */
  readonly damage?: { readonly movedTo: string; readonly repaired: boolean; readonly message: string };
}

/** Raised when starting would do harm or cannot work at all; the message says what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** Four times LevelDB's default: a burst of new alerts seldom has to wait for a compaction. */
const WRITE_BUFFER_BYTES = 16 * 2 ** 20;

/**
 * @param load reads the store through; it is called again, on a fresh store, after a failure, so it must start from nothing.
 * @throws StoreError if another process uses the store, the directory cannot be made, or the disk takes no writes.
 */
export async function openStore(
  dependencies: { logger: Logger },
  options: { directory: string; nowMs: number; load: (store: TextStore) => Promise<void> },
): Promise<OpenedStore> {
  const { directory, load } = options;
  const path = join(directory, 'store');
  try {
    await mkdir(directory, { recursive: true });
  } catch (cause) {
    throw new StoreError(
      `cannot make the storage directory ${directory} (${describe(cause)}): make it writable or set --storage.path`,
      { cause },
    );
  }
  try {
    return { store: await openAndLoad(path, load) };
  } catch (cause) {
    if (isLocked(cause)) {
      throw new StoreError(
        `another process uses ${path} (${describe(cause)}): stop it, or give this node its own --storage.path`,
        { cause },
      );
    }
    const message = describe(cause);
    // Nothing is wrong with the store: moved aside, its silences would be missed once the disk is mended.
    if (TAKES_NO_WRITES.test(message)) {
      throw new StoreError(
        `cannot open ${path} (${message}): free space and let this process write there, or set --storage.path`,
        { cause },
      );
    }
    const date = new Date(options.nowMs).toISOString().replaceAll(':', '');
    const movedTo = await freePath(join(directory, `store.damaged-${date}`));
    dependencies.logger.error(
      { err: cause, movedTo },
      'The store cannot be opened; it is moved aside and a repair is tried on a copy',
    );
    try {
      await rename(path, movedTo);
    } catch (renameCause) {
      throw new StoreError(
        `cannot open ${path} nor move it aside (${describe(renameCause)}): check its owner and the disk`,
        { cause },
      );
    }
    const repaired = await repair(movedTo, path, load);
    if (repaired.store) {
      dependencies.logger.warn({ movedTo }, 'The repaired copy of the store is in use; some records may be missing');
      return { store: repaired.store, damage: { movedTo, repaired: true, message } };
    }
    dependencies.logger.error(
      { err: repaired.cause, movedTo },
      'The repair failed; the node starts with an empty store',
    );
    await rm(path, { recursive: true, force: true });
    return { store: await openAndLoad(path, load), damage: { movedTo, repaired: false, message } };
  }
}

async function openAndLoad(path: string, load: (store: TextStore) => Promise<void>): Promise<TextStore> {
  const store = new ClassicLevel<string, string>(path, { writeBufferSize: WRITE_BUFFER_BYTES });
  try {
    await store.open();
    await load(store as TextStore);
  } catch (cause) {
    await store.close().catch(() => {}); // The first failure is the one that tells why.
    throw cause;
  }
  return store as TextStore;
}

async function repair(
  damaged: string,
  path: string,
  load: (store: TextStore) => Promise<void>,
): Promise<{ store?: TextStore; cause?: unknown }> {
  try {
    await cp(damaged, path, { recursive: true });
    await ClassicLevel.repair(path);
    return { store: await openAndLoad(path, load) };
  } catch (cause) {
    return { cause };
  }
}

/** In the words of the C library; LevelDB hands on no codes. */
const TAKES_NO_WRITES = /No space left|quota exceeded|Permission denied|Read-only file system|Too many open files/i;

/** A clock that stands still at every start must not make a second damage fatal. */
async function freePath(wanted: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = number === 1 ? wanted : `${wanted}-${number}`;
    const isTaken = await lstat(path).then(
      () => true,
      () => false,
    );
    if (!isTaken) return path;
  }
}

function isLocked(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ((cause as NodeJS.ErrnoException).code === 'LEVEL_LOCKED') return true;
  }
  return false;
}

function describe(error: unknown): string {
  const parts: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) parts.push(cause.message);
  return parts.join(': ');
}
