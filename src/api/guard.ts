/**
 * Stands before every handler: bounds how many GETs are worked on at once and how long any answer may take, turns thrown
 * errors into answers, and measures. A flood of readers must never be in the way of an alert coming in or a page going out.
 */
import { ServerResponse } from 'node:http';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.ts';
import { DeadlineError, deadline, type System } from '../system.ts';
import { errorText, text } from './answers.ts';
import type { ApiContext, ApiEnvironment } from './request-body.ts';
import { UnreadAnswers } from './unread-answers.ts';
import { problem } from './v3/problem.ts';

export interface GuardOptions {
  readonly getConcurrency: number;
  /** 0 is never. */
  readonly timeoutMs: number;
  readonly wording: ErrorWording;
  /** Paths that are answered whatever the load: health checks that fail under load make it worse. */
  readonly exempt: ReadonlySet<string>;
}

/** How an error is said at the path that was asked for. */
export type ErrorWording = (context: ApiContext) => 'problem' | 'plain';

interface GuardDependencies {
  readonly metrics: Metrics;
  readonly system: System;
}

export function guardRequests(
  dependencies: GuardDependencies,
  options: GuardOptions,
): MiddlewareHandler<ApiEnvironment> {
  const { metrics, system } = dependencies;
  let getsInFlight = 0;
  const unread = new UnreadAnswers({ onCut: () => metrics.httpConnectionsRefusedTotal.inc({ reason: 'unread' }) });
  return async (context, next) => {
    const startedMs = system.now().monotonicMs;
    const isGet = isRead(context);
    const isExempt = options.exempt.has(context.req.path);
    if (isGet && !isExempt && getsInFlight >= options.getConcurrency) {
      metrics.httpConcurrencyLimitExceededTotal.inc({ method: 'get' });
      context.res = tooManyGets(options.getConcurrency, options.wording(context));
    } else {
      if (isGet) metrics.httpRequestsInFlight.set({ method: 'get' }, ++getsInFlight);
      // An answer given up on keeps its place until its work has stopped: the limit bounds work, not answers.
      const work = next().finally(() => {
        if (isGet) metrics.httpRequestsInFlight.set({ method: 'get' }, --getsInFlight);
      });
      if (options.timeoutMs > 0 && !isExempt) await within(options, work, context, system);
      else await work;
    }
    const bytes = measure(metrics, context, (system.now().monotonicMs - startedMs) / 1000);
    const outgoing = context.env?.outgoing;
    if (outgoing instanceof ServerResponse) unread.add(outgoing, bytes);
  };
}

async function within(
  { timeoutMs, wording }: GuardOptions,
  work: Promise<void>,
  context: ApiContext,
  system: System,
): Promise<void> {
  using limit = deadline(system, timeoutMs, context.req.raw.signal);
  context.set('answerWanted', limit.signal);
  const isOver = new Promise<'over'>((resolve) => {
    limit.signal.addEventListener('abort', () => resolve('over'), { once: true });
  });
  if ((await Promise.race([work, isOver])) !== 'over') return;
  context.res = timedOut(timeoutMs, wording(context));
}

function isRead(context: ApiContext): boolean {
  return context.req.method === 'GET' || context.req.method === 'HEAD';
}

/** Gives the length of the answer. */
function measure(metrics: Metrics, context: ApiContext, seconds: number): number {
  const handler = handlerName(routePath(context));
  const method = context.req.method.toLowerCase();
  metrics.httpRequestDurationSeconds.observe(
    { handler, method: METHODS.has(method) ? method : 'other', code: context.res.status },
    seconds,
  );
  const length = Number(context.res.headers.get('content-length') ?? 0);
  metrics.httpResponseSizeBytes.observe({ handler, method: METHODS.has(method) ? method : 'other' }, length);
  return length;
}

/** Methods are the client's own words, so only these become labels. */
const METHODS: ReadonlySet<string> = new Set(['get', 'head', 'post', 'put', 'delete', 'options']);

const handlerNames = new Map<string, string>();

/** The route's pattern in Alertmanager's spelling; there are only as many as there are routes. */
function handlerName(pattern: string): string {
  let name = handlerNames.get(pattern);
  if (name === undefined) {
    name = pattern.replaceAll(/:(\w+)/g, '{$1}');
    handlerNames.set(pattern, name);
  }
  return name;
}

function tooManyGets(limit: number, wording: 'problem' | 'plain'): Response {
  const retry = { 'Retry-After': '1' };
  if (wording === 'problem') {
    return problem(
      503,
      `${limit} GET requests are worked on already (--web.get-concurrency); ask again in a second`,
      retry,
    );
  }
  return text(503, `Limit of concurrent GET requests reached (${limit}), try again later.\n`, retry);
}

function timedOut(timeoutMs: number, wording: 'problem' | 'plain'): Response {
  const seconds = timeoutMs / 1000;
  if (wording === 'problem') {
    return problem(503, `the answer took longer than ${seconds} s (--web.timeout); ask for less, or again later`);
  }
  return text(503, `Exceeded configured timeout of ${seconds}s.\n`);
}

/** Nginx's status for a client that closed the request; nobody reads it but the metrics. */
const CLIENT_GONE = 499;

/** The answer to an error nobody expected; the cause goes to the log, not to the client. */
export function answerError(
  error: Error,
  context: ApiContext,
  { logger, metrics, wording }: { logger: Logger; metrics: Metrics; wording: ErrorWording },
): Response {
  const request = { method: context.req.method, path: context.req.path };
  if (error.name === 'ClientGoneError') {
    logger.debug({ err: error, ...request }, 'client went away');
    return text(CLIENT_GONE, '');
  }
  const isProblem = wording(context) === 'problem';
  if (error instanceof DeadlineError) return isProblem ? problem(503, error.message) : text(503, `${error.message}\n`);
  metrics.apiErrorsTotal.inc();
  logger.error({ err: error, ...request }, 'request failed');
  const message = 'internal error: the cause is in the log of this node';
  return isProblem ? problem(500, message) : errorText(500, message);
}
