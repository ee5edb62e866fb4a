/**
 * Lets everything that is already under way come to rest: promises, microtasks, nextTicks, immediates, and work that the
 * process has given to the thread pool (files, digests, name look-ups, LevelDB). Sockets and real timers are not waited
 * for: what depends on them is not deterministic and belongs in tests that use real time.
 */
import { createHook } from 'node:async_hooks';

/**
 * A turn of the event loop ends all microtasks and nextTicks and starts the immediates the turn before asked for, so a
 * chain of n immediates needs n turns. Streams and stores chain two or three; the rest is margin, at 2 µs a turn.
 */
const QUIET_TURNS = 6;

/** Long for a disk, short for a test. */
const LONGEST_POOL_WORK_MS = 20_000;

/** A pool work's result becomes visible turns later than its promise is made, which is why counting turns is not enough. */
class PoolWork {
  readonly #running = new Map<number, string>();

  constructor() {
    createHook({
      init: (id, type) => {
        if (/^FSREQ|^FILEHANDLECLOSEREQ$|^(?!HTTP)[A-Z0-9]+REQUEST$|^GETADDRINFOREQWRAP$|^classic_level\./.test(type)) {
          this.#running.set(id, type);
        }
      },
      after: (id) => this.#running.delete(id),
      destroy: (id) => this.#running.delete(id),
      trackPromises: false,
    }).enable();
  }

  kinds(): string[] {
    return [...this.#running.values()];
  }
}

let poolWork: PoolWork | undefined;

/** Begins to notice pool work, which cannot be seen in retrospect; call it before the work starts. */
export function watchPoolWork(): void {
  poolWork ??= new PoolWork();
}

export async function settle(): Promise<void> {
  watchPoolWork();
  const sinceMs = performance.now();
  for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    const running = poolWork?.kinds() ?? [];
    if (running.length === 0) continue;
    quiet = -1;
    if (performance.now() - sinceMs > LONGEST_POOL_WORK_MS) {
      throw new Error(`did not settle within ${LONGEST_POOL_WORK_MS} ms; still running: ${running.join(', ')}`);
    }
  }
}
