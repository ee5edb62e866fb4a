/** Waits, in real time, for something that becomes true of another process. For tests with real processes only. */

const PAUSE_MS = 25;

/**
 * Asks again and again until the answer is neither undefined nor false, and gives it. A rejection counts as "not yet".
 * Rejects at the deadline, with the last rejection as its cause.
 */
export async function eventually<Found>(
  what: string,
  ask: () => Found | undefined | false | Promise<Found | undefined | false>,
  { timeoutMs = 30_000 }: { timeoutMs?: number } = {},
): Promise<Found> {
  const untilMs = performance.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      const found = await ask();
      if (found !== undefined && found !== false) return found;
      cause = undefined;
    } catch (thrown) {
      cause = thrown;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  } while (performance.now() < untilMs);
  throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause });
}
