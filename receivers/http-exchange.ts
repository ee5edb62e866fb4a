/**
 * One HTTP request and what became of it, with the one distinction a pager needs and most clients blur: whether any of
 * it was written. undici announces a request right before its first byte goes to a connected (for TLS: verified) socket;
 * until then it is unsent, from then on until a status arrives it is lost.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, errors } from 'undici';
import type { System, Timer } from '../src/system.ts';

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
}

export type Exchange =
  /** The body holds at most {@link MAX_BODY_BYTES}; it is '' for a 2xx unless it was wanted. */
  | { readonly kind: 'answered'; readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }
  | { readonly kind: 'unsent'; readonly cause: unknown }
  | { readonly kind: 'lost'; readonly cause: unknown };

export interface ExchangeOptions {
  readonly signal: AbortSignal;
  readonly system: System;
  /** Whether to wait for the body of a 2xx, as long as the signal allows. */
  readonly wantsBody?: boolean;
}

const MAX_BODY_BYTES = 64 * 1024;
/** How long to read a body that is only an explanation, or only in the way of reusing the connection. */
const UNWANTED_BODY_MS = 1000;

/** Never rejects; settles at once when the signal aborts. */
export function exchange(
  dispatcher: Dispatcher,
  { method, url, headers, body }: ExchangeRequest,
  options: ExchangeOptions,
): Promise<Exchange> {
  const handler = new ExchangeHandler(options);
  try {
    const path = url.pathname + url.search;
    dispatcher.dispatch({ origin: url.origin, path, method, headers, body }, handler);
  } catch (cause) {
    handler.onResponseError(undefined, cause);
  }
  return handler.result;
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly result: Promise<Exchange>;
  readonly #resolve: (exchange: Exchange) => void;
  readonly #options: ExchangeOptions;
  #controller: Dispatcher.DispatchController | undefined;
  #answer: { readonly status: number; readonly headers: IncomingHttpHeaders } | undefined;
  #chunks: Buffer[] = [];
  #bodyBytes = 0;
  #bodyTimer: Timer | undefined;
  #isSettled = false;

  constructor(options: ExchangeOptions) {
    const { promise, resolve } = Promise.withResolvers<Exchange>();
    this.result = promise;
    this.#resolve = resolve;
    this.#options = options;
    if (options.signal.aborted) this.#abort();
    else options.signal.addEventListener('abort', this.#abort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // undici queues what it cannot write yet. Throwing takes an abandoned request out of the queue before it is written
    // and, unlike aborting it, leaves the connection to the others.
    if (this.#isSettled) throw new errors.RequestAbortedError('abandoned before it was written');
    this.#controller = controller;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    if (this.#isSettled) {
      controller.abort(new errors.RequestAbortedError());
      return;
    }
    this.#answer = { status, headers };
    const isSuccess = status < 300;
    if (isSuccess && this.#options.wantsBody) return;
    this.#bodyTimer = this.#options.system.setTimer(UNWANTED_BODY_MS, () => this.#cutBody());
    if (isSuccess) this.#settle({ kind: 'answered', ...this.#answer, body: '' });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bodyBytes += chunk.length;
    if (!this.#isSettled) this.#chunks.push(chunk);
    if (this.#bodyBytes > MAX_BODY_BYTES) this.#cutBody();
  }

  onResponseEnd(): void {
    this.#endBody();
  }

  onResponseError(_controller: unknown, cause: unknown): void {
    if (this.#answer) this.#endBody();
    else if (this.#controller === undefined || isProxyRefusal(cause)) this.#settle({ kind: 'unsent', cause });
    else this.#settle({ kind: 'lost', cause });
  }

  readonly #abort = (): void => {
    const cause = this.#options.signal.reason;
    if (this.#answer) this.#endBody();
    else this.#settle({ kind: this.#controller ? 'lost' : 'unsent', cause });
    this.#controller?.abort(cause);
  };

  /** Whatever is missing of the body is not worth waiting for; the connection is given up with it. */
  #cutBody(): void {
    this.#endBody();
    this.#controller?.abort(new errors.RequestAbortedError('enough of the body'));
  }

  #endBody(): void {
    this.#bodyTimer?.cancel();
    if (!this.#answer) return;
    const body = Buffer.concat(this.#chunks).subarray(0, MAX_BODY_BYTES).toString('utf8');
    this.#chunks = [];
    this.#settle({ kind: 'answered', ...this.#answer, body });
  }

  #settle(result: Exchange): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#options.signal.removeEventListener('abort', this.#abort);
    this.#resolve(result);
  }
}

/** A forwarding proxy that wants credentials passed nothing on. undici turns its 407 into an error of its own. */
function isProxyRefusal(cause: unknown): boolean {
  return cause instanceof errors.InvalidArgumentError && cause.message.includes('(407)');
}
