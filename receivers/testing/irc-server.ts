/**
 * A small real IRC server on loopback (RFC 1459 and 2812, IRCv3 sasl and echo-message), enough for bots and for people with
 * irssi. It remembers what it is told, relays it between clients as a real one does, cut at 512 bytes, and misbehaves as a
 * test says: see {@link IrcFaults}.
 */
import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import tls, { type TlsOptions } from 'node:tls';
import { commands, type IrcRequest, maskOf, register, sendToChannel } from './irc-server-commands.ts';

export interface IrcMessage {
  readonly nick: string;
  /** A channel or a nick. */
  readonly target: string;
  /** As the others see it. */
  readonly text: string;
  readonly kind: 'message' | 'notice';
  /** From which the speaker connected. */
  readonly port: number | undefined;
}

/** What goes wrong; may be changed at any time. */
export interface IrcFaults {
  /** Whether somebody else has this nick. */
  isNickInUse: (nick: string) => boolean;
  /** Said as an ERROR instead of a welcome, after which the server hangs up. */
  errorBeforeRegistration: string | undefined;
  /** Hangs up without a word as soon as the client has introduced itself. */
  dropsBeforeRegistration: boolean;
  /** Reads, and never says anything again. */
  isSilent: boolean;
  /** What becomes of a message or notice to a channel. */
  afterMessage: 'relay' | 'relay and fall silent' | 'relay and hang up' | 'swallow';
  /** By channel in lower case: the error that answers a message or notice, such as 404. */
  messageErrors: Map<string, number>;
  /** By channel in lower case: the error that answers a JOIN, such as 474. */
  joinErrors: Map<string, number>;
}

export type IrcCapability = 'sasl' | 'echo-message';

export interface IrcServerOptions {
  /** 0, the default, for any that is free. */
  readonly port?: number;
  readonly host?: string;
  readonly name?: string;
  readonly tls?: TlsOptions;
  /** Asked of everybody (PASS). */
  readonly password?: string;
  readonly capabilities?: readonly IrcCapability[];
  /** Passwords by account, for SASL PLAIN. */
  readonly accounts?: Readonly<Record<string, string>>;
  /** By channel in lower case. */
  readonly channelKeys?: Readonly<Record<string, string>>;
  /** By channel in lower case; a channel with a topic is there, and listed, before anybody has joined it. */
  readonly topics?: Readonly<Record<string, string>>;
  readonly faults?: Partial<IrcFaults>;
  /** Told of every message and notice that reached its target. */
  readonly onMessage?: (message: IrcMessage) => void;
  /** For a server that runs for long: what it has been told is not kept. */
  readonly forgets?: boolean;
}

export interface IrcServer extends AsyncDisposable {
  readonly port: number;
  readonly faults: IrcFaults;
  /** Every line clients sent, in order. */
  readonly lines: readonly string[];
  /** Every message and notice that reached its target, in order. */
  readonly messages: readonly IrcMessage[];
  /** How many connections were ever made. */
  readonly connections: number;
  /** Of those in the channel. */
  members(channel: string): readonly string[];
  kick(channel: string, nick: string, reason?: string): void;
  /** As an operator's KILL: ERROR, then the connection is closed. */
  kill(nick: string, reason?: string): void;
  /** Cuts every connection without a word; new ones are taken. */
  cutAll(): void;
  /** Ends all connections and gives the port back. A second call does nothing. */
  close(): Promise<void>;
}

/** The longest line with its CR and LF (RFC 1459, 2.3). */
const LONGEST_LINE_BYTES = 512;

export class IrcServerClient {
  readonly socket: Socket;
  readonly channels = new Set<IrcChannel>();
  readonly capabilities = new Set<string>();
  nick = '';
  username = '';
  realname = '';
  password = '';
  isNegotiating = false;
  isRegistered = false;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  write(line: string): void {
    // A line end in a reflected text would be a line of its own.
    const bytes = Buffer.from(line.replace(/[\r\n\0]/g, ' '));
    this.socket.write(Buffer.concat([bytes.subarray(0, LONGEST_LINE_BYTES - 2), Buffer.from('\r\n')]));
  }
}

export interface IrcChannel {
  readonly name: string;
  readonly members: Map<IrcServerClient, 'operator' | 'member'>;
  topic: string;
}

/** What the commands work on. */
export interface IrcServerState {
  readonly name: string;
  readonly options: IrcServerOptions;
  readonly faults: IrcFaults;
  readonly clients: Set<IrcServerClient>;
  /** By name in lower case. */
  readonly channels: Map<string, IrcChannel>;
  /** Says nothing once it has fallen silent. */
  reply(client: IrcServerClient, line: string): void;
  disconnect(client: IrcServerClient, reason: string): void;
  /** The message reached its target. */
  delivered(message: IrcMessage): void;
}

