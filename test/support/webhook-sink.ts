/**
 * A real HTTP server that takes webhook notifications, remembers each with the instant it arrived, and misbehaves on
 * demand. For tests with real processes: every wait is for a condition and has a deadline.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface WebhookAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

/** Alertmanager's webhook body, version 4. */
export interface WebhookBody {
  readonly version: string;
  readonly status: 'firing' | 'resolved';
  readonly receiver: string;
  readonly groupKey: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly commonAnnotations: Readonly<Record<string, string>>;
  readonly externalURL: string;
  readonly truncatedAlerts: number;
  readonly alerts: readonly WebhookAlert[];
}

export interface ReceivedNotification {
  /** Of the request, with query: tells receivers of one test apart. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: WebhookBody;
  /** The body as it came, for comparing bytes. */
  readonly text: string;
  /** When the whole body had been read. */
  readonly arrivedAtMs: number;
  readonly behaviour: SinkBehaviour;
}

/**
 * answer: with a status, after a while if so asked. hang: reads the request and never answers. cut: takes the whole
 * request, then resets the connection, so that the sender cannot know whether it was delivered. refuse: resets the
 * connection before having read a body; nothing is remembered.
 */
export type SinkBehaviour =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly delayMs?: number;
      readonly headers?: Record<string, string>;
    }
  | { readonly kind: 'hang' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'refuse' };

const WELL_BEHAVED: SinkBehaviour = { kind: 'answer', status: 200 };

export class WebhookSink implements AsyncDisposable {
  /** In the order of arrival, whatever became of them. */
  readonly received: ReceivedNotification[] = [];
  readonly port: number;
  readonly #server: Server;
  readonly #next: SinkBehaviour[] = [];
  readonly #watchers = new Set<() => void>();
  #standing: () => SinkBehaviour = () => WELL_BEHAVED;

  /** On a free port of the loopback address unless told otherwise. */
  static async start({ port = 0 }: { port?: number } = {}): Promise<WebhookSink> {
    const server = createServer();
    // Else it would close a connection in the very instant in which a sender takes it up again after five idle seconds.
    server.keepAliveTimeout = 0;
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new WebhookSink(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('request', (request, response) => {
      // A sender that gives up while the body is on its way is no failure of the sink.
      this.#take(request, response).catch(() => response.destroy());
    });
  }

  url(path = '/'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** From now on, until told otherwise; a function is asked at each request. */
  behave(behaviour: SinkBehaviour | (() => SinkBehaviour)): void {
    this.#standing = typeof behaviour === 'function' ? behaviour : () => behaviour;
  }

  behaveWell(): void {
    this.#next.length = 0;
    this.#standing = () => WELL_BEHAVED;
  }

  /** For the next requests, one each; then as before. */
  behaveNext(...behaviours: SinkBehaviour[]): void {
    this.#next.push(...behaviours);
  }

  /** Notifications that were answered with 2xx: what the sender knows to be delivered. */
  get accepted(): readonly ReceivedNotification[] {
    return this.received.filter(
      ({ behaviour }) => behaviour.kind === 'answer' && behaviour.status >= 200 && behaviour.status < 300,
    );
  }

  /**
   * Resolves with the first notification that fits, also one already received, with `after` only from that index on.
   * Rejects with what did arrive if none fits in time.
   */
  async waitFor(
    predicate: (notification: ReceivedNotification) => boolean,
    { timeoutMs, after = 0 }: { timeoutMs: number; after?: number },
  ): Promise<ReceivedNotification> {
    const find = () => this.received.slice(after).find(predicate);
    return this.#until(find, timeoutMs, 'no notification that fits');
  }

  /** Resolves as soon as so many notifications have arrived since the start. */
  async waitForCount(count: number, { timeoutMs }: { timeoutMs: number }): Promise<readonly ReceivedNotification[]> {
    const enough = () => (this.received.length >= count ? this.received : undefined);
    return this.#until(enough, timeoutMs, `not ${count} notifications`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #until<Found>(find: () => Found | undefined, timeoutMs: number, failure: string): Promise<Found> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const found = find();
        if (found === undefined) return false;
        clearTimeout(timer);
        this.#watchers.delete(check);
        resolve(found);
        return true;
      };
      const timer = setTimeout(() => {
        this.#watchers.delete(check);
        reject(new Error(`${failure} within ${timeoutMs} ms; received:\n${this.#summary()}`));
      }, timeoutMs);
      if (!check()) this.#watchers.add(check);
    });
  }

  #summary(): string {
    const lines = this.received.map(({ path, body, behaviour }) => {
      const alerts = body.alerts.map(({ status, labels }) => `${status} ${JSON.stringify(labels)}`);
      return `  ${path} (${behaviour.kind}) ${body.status} to ${body.receiver}: ${alerts.join(', ')}`;
    });
    return lines.join('\n') || '  nothing';
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const behaviour = this.#next.shift() ?? this.#standing();
    if (behaviour.kind === 'refuse') {
      request.socket.resetAndDestroy();
      return;
    }
    const bodyText = await text(request);
    const body: WebhookBody = JSON.parse(bodyText);
    const { url: path = '/', headers } = request;
    this.received.push({ path, headers, body, text: bodyText, arrivedAtMs: Date.now(), behaviour });
    for (const check of [...this.#watchers]) check();
    if (behaviour.kind === 'cut') request.socket.resetAndDestroy();
    if (behaviour.kind !== 'answer') return;
    const answer = () => response.writeHead(behaviour.status, behaviour.headers ?? {}).end();
    if (!behaviour.delayMs) answer();
    else setTimeout(answer, behaviour.delayMs).unref();
  }
}
