/**
 * The transport under irc-framework: its own knows no private authorities, no deadline for connecting and no bound on what
 * a server may send without a line end. Lines out hold no line end, whatever they are made of.
 */
import { EventEmitter } from 'node:events';
import net, { isIP, type Socket } from 'node:net';
import tls from 'node:tls';
import type { TlsConfig } from '../tls-config.ts';
import type { TlsMaterial } from '../tls-material.ts';

/** Message tags take 8191 bytes (IRCv3), the rest of a line 512. */
const LONGEST_LINE_CHARACTERS = 16_384;

/** Node gives each address of a host 250 ms, too little for a satellite link or a host under load. */
const ADDRESS_SELECTION = { autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 1000 };

export interface SocketAddress {
  readonly server: string;
  readonly port: number;
  /** Undefined: plain text. */
  readonly tls: { readonly config: TlsConfig; readonly material: TlsMaterial } | undefined;
}

/** What irc-framework asks of a transport: events `open`, `line` and `close`, and these methods. */
export class IrcSocket extends EventEmitter {
  readonly #address: SocketAddress;
  #socket: Socket | undefined;
  #error: Error | undefined;

  constructor(address: SocketAddress) {
    super();
    this.#address = address;
  }

  connect(): void {
    const socket = openSocket(this.#address);
    this.#socket = socket;
    let rest = '';
    socket.setEncoding('utf8');
    socket.setNoDelay(true);
    socket.once(this.#address.tls ? 'secureConnect' : 'connect', () => this.emit('open'));
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) this.emit('line', line);
      if (rest.length > LONGEST_LINE_CHARACTERS) socket.destroy(new Error('the server sent a line without an end'));
    });
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.on('close', () => this.emit('close', this.#error));
  }

  writeLine(line: string, written?: () => void): void {
    this.#socket?.write(`${line.replace(/[\r\n\0]/g, ' ')}\r\n`, written);
  }

  close(): void {
    this.#socket?.destroy();
  }

  disposeSocket(): void {
    this.#socket?.destroy();
  }

  /** Only UTF-8 is spoken. */
  setEncoding(): boolean {
    return true;
  }
}

function openSocket({ server, port, tls: secure }: SocketAddress): Socket {
  if (!secure) return net.connect({ host: server, port, ...ADDRESS_SELECTION });
  const { config, material } = secure;
  // An address is no server name (RFC 6066, 3); the certificate is checked against it all the same.
  const servername = config.serverName || (isIP(server) === 0 ? server : '');
  return tls.connect({ host: server, port, ...material, servername, ...ADDRESS_SELECTION });
}
