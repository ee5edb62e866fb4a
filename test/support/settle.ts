/**
 * Lets everything that is already under way come to rest: promises, microtasks, nextTicks, immediates, and work that the
 * process has given to the thread pool (files, digests, name look-ups, LevelDB). Sockets and real timers are not waited
 * for: what depends on them is not deterministic and belongs in tests that use real time.
 */
import { createHook } from 'node:async_hooks';

/**
 * A turn of the event loop ends all microtasks and nextTicks and starts the immediates the turn before asked for. One in
 * which nobody asks for another and no pool work runs is the last of a chain; the rest is margin, at 2 µs a turn.
 */
const QUIET_TURNS = 2;

/** Long for a disk, short for a test. */
const LONGEST_POOL_WORK_MS = 20_000;

const POOL_WORK = /^FSREQ|^FILEHANDLECLOSEREQ$|^(?!HTTP)[A-Z0-9]+REQUEST$|^GETADDRINFOREQWRAP$|^classic_level\./;

/** A pool work's result becomes visible turns later than its promise is made, which is why counting turns is not enough. */
class WorkUnderWay {
  readonly #running = new Map<number, string>();
  readonly #poolWorkTypes = new Map<string, boolean>();
  /** Asked for so far, by whomever. */
  immediates = 0;

  constructor() {
    createHook({
      init: (id, type) => {
        if (type === 'Immediate') this.immediates += 1;
        else if (this.#isPoolWork(type)) this.#running.set(id, type);
      },
      after: (id) => this.#running.delete(id),
      destroy: (id) => this.#running.delete(id),
      trackPromises: false,
    }).enable();
  }

  get isInPool(): boolean {
    return this.#running.size > 0;
  }

  kinds(): string[] {
    return [...this.#running.values()];
  }

  /** Remembered: it is asked for everything that anybody begins. */
  #isPoolWork(type: string): boolean {
    let isIt = this.#poolWorkTypes.get(type);
    if (isIt === undefined) {
      isIt = POOL_WORK.test(type);
      this.#poolWorkTypes.set(type, isIt);
    }
    return isIt;
  }
}

let underWay: WorkUnderWay | undefined;

/** Begins to notice work, which cannot be seen in retrospect; call it before the work starts. */
export function watchPoolWork(): void {
  underWay ??= new WorkUnderWay();
}

export async function settle(): Promise<void> {
  underWay ??= new WorkUnderWay();
  const work = underWay;
  const sinceMs = performance.now();
  for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
    // One more is this one's own.
    const expected = work.immediates + 1;
    await new Promise((resolve) => setImmediate(resolve));
    if (!work.isInPool && work.immediates === expected) continue;
    quiet = -1;
    if (performance.now() - sinceMs > LONGEST_POOL_WORK_MS) {
      throw new Error(`did not settle within ${LONGEST_POOL_WORK_MS} ms; still running: ${work.kinds().join(', ')}`);
    }
  }
}
