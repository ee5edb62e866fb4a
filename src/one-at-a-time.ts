/** A task of which at most one runs, and at most one more waits, however often it is asked for. */

/** Calls that come while one runs share the one that runs after it: it sees whatever they wanted seen. */
export function oneAtATime<Result>(task: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | undefined;
  let waiting: Promise<Result> | undefined;
  const run = () => {
    running = task().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (!running) return run();
    const runNext = () => {
      waiting = undefined;
      return run();
    };
    waiting ??= running.then(runNext, runNext);
    return waiting;
  };
}
