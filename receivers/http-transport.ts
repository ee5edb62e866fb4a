/**
 * The connections of one HTTP client: bounded pools that are kept for reuse, direct or through a proxy, made anew when a
 * file of the tls_config changes.
 */
import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici';
import { type Environment, type ProxyConfig, proxyFor } from './http-proxy.ts';
import type { TlsConfig } from './tls-config.ts';
import { type TlsMaterial, TlsMaterialSource } from './tls-material.ts';

/** More requests than this to one origin wait for each other, as long as their own deadline allows. */
const MAX_SOCKETS_PER_ORIGIN = 16;
/** Covers name resolution, TCP and TLS; Go's default for the TLS handshake alone. */
const CONNECT_TIMEOUT_MS = 10_000;
/**
 * Short, although Alertmanager keeps idle connections for five minutes: writing to a connection the other side has just
 * closed makes the outcome unknown, so a connection outlives a burst of messages and no more.
 */
const KEEP_ALIVE_MS = 4000;
const LONGEST_KEEP_ALIVE_MS = 30_000;

const POOL_OPTIONS: Pool.Options = {
  connections: MAX_SOCKETS_PER_ORIGIN,
  keepAliveTimeout: KEEP_ALIVE_MS,
  keepAliveMaxTimeout: LONGEST_KEEP_ALIVE_MS,
  // The sender's signal is the only deadline.
  headersTimeout: 0,
  bodyTimeout: 0,
};

/** Node gives each address of a host 250 ms, too little for a satellite link or a host under load. */
const ADDRESS_SELECTION = { autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 1000 };

export interface HttpTransportOptions {
  readonly tls: TlsConfig;
  readonly proxy: ProxyConfig;
  readonly enableHttp2: boolean;
  readonly environment: Environment;
}

export class HttpTransport {
  readonly #options: HttpTransportOptions;
  readonly #materialSource: TlsMaterialSource;
  #material: TlsMaterial | undefined;
  #dispatchers = new Map<string, Dispatcher>();

  constructor(options: HttpTransportOptions) {
    this.#options = options;
    this.#materialSource = new TlsMaterialSource(options.tls);
  }

  /** Rejects with SecretFileError, TlsMaterialError or the signal's reason. */
  async dispatcherFor(url: URL, signal: AbortSignal): Promise<Dispatcher> {
    const material = await this.#materialSource.read(signal);
    if (material !== this.#material) this.#startAfresh(material);
    const proxy = proxyFor(url, this.#options.proxy, this.#options.environment);
    const key = proxy === undefined ? 'direct' : `${url.protocol} ${proxy}`;
    let dispatcher = this.#dispatchers.get(key);
    if (!dispatcher) {
      dispatcher = proxy === undefined ? this.#direct(material) : this.#proxied(proxy, url.protocol, material);
      this.#dispatchers.set(key, dispatcher);
    }
    return dispatcher;
  }

  /** Ends all connections; requests under way fail. */
  async close(): Promise<void> {
    const dispatchers = [...this.#dispatchers.values()];
    this.#dispatchers.clear();
    await Promise.allSettled(dispatchers.map((dispatcher) => dispatcher.destroy()));
  }

  #startAfresh(material: TlsMaterial): void {
    this.#material = material;
    // close() lets the requests under way end by their own deadlines.
    for (const dispatcher of this.#dispatchers.values()) void dispatcher.close().catch(() => {});
    this.#dispatchers.clear();
  }

  #direct(material: TlsMaterial): Dispatcher {
    return new Agent({
      ...POOL_OPTIONS,
      allowH2: this.#options.enableHttp2,
      connect: { ...this.#targetTls(material), ...ADDRESS_SELECTION, timeout: CONNECT_TIMEOUT_MS },
    });
  }

  #proxied(proxy: string, targetProtocol: string, material: TlsMaterial): Dispatcher {
    const uri = proxy.replace(/^socks5h:/, 'socks5:');
    const { connectHeaders } = this.#options.proxy;
    // undici adds these headers to forwarded plain requests as well, where the target would see them.
    const headers = targetProtocol === 'https:' ? connectHeaders : [];
    return new ProxyAgent({
      ...POOL_OPTIONS,
      uri,
      headers: Object.fromEntries(headers.map(({ name, values }) => [name, values.map((value) => value.reveal())])),
      allowH2: this.#options.enableHttp2,
      connectTimeout: CONNECT_TIMEOUT_MS,
      requestTls: this.#targetTls(material),
      // server_name is the target's name; the proxy has its own.
      proxyTls: { ...material, ...ADDRESS_SELECTION },
      factory: (origin, options) => new Pool(origin, { ...POOL_OPTIONS, ...options }),
      clientFactory: (origin, options) =>
        new Pool(origin, { ...POOL_OPTIONS, headersTimeout: CONNECT_TIMEOUT_MS, ...options }),
    });
  }

  #targetTls(material: TlsMaterial) {
    const { serverName } = this.#options.tls;
    return { ...material, ...(serverName !== '' && { servername: serverName }) };
  }
}
