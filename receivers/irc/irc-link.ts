/**
 * One connection to an IRC server, from name resolution to its end. irc-framework parses, registers (CAP, SASL PLAIN, PASS,
 * NICK, USER) and knows what the server supports; what to do about anything that happens is decided by session.ts.
 */
import { deadline, type System, type Timer } from '../../src/system.ts';
import { describeError } from '../http-outcome.ts';
import { readSecret, SecretFileError, type SecretSource } from '../secret.ts';
import { TlsMaterialError, TlsMaterialSource } from '../tls-material.ts';
import type { ConnectionConfig } from './config.ts';
import { IrcSocket, type SocketAddress } from './irc-socket.ts';
import { type Loss, lossReasonOf } from './supervisor.ts';

export interface IrcMessage {
  /** Of who said it; '' for a server. */
  readonly nick: string;
  /** `nick!user@host`, or the server's name. */
  readonly prefix: string;
  /** A word in upper case or three digits. */
  readonly command: string;
  readonly params: readonly string[];
}

export interface ModeChange {
  /** `+m`, `-b`. */
  readonly mode: string;
  readonly param: string | null;
}

export interface LinkEvents {
  /** The server has let us in; we are called so. */
  registered(nick: string): void;
  /** Everything the server says, registration and PING included. */
  heard(message: IrcMessage): void;
  /** A secret that is about to be told to the server, which may repeat it in anything it says. */
  secretRead(secret: string): void;
  /** Called once, unless the link was closed from this side. */
  lost(loss: Loss): void;
}

export interface IrcLink {
  /** Whether the server tells us of our own messages as it passes them on (IRCv3 echo-message). */
  readonly echoes: boolean;
  /** Undefined if no account is configured, else whether SASL let us in, and if not, why. */
  readonly login: { readonly ok: boolean; readonly why: string } | undefined;
  /** One line; nothing is said if the link is not up. */
  write(line: string): void;
  /** The changes in a MODE message or in numeric 324, of which the first parameter names the channel. */
  modesOf(message: IrcMessage): readonly ModeChange[];
  /** `@` and the like, of this server, in front of a nick. */
  readonly rankSymbols: ReadonlyMap<string, string>;
  /** Says goodbye and resolves when the connection is closed, after a moment at the latest. */
  close(farewell: string): Promise<void>;
}

export type OpenLink = (config: ConnectionConfig, events: LinkEvents) => IrcLink;

/** Name resolution, TCP and TLS. */
const CONNECT_WITHIN_MS = 10_000;
/** Some servers look up who we are first, and wait long for an answer. */
const REGISTER_WITHIN_MS = 45_000;
const FAREWELL_WITHIN_MS = 2000;

/** What irc-framework may work on; the rest would only fill its caches. Not 900: it would end CAP before SASL has ended. */
const REGISTRATION = new Set(['CAP', 'AUTHENTICATE', '001', '005', '902', '903', '904', '905', '906', '907']);

interface FrameworkClient {
  readonly connection: { write(line: string): void };
  readonly raw_middleware: {
    use(handle: (command: string, message: IrcMessage & { params: string[] }) => void): void;
  };
  readonly command_handler: {
    dispatch(message: IrcMessage): void;
    parseModeList(modes: string, params: readonly string[]): ModeChange[];
  };
  readonly network: {
    readonly cap: { isEnabled(name: string): boolean };
    readonly options: { readonly PREFIX?: readonly { readonly symbol: string; readonly mode: string }[] };
  };
  connect(options: object): void;
}

export function linkOpener({ system }: { system: System }): OpenLink {
  return (config, events) => new FrameworkLink(system, config, events);
}

class FrameworkLink implements IrcLink {
  readonly #system: System;
  readonly #config: ConnectionConfig;
  readonly #events: LinkEvents;
  /** Undefined until it is needed. */
  #client: FrameworkClient | undefined;
  readonly #stop = new AbortController();
  readonly #closed = Promise.withResolvers<void>();
  #socket: IrcSocket | undefined;
  #timer: Timer | undefined;
  #state: 'connecting' | 'registering' | 'registered' | 'over' = 'connecting';
  /** The last that the server said of why it would let us go. */
  #lastWords: string | undefined;
  #saslProblem = 'the server offers no SASL PLAIN';
  #isLoggedIn = false;

  constructor(system: System, config: ConnectionConfig, events: LinkEvents) {
    this.#system = system;
    this.#config = config;
    this.#events = events;
    void this.#connect();
  }

  get echoes(): boolean {
    return this.#client?.network.cap.isEnabled('echo-message') ?? false;
  }

  get login(): IrcLink['login'] {
    return this.#config.account === undefined ? undefined : { ok: this.#isLoggedIn, why: this.#saslProblem };
  }

  get rankSymbols(): ReadonlyMap<string, string> {
    const { PREFIX = [] } = this.#client?.network.options ?? {};
    return new Map(PREFIX.map(({ symbol, mode }) => [symbol, mode]));
  }

  write(line: string): void {
    this.#client?.connection.write(line);
  }

  modesOf({ command, params }: IrcMessage): readonly ModeChange[] {
    const [modes = '', ...rest] = params.slice(command === 'MODE' ? 1 : 2);
    return this.#client?.command_handler.parseModeList(modes, rest) ?? [];
  }

