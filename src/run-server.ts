/**
 * A node's life as a process sees it: start, then signals until it ends. SIGHUP reloads; SIGTERM and SIGINT stop it
 * with exit code 0; a second one ends it at once with 1, whatever still hangs.
 */
import type { EventEmitter } from 'node:events';
import type { ReloadResult } from './api/dependencies.ts';
import type { Logger } from './logger.ts';
import { isTooManyStrays } from './stray-errors.ts';
import { deadline, type System } from './system.ts';

/** What a started node must offer; see app.ts. */
export interface RunningNode {
  /** Logs its own outcome and merges calls that come while one runs. */
  reload(): Promise<ReloadResult>;
  stop(): Promise<void>;
}

/** HTTP drains for 5 s and the cluster is left within 10 s (Alertmanager's bounds); what takes longer hangs. */
const STOP_TIMEOUT_MS = 20_000;

/** `signals` is the process, or what a test sends signals to. Resolves with the exit code; the caller ends the process. Never rejects. */
export function runServer(
  { logger, system, signals }: { logger: Logger; system: System; signals: Pick<EventEmitter, 'on'> },
  start: () => Promise<RunningNode>,
): Promise<0 | 1> {
  const { promise: exitCode, resolve: exit } = Promise.withResolvers<0 | 1>();
  const stopRequested = Promise.withResolvers<0 | 1>();
  // Listened to before the start, or a SIGHUP sent while the node starts would kill it.
  const node = Promise.withResolvers<RunningNode>();
  signals.on('SIGHUP', () => {
    node.promise
      .then((started) => started.reload())
      .catch((err: unknown) => logger.error({ err }, 'Reload failed; the configuration in force stays'));
  });
  let isStopping = false;
  const requestStop = (code: 0 | 1, reason: string) => {
    if (isStopping) {
      logger.warn({ reason }, 'Asked to stop again; exiting at once');
      exit(1);
      return;
    }
    isStopping = true;
    logger.info({ reason }, 'Stopping');
    stopRequested.resolve(code);
  };
  signals.on('SIGTERM', () => requestStop(0, 'SIGTERM'));
  signals.on('SIGINT', () => requestStop(0, 'SIGINT'));

  const strayTimesMs: number[] = [];
  const onStray = (kind: string) => (thrown: unknown) => {
    const stack = thrown instanceof Error ? thrown.stack : undefined;
    logger.error({ err: thrown instanceof Error ? thrown : String(thrown), stack }, kind);
    if (isTooManyStrays(strayTimesMs, system.now().monotonicMs) && !isStopping) requestStop(1, 'too many stray errors');
  };
  signals.on('uncaughtException', onStray('Uncaught exception; going on'));
  signals.on('unhandledRejection', onStray('Unhandled rejection; going on'));

  start()
    .then(async (started) => {
      node.resolve(started);
      const code = await stopRequested.promise;
      exit(await stopWithin(STOP_TIMEOUT_MS, started, code));
    })
    .catch((err: unknown) => {
      logStartFailure(logger, err);
      exit(1);
    });
  return exitCode;

  async function stopWithin(timeoutMs: number, started: RunningNode, code: 0 | 1): Promise<0 | 1> {
    using limit = deadline(system, timeoutMs);
    const overdue = Promise.withResolvers<never>();
    limit.signal.addEventListener('abort', () => overdue.reject(limit.signal.reason));
    try {
      await Promise.race([started.stop(), overdue.promise]);
      return code;
    } catch (err) {
      logger.error({ err }, 'Stopping failed; exiting anyway');
      return 1;
    }
  }
}

/** A configuration can be wrong in many places: one log line each. */
function logStartFailure(logger: Logger, thrown: unknown): void {
  const lines = thrown instanceof Error ? thrown.message.split('\n') : [];
  if (lines.length < 2) logger.error({ err: thrown }, 'Start failed');
  else for (const err of lines) logger.error({ err }, 'Start failed');
}
