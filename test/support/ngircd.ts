/** Debian's ngircd as a process of its own on a free port of the loopback address, and somebody who reads a channel on it. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { eventually } from './eventually.ts';
import { RealProcess } from './real-process.ts';
import { TemporaryDirectory } from './temporary-directory.ts';

const START_TIMEOUT_MS = 15_000;

export interface Ngircd extends AsyncDisposable {
  readonly process: RealProcess;
  readonly port: number;
}

/** Takes connections when this resolves. */
export async function startNgircd({ settings = '' }: { settings?: string } = {}): Promise<Ngircd> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(new TemporaryDirectory());
  const port = await freePort();
  const config = directory.write(
    'ngircd.conf',
    `[Global]
  Name = irc.example.org
  Info = test
  Listen = 127.0.0.1
  Ports = ${port}
  ServerUID = ${process.getuid?.() ?? 0}
  ServerGID = ${process.getgid?.() ?? 0}
[Limits]
  MaxConnectionsIP = 0
[Options]
  DNS = no
  Ident = no
  PAM = no
${settings}
`,
  );
  const child = stack.use(RealProcess.start('ngircd', ['--nodaemon', '--config', config], { cwd: directory.path }));
  await eventually(
    'ngircd takes connections',
    async () => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect').finally(() => socket.destroy());
      return true;
    },
    { timeoutMs: START_TIMEOUT_MS },
  );
  const owned = stack.move();
  return { process: child, port, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** ngircd cannot be asked to take any port and say which; a moment later somebody else could have this one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface ChannelLine {
  readonly channel: string;
  readonly from: string;
  readonly text: string;
}

/** Somebody with an IRC client who joins channels and is told of what is said there. */
export class ChannelReader implements AsyncDisposable {
  readonly #socket: Socket;

  /** Is in all of them when this resolves. */
  static async join(
    port: number,
    channels: readonly string[],
    onLine: (line: ChannelLine) => void,
  ): Promise<ChannelReader> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    // A server that is killed resets its connections.
    socket.on('error', () => undefined);
    const joined = new Set<string>();
    createInterface({ input: socket }).on('line', (line) => {
      const [, from = '', command, target = '', text = ''] =
        /^(?::([^ !]+)\S* )?(\S+)(?: ([^ :]\S*))?.*?(?: :(.*))?$/.exec(line) ?? [];
      if (command === 'PING') socket.write(`PONG :${text || target}\r\n`);
      else if (command === '001') for (const channel of channels) socket.write(`JOIN ${channel}\r\n`);
      // The end of the list of names: the server has let us in.
      else if (command === '366') joined.add(/ (#\S+) :/.exec(line)?.[1] ?? '');
      else if ((command === 'NOTICE' || command === 'PRIVMSG') && target.startsWith('#'))
        onLine({ channel: target, from, text });
    });
    socket.write('NICK reader\r\nUSER reader 0 * :reads what is said\r\n');
    await eventually('the reader is in', () => channels.every((channel) => joined.has(channel)), {
      timeoutMs: START_TIMEOUT_MS,
    });
    return new ChannelReader(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
  }
}
