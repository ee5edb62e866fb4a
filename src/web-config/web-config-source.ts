/**
 * The web configuration in force. It follows its files by itself: whoever uses it sees a change within a second, and a
 * file that has become wrong leaves in force what was. A disk that hangs holds nobody up for longer than a moment.
 */
import type { Logger } from 'pino';
import { formatConfigErrors } from '../config/config-error.ts';
import { deadline, type System, sleep } from '../system.ts';
import { loadWebConfig, noWebConfig, stampOf, type WebConfigInUse } from './load-web-config.ts';

/** The files' times are looked at no more often than this, and only when somebody connects or asks. */
const LOOK_INTERVAL_MS = 1000;
/** Longer nobody waits for a look; then what is in force counts. */
const LONGEST_WAIT_MS = 250;
const READ_TIMEOUT_MS = 10_000;

export interface WebConfigSourceDependencies {
  readonly system: System;
  readonly logger: Logger;
  /** Undefined: the files are fine. */
  readonly onHealth: (problem: string | undefined) => void;
  /** For tests: a disk that hangs. */
  readonly stampOf?: typeof stampOf;
}

/** The message has all mistakes, a line each. */
export class WebConfigError extends Error {
  override readonly name = 'WebConfigError';
}

export class WebConfigSource {
  readonly #path: string;
  readonly #dependencies: WebConfigSourceDependencies;
  readonly #stampOf: typeof stampOf;
  #inForce: WebConfigInUse = noWebConfig;
  #files: readonly string[];
  #stamp = '';
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #look: { readonly done: Promise<void>; readonly sinceMs: number } | undefined;
  #problem: string | undefined;

  /** `''`: there is no file, and nothing to follow. Rejects with {@link WebConfigError}. */
  static async open(path: string, dependencies: WebConfigSourceDependencies): Promise<WebConfigSource> {
    const source = new WebConfigSource(path, dependencies);
    if (path !== '') {
      await source.#update();
      if (source.#problem !== undefined) throw new WebConfigError(source.#problem);
    }
    return source;
  }

  private constructor(path: string, dependencies: WebConfigSourceDependencies) {
    this.#path = path;
    this.#dependencies = dependencies;
    this.#files = [path];
    this.#stampOf = dependencies.stampOf ?? stampOf;
  }

  /** Without a look at the files. */
  get inForce(): WebConfigInUse {
    return this.#inForce;
  }

  /** At once, or after a look at the files if the last one was a second ago. Never rejects. */
  current(): WebConfigInUse | Promise<WebConfigInUse> {
    if (this.#path === '') return this.#inForce;
    const { system } = this.#dependencies;
    const nowMs = system.now().monotonicMs;
    if (this.#look === undefined) {
      if (nowMs - this.#lookedAtMs < LOOK_INTERVAL_MS) return this.#inForce;
      this.#look = { done: this.#lookAgain(), sinceMs: nowMs };
    }
    // Only who comes while the disk may still answer waits for it.
    return nowMs - this.#look.sinceMs < LONGEST_WAIT_MS ? this.#waitFor(this.#look.done) : this.#inForce;
  }

  async #waitFor(look: Promise<void>): Promise<WebConfigInUse> {
    const { system } = this.#dependencies;
    const waited = new AbortController();
    const longest = sleep(system, LONGEST_WAIT_MS, waited.signal).catch(() => undefined);
    await Promise.race([look, longest]);
    waited.abort();
    return this.#inForce;
  }

  /** Only one at a time: a disk that hangs gets no second question. */
  async #lookAgain(): Promise<void> {
    try {
      // A file that was wrong is read again each time: what is wrong with it need not be in its times.
      if (this.#problem !== undefined || (await this.#stampOf(this.#files)) !== this.#stamp) await this.#update();
    } catch (cause) {
      this.#note(`${this.#path}: ${cause instanceof Error ? cause.message : String(cause)}`);
    } finally {
      this.#lookedAtMs = this.#dependencies.system.now().monotonicMs;
      this.#look = undefined;
    }
  }

  async #update(): Promise<void> {
    const { system, logger } = this.#dependencies;
    using limit = deadline(system, READ_TIMEOUT_MS);
    const isFirst = this.#stamp === '';
    // Before reading: what is written meanwhile is seen by the next look. Of files named only now, after it.
    const before = await this.#stampOf(this.#files);
    const loaded = await loadWebConfig(this.#path, limit.signal);
    if (!loaded.ok) return this.#note(formatConfigErrors(this.#path, loaded.errors));
    const { config, files, warnings } = loaded;
    if (!isFirst && (config.tls === undefined) !== (this.#inForce.tls === undefined)) {
      const change = config.tls === undefined ? 'off' : 'on';
      return this.#note(`${this.#path}: tls_server_config: TLS is switched ${change} only by a restart of the node`);
    }
    this.#stamp = files.join() === this.#files.join() ? before : await this.#stampOf(files);
    this.#files = files;
    this.#inForce = config;
    for (const warning of warnings) logger.warn({ file: this.#path }, warning);
    if (!isFirst) logger.info({ file: this.#path }, 'Web configuration and certificates read again');
    this.#note(undefined);
  }

  /** Each problem is told once, and its end. */
  #note(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    const { logger, onHealth } = this.#dependencies;
    onHealth(problem);
    if (problem === undefined || this.#stamp === '') return;
    for (const error of problem.split('\n')) {
      logger.error({ error }, 'The web configuration cannot be used; the one in force stays');
    }
  }
}
