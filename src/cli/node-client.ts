/** HTTP to one node, Tocsin or Alertmanager: every answer is bounded, timed and checked before anything is made of it. */
import type { z } from 'zod';
import { errorText } from '../model/error-text.ts';
import { deadline, type System } from '../system.ts';
import { CommandError } from './command-error.ts';

/** An answer larger than this is not read to its end. A hundred thousand alerts take about 50 MiB. */
const LARGEST_ANSWER_BYTES = 256 * 1024 * 1024;
const LONGEST_REFUSAL = 2000;

export interface NodeClientOptions {
  readonly url: string;
  /** For all requests of a command together. */
  readonly timeoutMs: number;
  readonly system: System;
  readonly fetch: typeof fetch;
}

interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the node's URL; parts from outside must be encoded. */
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly body?: unknown;
}

/** The node answered, and said no. */
export class RefusedError extends CommandError {
  readonly status: number;

  constructor(status: number, message: string) {
    super(1, message);
    this.status = status;
  }
}

export class NodeClient implements Disposable {
  readonly #base: URL;
  readonly #authorization: string | undefined;
  readonly #fetch: typeof fetch;
  readonly #limit: Disposable & { signal: AbortSignal };
  readonly #timeoutMs: number;

  /** Throws CommandError if the URL is none. Its time begins to run now. */
  constructor({ url, timeoutMs, system, fetch }: NodeClientOptions) {
    const base = URL.parse(url);
    if (base === null || !/^https?:$/.test(base.protocol)) {
      throw new CommandError(2, '--alertmanager.url wants a full address, such as http://127.0.0.1:9093');
    }
    // fetch refuses URLs with credentials, and messages must not repeat them.
    if (base.username !== '' || base.password !== '') {
      const credentials = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`;
      this.#authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
      base.username = '';
      base.password = '';
    }
    base.search = '';
    base.hash = '';
    this.#base = base;
    this.#fetch = fetch;
    this.#timeoutMs = timeoutMs;
    this.#limit = deadline(system, timeoutMs);
  }

  [Symbol.dispose](): void {
    this.#limit[Symbol.dispose]();
  }

  /** The answer's JSON, checked. Rejects with CommandError: code 3 if there is no answer, else 1. */
  async ask<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.output<Schema>> {
    const text = await this.send(request);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw this.#notTheApi(request, 'it is no JSON', cause);
    }
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    throw this.#notTheApi(request, `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim(), result.error);
  }

  /** The answer's text, unread by anybody. */
  async send(request: Request): Promise<string> {
    const url = new URL(this.#base);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}${request.path}`;
    for (const [name, value] of request.query ?? []) url.searchParams.append(name, value);
    try {
      const response = await this.#fetch(url, {
        method: request.method,
        signal: this.#limit.signal,
        // A POST that is redirected becomes a GET, whose answer would look like success.
        redirect: 'manual',
        headers: {
          accept: 'application/json',
          ...(request.body !== undefined && { 'content-type': 'application/json' }),
          ...(this.#authorization !== undefined && { authorization: this.#authorization }),
        },
        ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
      });
      const text = await readBounded(response);
      if (response.ok) return text;
      throw this.#refusal(request, response, text);
    } catch (error) {
      if (error instanceof CommandError) throw error;
      throw this.#unreachable(error);
    }
  }

  #refusal(request: Request, response: Response, text: string): RefusedError {
    const { status, headers } = response;
    const said = refusalText(text);
    const message = `${request.method} ${request.path}: the node answered ${status}${said === '' ? '' : `: ${said}`}`;
    return new RefusedError(status, message + refusalHint(request, status, headers));
  }

  #unreachable(error: unknown): CommandError {
    const isLate = this.#limit.signal.aborted;
    const detail = isLate
      ? `no answer within ${this.#timeoutMs / 1000} s; ask another node or give it longer with --timeout`
      : `${errorText(error)}; is it running there? Name another node with --alertmanager.url or TOCSIN_URL`;
    return new CommandError(3, `cannot reach ${this.#base.origin}: ${detail}`, { cause: error });
  }

  #notTheApi(request: Request, detail: string, cause: unknown): CommandError {
    return new CommandError(
      1,
      `the answer to ${request.method} ${request.path} is not what this API gives: ${detail}; ` +
        `does ${this.#base.origin}${this.#base.pathname} lead to a Tocsin or Alertmanager?`,
      { cause },
    );
  }
}

async function readBounded(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_ANSWER_BYTES) {
      throw new CommandError(
        1,
        `the answer is larger than ${LARGEST_ANSWER_BYTES / 2 ** 20} MiB; ask for less with matchers`,
      );
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** What to do about it, where the status alone tells. */
function refusalHint({ path }: Request, status: number, headers: Headers): string {
  if (status >= 300 && status < 400) {
    return ` and points to ${headers.get('location')}; give that address with --alertmanager.url`;
  }
  if (status === 401 || status === 403)
    return '; give a user who may do this with --http.config.file, or --alertmanager.url=https://user:password@…';
  if (status === 429) return `; wait ${headers.get('retry-after') ?? 'some'} s before the next try`;
  if (status === 503) return '; the node is overloaded or not ready, try again or ask another one';
  const isPlain = headers.get('content-type')?.includes('json') !== true;
  if (status === 404 && path.startsWith('/api/v3/') && isPlain)
    return '; is it a Tocsin? Alertmanager has no such call';
  return '';
}

/** Alertmanager says no as a bare JSON string or as `{code, message}`, API v3 as problem+json, a proxy in HTML. */
function refusalText(text: string): string {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    said = /^\s*</.test(text) ? '' : text;
  }
  if (typeof said === 'object' && said !== null) {
    said = 'detail' in said ? said.detail : 'message' in said ? said.message : 'error' in said ? said.error : '';
  }
  return typeof said === 'string' ? said.slice(0, LONGEST_REFUSAL).trim() : '';
}
