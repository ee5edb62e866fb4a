/** A webhook that remembers when it was told about which group, and takes everything at once. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class WebhookCounter implements AsyncDisposable {
  /** By group, when it was told, on this process's monotonic clock. */
  readonly told = new Map<string, number[]>();
  readonly #server: Server;

  static async listen(): Promise<WebhookCounter> {
    const counter = new WebhookCounter();
    await new Promise<void>((resolve) => counter.#server.listen(0, '127.0.0.1', resolve));
    return counter;
  }

  private constructor() {
    this.#server = createServer((request, response) => {
      const atMs = performance.now();
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        const { groupLabels } = JSON.parse(text) as { groupLabels: { alertname: string } };
        const times = this.told.get(groupLabels.alertname) ?? [];
        times.push(atMs);
        this.told.set(groupLabels.alertname, times);
        response.end();
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
