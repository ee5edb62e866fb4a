/**
 * Something for Prometheus to watch: named conditions, served as a metric, that a test makes bad and good again; and a real
 * Prometheus that watches them and fires a rule for each at a node.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';
import { startPrometheus } from './real-servers.ts';
import { TemporaryDirectory } from './temporary-directory.ts';

export class WatchedConditions implements AsyncDisposable {
  readonly #bad = new Set<string>();
  readonly #server: Server;

  static async start(): Promise<WatchedConditions> {
    const conditions = new WatchedConditions();
    conditions.#server.listen(0, '127.0.0.1');
    await once(conditions.#server, 'listening');
    return conditions;
  }

  private constructor() {
    this.#server = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' });
      response.end([...this.#bad].map((name) => `bad{condition="${name}"} 1\n`).join(''));
    });
  }

  goBad(...names: string[]): void {
    for (const name of names) this.#bad.add(name);
  }

  /** All of them. */
  goWell(): void {
    this.#bad.clear();
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

export interface Watch {
  readonly conditions: WatchedConditions;
  /** Where the node listens. */
  readonly nodeUrl: string;
  /** By the name of the condition, which becomes the alert's: the labels its rule adds. */
  readonly rules: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Scrapes and evaluates every second; ended at the end of the block. */
export async function startWatching({ conditions, nodeUrl, rules }: Watch): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(new TemporaryDirectory());
  const written = Object.entries(rules).map(([alert, labels]) => ({
    alert,
    expr: `bad{condition="${alert}"} > 0`,
    labels,
    annotations: { summary: `${alert} went bad` },
  }));
  directory.write('rules.yml', stringify({ groups: [{ name: 'conditions', rules: written }] }));
  const config = stringify({
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yml'],
    scrape_configs: [{ job_name: 'conditions', static_configs: [{ targets: [conditions.address] }] }],
    alerting: { alertmanagers: [{ api_version: 'v2', static_configs: [{ targets: [new URL(nodeUrl).host] }] }] },
  });
  // Each alert is said again every other second, and each time to end eight seconds later.
  stack.use(await startPrometheus({ config, args: ['--rules.alert.resend-delay=2s'], directory }));
  return stack.move();
}
