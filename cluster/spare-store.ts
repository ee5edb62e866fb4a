/**
 * Opens a store that a node can do without. What cannot be opened or read through is moved aside, in the place of what was
 * moved aside before, and begun anew; nothing about it stops a start.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import type { Logger } from 'pino';
import type { TextStore } from './disk.ts';

export interface SpareStoreOptions {
  readonly directory: string;
  /** Reads what must be readable; called again on the new store. Rejects if that cannot be used. */
  readonly load: (store: TextStore) => Promise<void>;
}

/** Rejects if there can be no store here: another process uses it, or the disk takes no writes. */
export async function openSpareStore(
  { logger }: { logger: Logger },
  { directory, load }: SpareStoreOptions,
): Promise<TextStore> {
  const path = join(directory, 'store');
  await mkdir(directory, { recursive: true });
  try {
    return await openAndLoad(path, load);
  } catch (cause) {
    if (isNoDamage(cause)) throw cause;
    const movedTo = join(directory, 'store.damaged');
    await rm(movedTo, { recursive: true, force: true });
    await rename(path, movedTo);
    logger.error({ err: cause, movedTo }, 'A store cannot be used; it is moved aside and begun anew');
    return openAndLoad(path, load);
  }
}

async function openAndLoad(path: string, load: (store: TextStore) => Promise<void>): Promise<TextStore> {
  const store = new ClassicLevel<string, string>(path);
  try {
    await store.open();
    await load(store as TextStore);
  } catch (cause) {
    await store.close().catch(() => {}); // The first failure is the one that tells why.
    throw cause;
  }
  return store as TextStore;
}

/** Said by LevelDB in the words of the C library. */
const NO_DAMAGE = /No space left|quota exceeded|Permission denied|Read-only file system|Too many open files/i;

function isNoDamage(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ((cause as NodeJS.ErrnoException).code === 'LEVEL_LOCKED' || NO_DAMAGE.test(cause.message)) return true;
  }
  return false;
}
