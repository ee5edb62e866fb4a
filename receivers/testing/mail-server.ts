/**
 * A real SMTP server on loopback that keeps the mails it takes, parsed, and answers, or misbehaves, as it is told. Without
 * options it takes everything from everybody, in plain text.
 */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { KeyPair } from './certificates.ts';

export interface ReceivedMail {
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  /** As it came over the wire. */
  readonly raw: string;
  readonly parsed: Email;
  readonly isEncrypted: boolean;
  /** What the client called itself in EHLO. */
  readonly hello: string;
  readonly login: MailLogin | undefined;
  /** From which the client connected. */
  readonly port: number;
}

export interface MailLogin {
  readonly method: string;
  readonly username: string;
  /** The authorization identity of PLAIN; empty if none was given. */
  readonly identity: string;
}

/** Where the server may answer otherwise than well. `message` comes once the mail has been read whole. */
export type MailStep =
  | { readonly stage: 'greeting' }
  | { readonly stage: 'sender'; readonly sender: string }
  | { readonly stage: 'recipient'; readonly sender: string; readonly recipient: string }
  | { readonly stage: 'message'; readonly mail: ReceivedMail };

/** `hang` never answers; `cut` resets the connection. */
export type MailAnswer = 'take' | 'hang' | 'cut' | { readonly code: number; readonly text: string };

export interface MailServerOptions {
  /** A free one if left out. */
  readonly port?: number;
  readonly answer?: (step: MailStep) => MailAnswer;
  /** Offers STARTTLS, or with `isImplicit` speaks TLS from the first byte. */
  readonly tls?: KeyPair & { readonly isImplicit?: boolean };
  /** Then nobody may send without having logged in. */
  readonly auth?: { readonly username: string; readonly password: string; readonly methods?: readonly string[] };
  /** Called with each mail as soon as it is taken. */
  readonly onMail?: (mail: ReceivedMail) => void;
  /** For a server that runs for long: what it has taken is not kept. */
  readonly forgets?: boolean;
}

export interface MailServer extends AsyncDisposable {
  readonly port: number;
  /** Those that were taken. */
  readonly mails: readonly ReceivedMail[];
  /** Those that came whole, whatever the answer was. */
  readonly arrived: readonly ReceivedMail[];
  /** Resolves as soon as so many have come whole. */
  arrivedSoMany(count: number): Promise<void>;
  /** How many connections were ever made. */
  readonly connections: number;
  /** How often the greeting or a command came to where it would be answered: sender, recipient, message. */
  readonly steps: readonly MailStep[];
  /** Resolves as soon as a step of that stage has come. */
  reached(stage: MailStep['stage']): Promise<void>;
}

/** Gives the answer at that stage and takes everything else; after `times` it takes that, too. */
export function answerAt(stage: MailStep['stage'], answer: MailAnswer, times = Number.POSITIVE_INFINITY) {
  let left = times;
  return (step: MailStep): MailAnswer => (step.stage === stage && left-- > 0 ? answer : 'take');
}

/** Puts off each pair of sender and recipient once, as RFC 6647 describes. */
export function greylisting(): (step: MailStep) => MailAnswer {
  const known = new Set<string>();
  return (step) => {
    if (step.stage !== 'recipient') return 'take';
    const pair = JSON.stringify([step.sender, step.recipient]);
    if (known.has(pair)) return 'take';
    known.add(pair);
    return { code: 451, text: '4.7.1 Greylisted, please try again in a moment' };
  };
}

export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { tls, auth, answer = () => 'take' } = options;
  const mails: ReceivedMail[] = [];
  const arrived: ReceivedMail[] = [];
  const steps: MailStep[] = [];
  const sockets = new Map<number, Socket>();
  const logins = new Map<string, MailLogin>();
  let connections = 0;
  let announce = Promise.withResolvers<void>();

  const step = (session: SMTPServerSession, now: MailStep, callback: (error?: Error | null) => void) => {
    if (!options.forgets) steps.push(now);
    announce.resolve();
    announce = Promise.withResolvers();
    const given = answer(now);
    if (given === 'hang') return;
    if (given === 'cut') sockets.get(session.remotePort)?.resetAndDestroy();
    else callback(given === 'take' ? null : Object.assign(new Error(given.text), { responseCode: given.code }));
  };

  const server = new SMTPServer({
    ...(tls && { cert: tls.cert, key: tls.key }),
    secure: tls?.isImplicit ?? false,
    hideSTARTTLS: tls === undefined,
    authMethods: [...(auth?.methods ?? ['PLAIN', 'LOGIN', 'CRAM-MD5'])],
    disabledCommands: [...(auth ? [] : ['AUTH']), ...(tls ? [] : ['STARTTLS'])],
    authOptional: auth === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    onAuth(given, session, callback) {
      const username = given.username ?? '';
      // CRAM-MD5 proves the password, and does not tell it.
      const isRight =
        given.method === 'CRAM-MD5' ? given.validatePassword(auth?.password ?? '') : given.password === auth?.password;
      if (username !== auth?.username || !isRight)
        return callback(Object.assign(new Error('5.7.8 Who are you?'), { responseCode: 535 }));
      logins.set(session.id, { method: given.method, username, identity: given.authzid ?? '' });
      callback(null, { user: username });
    },
    onConnect: (session, callback) => step(session, { stage: 'greeting' }, callback),
    onMailFrom: ({ address }, session, callback) => step(session, { stage: 'sender', sender: address }, callback),
    onRcptTo({ address }, session, callback) {
      step(session, { stage: 'recipient', sender: senderOf(session), recipient: address }, callback);
    },
    onData(stream, session, callback) {
      const read = async () => {
        const raw = Buffer.concat(await stream.toArray()).toString('utf8');
        const mail: ReceivedMail = {
          envelope: { from: senderOf(session), to: session.envelope.rcptTo.map(({ address }) => address) },
          raw,
          parsed: await PostalMime.parse(raw),
          isEncrypted: session.secure,
          hello: session.hostNameAppearsAs,
          login: logins.get(session.id),
          port: session.remotePort,
        };
        if (!options.forgets) arrived.push(mail);
        step(session, { stage: 'message', mail }, (error) => {
          if (!error) {
            if (!options.forgets) mails.push(mail);
            options.onMail?.(mail);
          }
          callback(error);
        });
      };
      // Cut off in the middle: not a mail.
      read().catch(callback);
    },
  });
  // What a client does wrong is for the client's test to say.
  server.on('error', () => {});
  server.server.on('connection', (socket: Socket) => {
    connections++;
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.on('close', () => sockets.delete(port));
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server.server, 'listening');

  const until = async (isSo: () => boolean) => {
    while (!isSo()) await announce.promise;
  };
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    arrived,
    steps,
    arrivedSoMany: (count) => until(() => arrived.length >= count),
    reached: (stage) => until(() => steps.some((seen) => seen.stage === stage)),
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      const closed = Promise.withResolvers<void>();
      server.close(closed.resolve);
      for (const socket of sockets.values()) socket.destroy();
      await closed.promise;
    },
  };
}

function senderOf(session: SMTPServerSession): string {
  return session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
}
