/**
 * Servers that refuse everybody and repeat, in their refusal, all they were told, passwords included. Some real ones do; what
 * they say ends up in logs.
 */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

export interface RepeatingServer extends AsyncDisposable {
  readonly port: number;
  /** Everything that was said to it, as it came and with base64 decoded. */
  readonly heard: string;
}

/** What to answer to a line; `repeated` is all that was heard from this client. */
type Reply = (line: string, repeated: () => string) => string | undefined;

/** Offers PLAIN and LOGIN, and lets nobody in. */
export function startRepeatingSmtp(): Promise<RepeatingServer> {
  return startLines('220 relay.test ESMTP\r\n', (line, repeated) => {
    if (/^EHLO/i.test(line)) return '250-relay.test\r\n250 AUTH LOGIN PLAIN\r\n';
    if (/^AUTH LOGIN$/i.test(line)) return '334 VXNlcm5hbWU6\r\n';
    if (/^QUIT/i.test(line)) return '221 bye\r\n';
    return `535 5.7.8 no entry for ${repeated()}\r\n`;
  });
}

/** Offers SASL and lets everybody in, but into no channel; knows no NickServ. */
export function startRepeatingIrc(): Promise<RepeatingServer> {
  return startLines('', (line, repeated) => {
    const [command = '', first = '*', second = ''] = line.split(' ');
    const error = (code: number, target: string) => `:irc.test ${code} tocsin ${target} :no: ${repeated()}\r\n`;
    switch (command.toUpperCase()) {
      case 'CAP':
        if (first === 'LS') return ':irc.test CAP * LS :sasl\r\n';
        return first === 'REQ' ? `:irc.test CAP * ACK ${second}\r\n` : ':irc.test 001 tocsin :Welcome\r\n';
      case 'AUTHENTICATE':
        return first === 'PLAIN' ? 'AUTHENTICATE +\r\n' : error(904, '');
      case 'PING':
        return `:irc.test PONG irc.test ${first}\r\n`;
      case 'JOIN':
        return error(475, first);
      case 'PRIVMSG':
        return `${error(401, first)}:NickServ!s@irc.test NOTICE tocsin :wrong: ${repeated()}\r\n`;
      case 'NOTICE':
        return `${error(404, first)}ERROR :closing link: ${repeated()}\r\n`;
      default:
        return undefined;
    }
  });
}

/** Any call and any POST: 401, with the address and the body. */
export async function startRepeatingHttp(): Promise<RepeatingServer> {
  let heard = '';
  const server = createHttpServer(async (request, response) => {
    const body = await text(request);
    heard += `${request.url}\n${JSON.stringify(request.headers)}\n${body}\n`;
    const description = `Unauthorized: ${request.url} ${JSON.stringify(request.headers)} ${body}`;
    response.writeHead(401, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ ok: false, error_code: 401, description }));
  });
  return listening(server, () => heard);
}

async function startLines(greeting: string, reply: Reply): Promise<RepeatingServer> {
  let heard = '';
  const server = createServer((socket) => {
    const lines: string[] = [];
    socket.write(greeting);
    createInterface({ input: socket }).on('line', (line) => {
      lines.push(line);
      heard += `${line}\n${decoded(line)}\n`;
      const answer = reply(line, () =>
        lines
          .flatMap((said) => [said, decoded(said)])
          .join(' ')
          .slice(-400),
      );
      if (answer !== undefined && !socket.destroyed) socket.write(answer);
      if (answer?.includes('ERROR :')) socket.end();
    });
  });
  return listening(server, () => heard);
}

async function listening(server: Server, heard: () => string): Promise<RepeatingServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get heard() {
      return heard();
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** The last word, if it may be base64; NUL becomes a space, so that it can be said. */
function decoded(line: string): string {
  const word = line.split(' ').at(-1) ?? '';
  return /^[A-Za-z0-9+/]{8,}={0,2}$/.test(word)
    ? Buffer.from(word, 'base64')
        .toString('latin1')
        .replace(/[\0\r\n]/g, ' ')
    : '';
}