class RunningIrcServer implements IrcServer, IrcServerState {
  readonly name: string;
  readonly options: IrcServerOptions;
  readonly faults: IrcFaults;
  readonly clients = new Set<IrcServerClient>();
  readonly channels = new Map<string, IrcChannel>();
  readonly messages: IrcMessage[] = [];
  readonly lines: string[] = [];
  readonly server: net.Server;
  connections = 0;
  port = 0;

  constructor(options: IrcServerOptions) {
    this.options = options;
    this.name = options.name ?? 'irc.tocsin.test';
    this.faults = {
      isNickInUse: () => false,
      errorBeforeRegistration: undefined,
      dropsBeforeRegistration: false,
      isSilent: false,
      afterMessage: 'relay',
      messageErrors: new Map(),
      joinErrors: new Map(),
      ...options.faults,
    };
    for (const [name, topic] of Object.entries(options.topics ?? {})) {
      this.channels.set(name.toLowerCase(), { name, topic, members: new Map() });
    }
    this.server = options.tls
      ? tls.createServer(options.tls, (socket) => this.#accept(socket))
      : net.createServer((socket) => this.#accept(socket));
  }

  async listen(): Promise<void> {
    this.server.listen(this.options.port ?? 0, this.options.host ?? '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  reply(client: IrcServerClient, line: string): void {
    if (!this.faults.isSilent && client.socket.writable) client.write(line);
  }

  disconnect(client: IrcServerClient, reason: string): void {
    this.reply(client, `ERROR :${reason}`);
    this.#forget(client, reason);
    client.socket.end();
  }

  delivered(message: IrcMessage): void {
    if (!this.options.forgets) this.messages.push(message);
    this.options.onMessage?.(message);
  }

  members(channel: string): readonly string[] {
    const members = this.channels.get(channel.toLowerCase())?.members.keys() ?? [];
    return [...members].map(({ nick }) => nick);
  }

  kick(channelName: string, nick: string, reason = 'out'): void {
    const channel = this.channels.get(channelName.toLowerCase());
    const client = [...(channel?.members.keys() ?? [])].find((member) => member.nick === nick);
    if (!channel || !client) throw new Error(`${nick} is not in ${channelName}`);
    sendToChannel(this, channel, `:${this.name} KICK ${channel.name} ${nick} :${reason}`);
    channel.members.delete(client);
    client.channels.delete(channel);
  }

  kill(nick: string, reason = 'you know why'): void {
    const client = [...this.clients].find((candidate) => candidate.nick === nick);
    if (!client) throw new Error(`there is no ${nick}`);
    this.reply(client, `:${this.name} KILL ${nick} :${reason}`);
    this.disconnect(client, `Closing Link: ${nick} (Killed (${reason}))`);
  }

  cutAll(): void {
    for (const { socket } of this.clients) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const { socket } of this.clients) socket.destroy();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accept(socket: Socket): void {
    this.connections++;
    const client = new IrcServerClient(socket);
    this.clients.add(client);
    let rest = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) this.#take(client, line);
    });
    socket.on('error', () => {}); // 'close' follows, and tells all there is to tell.
    socket.on('close', () => this.#forget(client, 'Connection closed'));
  }

  #take(client: IrcServerClient, line: string): void {
    if (line === '' || !this.clients.has(client)) return;
    if (!this.options.forgets) this.lines.push(line);
    if (Buffer.byteLength(line) > LONGEST_LINE_BYTES - 2) {
      this.reply(client, `:${this.name} 417 ${client.nick || '*'} :Input line was too long`);
      return;
    }
    const request = parseRequest(line);
    const command = Object.hasOwn(commands, request.command) ? commands[request.command] : undefined;
    if (command && (client.isRegistered || command.isForStrangers)) command.run(this, client, request);
    else this.#refuse(client, request);
    register(this, client);
  }

  #refuse(client: IrcServerClient, { command }: IrcRequest): void {
    const problem = client.isRegistered
      ? `421 ${client.nick} ${command} :Unknown command`
      : '451 * :Not registered yet';
    this.reply(client, `:${this.name} ${problem}`);
  }

  #forget(client: IrcServerClient, reason: string): void {
    if (!this.clients.delete(client)) return;
    const told = new Set<IrcServerClient>();
    for (const channel of client.channels) {
      channel.members.delete(client);
      for (const member of channel.members.keys()) told.add(member);
    }
    for (const other of told) this.reply(other, `:${maskOf(client)} QUIT :${reason}`);
  }
}

/** Message tags and the source are the server's to say, and are left out. */
function parseRequest(line: string): IrcRequest {
  const [, head = '', trailing] = /^(?:@\S+ +)?(?::\S+ +)?(.*?)(?: +:(.*))?$/.exec(line) ?? [];
  const [command = '', ...middle] = head.split(/ +/).filter((word) => word !== '');
  return { command: command.toUpperCase(), params: trailing === undefined ? middle : [...middle, trailing] };
}

/** Rejects if the port is taken, with the system's error. */
export async function startIrcServer(options: IrcServerOptions = {}): Promise<IrcServer> {
  const server = new RunningIrcServer(options);
  await server.listen();
  return server;
}
