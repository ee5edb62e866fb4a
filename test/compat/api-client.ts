/** Asks one server's API v2 and remembers its silences, so that the same request can mean the same silence at both servers. */
import type { RealServer } from '../support/real-servers.ts';
import { type ApiAnswer, comparable, NO_ANSWER } from './api-answers.ts';
import type { ApiRequest } from './api-requests.ts';

export class ApiClient {
  readonly #server: RealServer;
  readonly #resolveTimeoutMs: number;
  /** In the order of their creation. */
  readonly #silenceIds: string[] = [];

  constructor(server: RealServer, { resolveTimeoutMs }: { readonly resolveTimeoutMs: number }) {
    this.#server = server;
    this.#resolveTimeoutMs = resolveTimeoutMs;
  }

  /** The answer, made comparable. */
  async ask(request: ApiRequest): Promise<ApiAnswer> {
    const answer = await this.#fetch(request);
    if (request.method === 'POST' && request.path === '/silences' && answer.status === 200) {
      const { silenceID } = answer.body as { silenceID: string };
      if (!this.#silenceIds.includes(silenceID)) this.#silenceIds.push(silenceID);
    }
    const resolveTimeoutMs = this.#resolveTimeoutMs;
    return comparable(answer, { nowMs: Date.now(), resolveTimeoutMs, silenceIds: this.#silenceIds });
  }

  async #fetch({ method, path, query = [], body, contentType = 'application/json' }: ApiRequest): Promise<ApiAnswer> {
    const url = new URL(`${this.#server.url}/api/v2${this.#named(path)}`);
    for (const [name, value] of query) url.searchParams.append(name, value);
    const content =
      body === undefined ? {} : { body: await this.#content(body), headers: { 'content-type': contentType } };
    let response: Response;
    try {
      response = await fetch(url, { method, ...content });
    } catch {
      return NO_ANSWER;
    }
    const text = await response.text();
    const type = text === '' ? '' : (response.headers.get('content-type') ?? '');
    return { status: response.status, type, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** The body as it is, unless it asks for a known silence with changes. */
  async #content(body: string): Promise<string> {
    const named = this.#named(body);
    const copied = /^\{"copyOf":"([^"]*)"/.exec(named)?.[1];
    if (copied === undefined) return named;
    const { copyOf: _, ...changes } = JSON.parse(named);
    const response = await fetch(`${this.#server.url}/api/v2/silence/${copied}`);
    const silence = response.ok ? ((await response.json()) as object) : {};
    return JSON.stringify({ ...silence, ...changes });
  }

  #named(text: string): string {
    const ids = this.#silenceIds;
    const idOf = (number: string) => ids.at(number === 'last' ? -1 : Number(number) % ids.length);
    return text.replace(/\{silence:(\d+|last)\}/g, (_, number: string) => idOf(number) ?? 'none-yet');
  }
}
