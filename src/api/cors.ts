/**
 * Cross-origin access to API v2, as rs/cors gives it by default in Alertmanager: any origin, simple methods and headers.
 * Other parts of the API answer no other origin.
 */
import type { MiddlewareHandler } from 'hono';
import type { ApiContext, ApiEnvironment } from './request-body.ts';

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'HEAD']);
const HEADERS: ReadonlySet<string> = new Set(['accept', 'content-type', 'x-requested-with', 'origin']);

export const allowAnyOrigin: MiddlewareHandler<ApiEnvironment> = async (context, next) => {
  if (context.req.method === 'OPTIONS' && context.req.header('access-control-request-method') !== undefined) {
    return preflight(context);
  }
  await next();
  const { headers } = context.res;
  headers.set('Cache-Control', 'no-store');
  headers.append('Vary', 'Origin');
  if (context.req.header('origin') !== undefined) headers.set('Access-Control-Allow-Origin', '*');
  return undefined;
};

function preflight(context: ApiContext): Response {
  const headers = new Headers({
    Vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    'Content-Length': '0',
  });
  const method = context.req.header('access-control-request-method')?.toUpperCase() ?? '';
  const wanted = context.req.header('access-control-request-headers') ?? '';
  const names = wanted.split(',').map((name) => name.trim().toLowerCase());
  const areAllowed = wanted === '' || names.every((name) => HEADERS.has(name));
  if (context.req.header('origin') !== undefined && METHODS.has(method) && areAllowed) {
    headers.set('Access-Control-Allow-Origin', '*');
    headers.set('Access-Control-Allow-Methods', method);
    if (wanted !== '') headers.set('Access-Control-Allow-Headers', wanted);
  }
  return new Response(null, { status: 204, headers });
}

/**
 * Whether a browser sends this for a page of another origin. Browsers name the origin in every request that changes
 * anything; other clients name none.
 */
export function isCrossOrigin(context: ApiContext, externalURL: string | undefined): boolean {
  const origin = context.req.header('origin');
  if (origin === undefined) return false;
  const own = [externalURL, context.req.url].map((url) => (url === undefined ? undefined : URL.parse(url)?.host));
  return !own.includes(URL.parse(origin)?.host ?? 'null');
}
