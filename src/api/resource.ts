/** Registers what lives at a path, and the 405 for every other method on it. */
import type { Hono } from 'hono';
import type { ApiContext, ApiEnvironment } from './request-body.ts';

export type ApiApp = Hono<ApiEnvironment>;
export type ApiHandler = (context: ApiContext) => Response | Promise<Response>;
export type Methods = Partial<Record<'GET' | 'POST' | 'PUT' | 'DELETE', ApiHandler>>;

export interface ResourceOptions {
  /** Makes the 405 out of the methods there are; `Allow` is added to it. */
  readonly refuse: (method: string, allowed: readonly string[]) => Response;
}

/** HEAD is answered wherever GET is. */
export function addResource(app: ApiApp, path: string, methods: Methods, { refuse }: ResourceOptions): void {
  const allowed = Object.keys(methods);
  for (const [method, handler] of Object.entries(methods)) app.on(method, path, handler);
  app.all(path, (context) => {
    const response = refuse(context.req.method, allowed);
    response.headers.set('Allow', allowed.join(','));
    return response;
  });
}