  async close(farewell: string): Promise<void> {
    const wasUp = this.#state === 'registering' || this.#state === 'registered';
    this.#state = 'over';
    this.#timer?.cancel();
    this.#stop.abort();
    if (!wasUp) {
      this.#socket?.close();
      return;
    }
    this.write(`QUIT :${farewell}`);
    const timer = this.#system.setTimer(FAREWELL_WITHIN_MS, () => this.#socket?.close());
    await this.#closed.promise;
    timer.cancel();
  }

  async #connect(): Promise<void> {
    const { server, port, tls } = this.#config;
    using limit = deadline(this.#system, CONNECT_WITHIN_MS, this.#stop.signal);
    try {
      const material = tls && (await new TlsMaterialSource(tls).read(limit.signal));
      const [password, serverPassword] = await Promise.all([
        this.#secret(this.#config.password, limit.signal),
        this.#secret(this.#config.serverPassword, limit.signal),
      ]);
      const client = await newClient();
      if (this.#state === 'over') return;
      this.#client = client;
      // Not handed on to what else the package would do, which prints errors to standard output.
      client.raw_middleware.use((_command, message) => this.#hear(message));
      this.#open(
        client,
        { server, port, tls: tls && material && { config: tls, material } },
        { password, serverPassword },
      );
    } catch (error) {
      const isFile = error instanceof SecretFileError || error instanceof TlsMaterialError;
      this.#lose({ reason: isFile ? 'configuration' : 'unreachable', message: describeError(error) });
    }
  }

  async #secret(source: SecretSource | undefined, signal: AbortSignal): Promise<string | undefined> {
    if (source === undefined) return undefined;
    const secret = await readSecret(source, signal);
    this.#events.secretRead(secret);
    return secret;
  }

  #open(
    client: FrameworkClient,
    address: SocketAddress,
    secrets: { password: string | undefined; serverPassword: string | undefined },
  ): void {
    const { nick, username, realname, account, server, port } = this.#config;
    const socket = new IrcSocket(address);
    this.#socket = socket;
    socket.on('open', () => {
      this.#state = 'registering';
      this.#within(REGISTER_WITHIN_MS, 'dropped before registration', 'the server did not let us in');
    });
    socket.on('close', (error: Error | undefined) => {
      this.#closed.resolve();
      this.#lose(this.#whyClosed(error));
    });
    this.#within(CONNECT_WITHIN_MS, 'unreachable', 'could not connect');
    client.connect({
      host: server,
      port,
      nick,
      username,
      gecos: realname,
      password: secrets.serverPassword,
      // Without an account the package would try the server's password as one.
      account: account === undefined ? {} : { account, password: secrets.password },
      enable_echomessage: true,
      auto_reconnect: false,
      // It would keep them with timers of its own.
      ping_interval: 0,
      ping_timeout: 0,
      // The package makes its transport itself.
      transport: function transport() {
        return socket;
      },
    });
  }

  #within(withinMs: number, reason: Loss['reason'], what: string): void {
    this.#timer?.cancel();
    this.#timer = this.#system.setTimer(withinMs, () => {
      this.#lose({ reason, message: this.#lastWords ?? `${what} within ${withinMs / 1000} s` });
    });
  }

  #hear(message: IrcMessage): void {
    if (this.#state === 'over') return;
    const { command, params } = message;
    const last = params.at(-1) ?? '';
    if (command === 'PING') this.write(`PONG :${last}`);
    // 463, 464, 465, 466: the numerics that come before such an ERROR often say more than it does.
    if (command === 'ERROR' || /^46[3-6]$/.test(command)) this.#lastWords = joined(this.#lastWords, last);
    if (command === '903') this.#isLoggedIn = true;
    if (/^90[24568]$/.test(command)) this.#saslProblem = last;
    if (REGISTRATION.has(command)) this.#register(message);
    if (command === '001') {
      this.#state = 'registered';
      this.#timer?.cancel();
      this.#events.registered(params[0] ?? this.#config.nick);
    }
    this.#events.heard(message);
  }

  #register(message: IrcMessage): void {
    try {
      this.#client?.command_handler.dispatch(message);
    } catch {
      // A line no server should send, which the package cannot read. If it mattered, registration will run out of time.
    }
  }

  #whyClosed(error: Error | undefined): Loss {
    const words = this.#lastWords ?? (error && describeError(error)) ?? 'the server closed the connection';
    if (this.#state === 'connecting') return { reason: 'unreachable', message: words };
    const said = this.#lastWords === undefined ? undefined : lossReasonOf(this.#lastWords);
    return {
      reason: said ?? (this.#state === 'registered' ? 'closed' : 'dropped before registration'),
      message: words,
    };
  }

  #lose(loss: Loss): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#timer?.cancel();
    this.#socket?.close();
    this.#events.lost(loss);
  }
}

/** Loaded when the first link is opened: it takes 100 ms, and most nodes have no IRC. */
async function newClient(): Promise<FrameworkClient> {
  // @ts-expect-error The package has no types; what is used of it is declared above.
  const { default: framework } = await import('irc-framework');
  return new framework.Client();
}

function joined(before: string | undefined, words: string): string {
  return before === undefined ? words : `${before}; ${words}`.slice(0, 500);
}
