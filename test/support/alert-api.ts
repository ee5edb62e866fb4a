/**
 * What a checker, a dashboard and a person at a keyboard ask of a node, over real HTTP: Alertmanager's API v2. Whatever is
 * not answered as it should be is an error.
 */

export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly generatorURL?: string;
}

export interface ShownAlert extends Required<PostedAlert> {
  readonly fingerprint: string;
  readonly status: { readonly state: string; readonly silencedBy: readonly string[] };
}

export interface ShownSilence {
  readonly id: string;
  readonly comment: string;
  readonly createdBy: string;
  readonly endsAt: string;
  readonly status: { readonly state: string };
  readonly matchers: readonly { readonly name: string; readonly value: string }[];
}

/** No answer at all may take longer than this; a test that expects a hanging node says so itself. */
const ANSWER_TIMEOUT_MS = 30_000;

/** The node did answer, but not 200. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
}

export class AlertApi {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Resolves once answered 200. */
  async post(...alerts: PostedAlert[]): Promise<void> {
    await this.#ask('POST', '/api/v2/alerts', alerts);
  }

  /** Silenced and inhibited ones, too. */
  async alerts(query = ''): Promise<readonly ShownAlert[]> {
    return (await this.#ask('GET', `/api/v2/alerts${query}`)).json() as Promise<ShownAlert[]>;
  }

  /** Silences the alerts that have this label, for an hour unless told otherwise, and gives the id. */
  async silence(name: string, value: string, { untilMs = Date.now() + 3_600_000 } = {}): Promise<string> {
    const startsAt = new Date();
    const answer = await this.#ask('POST', '/api/v2/silences', {
      matchers: [{ name, value, isRegex: false }],
      startsAt: startsAt.toISOString(),
      endsAt: new Date(untilMs).toISOString(),
      createdBy: 'test',
      comment: `${name} is ${value}`,
    });
    const { silenceID } = (await answer.json()) as { silenceID: string };
    return silenceID;
  }

  async expire(silenceId: string): Promise<void> {
    await this.#ask('DELETE', `/api/v2/silence/${silenceId}`);
  }

  async silences(): Promise<readonly ShownSilence[]> {
    return (await this.#ask('GET', '/api/v2/silences')).json() as Promise<ShownSilence[]>;
  }

  /** The value of a metric without labels, or the sum of all its series. Undefined if there is none. */
  async metric(name: string): Promise<number | undefined> {
    const text = await (await this.#ask('GET', '/metrics')).text();
    const values = [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].map(([, value]) =>
      Number(value),
    );
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(this.url + path, {
      method,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
    if (response.status !== 200) {
      throw new AnswerError(`${method} ${path} was answered ${response.status}: ${await response.text()}`);
    }
    return response;
  }
}
