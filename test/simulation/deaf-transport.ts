/**
 * A transport that can be deaf to whatever mentions a word, while all else passes: so a node lives and is heard, and does
 * not learn of one thing for as long as a story wants.
 */
import { RequestError, type Transport, type TransportHandlers } from '../../cluster/transport.ts';

export class DeafTransport implements Transport {
  /** Neither broadcasts nor requests that contain it pass, in neither direction for requests. */
  deafTo: string | undefined;
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get self(): string {
    return this.#transport.self;
  }

  peers(): readonly string[] {
    return this.#transport.peers();
  }

  broadcast(bytes: Uint8Array): void {
    this.#transport.broadcast(bytes);
  }

  async request(peer: string, bytes: Uint8Array, options: { signal: AbortSignal }): Promise<Uint8Array> {
    if (this.#isDeafTo(bytes)) throw new RequestError(`${peer} did not answer`);
    return this.#transport.request(peer, bytes, options);
  }

  start({ onBroadcast, onRequest, onLinkChange }: TransportHandlers): Promise<void> {
    return this.#transport.start({
      onBroadcast: (origin, bytes) => {
        if (!this.#isDeafTo(bytes)) onBroadcast(origin, bytes);
      },
      onRequest: async (from, bytes) => {
        if (this.#isDeafTo(bytes)) throw new RequestError('not heard');
        return onRequest(from, bytes);
      },
      onLinkChange,
    });
  }

  stop(): Promise<void> {
    return this.#transport.stop();
  }

  #isDeafTo(bytes: Uint8Array): boolean {
    return this.deafTo !== undefined && Buffer.from(bytes).includes(this.deafTo);
  }
}
