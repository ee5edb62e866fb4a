/** One request over TLS to a server of a test, and what it answered; the platform's fetch can be told no authority. */
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';

export interface HttpsAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpsQuestion {
  readonly ca: string;
  /** `name:password` */
  readonly login?: string;
  readonly method?: string;
  readonly json?: unknown;
}

export async function askOverTls(
  url: string,
  { ca, login, method = 'GET', json }: HttpsQuestion,
): Promise<HttpsAnswer> {
  const headers = json === undefined ? {} : { 'Content-Type': 'application/json' };
  const outgoing = request(url, { ca, method, headers, agent: false, ...(login !== undefined && { auth: login }) });
  outgoing.end(json === undefined ? undefined : JSON.stringify(json));
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: await text(incoming) };
}
