/**
 * One relay, and the few connections to it that a burst of mails shares. It hands over each mail at most once a call and says
 * what became of it; nodemailer's own retries are off, since they could send a mail twice without a word.
 */
import type { Readable } from 'node:stream';
import type { NodemailerError, SendMailOptions, SMTPPoolOptions } from 'nodemailer';
import type { Outcome, SendOptions, Trace } from '../receiver.ts';
import { readSecret, type SecretSource, settleOrAbort } from '../secret.ts';
import { type TlsMaterial, TlsMaterialSource } from '../tls-material.ts';
import type { EmailSettings } from './config.ts';
import { parseSmarthost, type Smarthost } from './smarthost.ts';
import { type Login, loginOptions, loginSecrets } from './smtp-auth.ts';
import { explain, outcomeOfFailure } from './smtp-outcome.ts';
import { smtpLogger } from './smtp-trace.ts';

/** nodemailer's own are minutes; a relay is near, and a hanging one must leave time for another attempt. */
const TIMEOUTS = {
  dnsTimeout: 10_000,
  /** Covers all from the name to the end of STARTTLS. */
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 30_000,
} as const;

/** What Postfix, Exchange and Gmail let one client have without a complaint. */
const MAX_CONNECTIONS = 5;
/** A connection outlives a burst of groups and no more: whoever has it longest is the one who finds it dead. */
const IDLE_MS = 10_000;
/** Mails that wait for a connection. Each has its own deadline, so this is more than any relay takes in time. */
const MAX_WAITING = 1000;
/** The port on which TLS comes first (RFC 8314, 3.3). */
const IMPLICIT_TLS_PORT = 465;

/** What a mail is, but for the signal. The envelope is always said, so that headers cannot add recipients. */
export type Mail = Omit<SendMailOptions, 'signal' | 'envelope'> & {
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
};

export type HandedOver =
  | {
      readonly kind: 'taken';
      /** Those of the envelope that the relay did not take, while it took others. */
      readonly rejected: readonly RejectedRecipient[];
      /** The relay's last word, with the name it gave the mail. */
      readonly answer: string;
    }
  | Exclude<Outcome, { kind: 'sent' }>;

export interface RejectedRecipient {
  readonly address: string;
  readonly isTransient: boolean;
  /** The relay's answer. */
  readonly message: string;
}

type Nodemailer = typeof import('nodemailer');
type Transport = ReturnType<typeof makeTransport>;

/** All that decides how a connection is made; when it changes, so do the connections. */
interface Credentials {
  readonly material: TlsMaterial;
  readonly login: Login | undefined;
}

export class SmtpRelay {
  readonly #settings: EmailSettings;
  readonly #smarthost: Smarthost | undefined;
  readonly #materialSource: TlsMaterialSource;
  #nodemailer: Promise<Nodemailer> | undefined;
  #current: (Credentials & { readonly transport: Transport }) | undefined;
  #waiting = 0;
  #isClosed = false;

  constructor(settings: EmailSettings) {
    this.#settings = settings;
    this.#smarthost = parseSmarthost(settings.smarthost ?? '');
    this.#materialSource = new TlsMaterialSource(settings.tls);
  }

  /** Not the first mail's time. Should it fail, the first mail tries again and says why. */
  start(): void {
    this.#load().catch(() => {});
  }

  /** Resolves, whatever happens, soon after the signal aborts. */
  async handOver(mail: Mail, { signal, trace }: SendOptions): Promise<HandedOver> {
    const { smarthost = '' } = this.#settings;
    const place = this.#smarthost;
    if (place === undefined) return notBegun(`${smarthost}: unknown port; write it as a number`, { retryable: false });
    if (this.#isClosed) return notBegun(`${smarthost}: the receiver is closed`);
    if (this.#waiting >= MAX_WAITING) return notBegun(`${smarthost}: ${MAX_WAITING} mails are waiting for the relay`);
    this.#waiting++;
    let message: Readable | undefined;
    let secrets: readonly string[] = [];
    let traced: Transport | undefined;
    try {
      const current = await this.#transport(place, signal);
      const { login } = current;
      secrets = login ? loginSecrets(login) : [];
      trace?.(`* connecting to ${smarthost}`);
      if (trace) traced = await this.#tracedTransport(place, { ...current, trace });
      const transport = traced ?? current.transport;
      const observed: ObservedMail = {
        ...mail,
        envelope: { from: mail.envelope.from, to: [...mail.envelope.to] },
        signal,
        onMessage(stream) {
          message = stream;
        },
      };
      const { rejectedErrors = [], response = '' } = await transport.sendMail(observed);
      const rejected = rejectedErrors.map((error) => rejectedRecipient(error, secrets));
      return { kind: 'taken', rejected, answer: explain(response, secrets) };
    } catch (error) {
      // Read to its end, the mail and its final dot are on their way to the socket.
      const wasWritten = message?.readableEnded ?? false;
      const outcome = outcomeOfFailure(error, { signal, wasWritten, smarthost, secrets });
      trace?.(`* ${outcome.message}`);
      return outcome;
    } finally {
      this.#waiting--;
      traced?.close();
    }
  }

  /** Ends idle connections at once, and others with the mail they carry. */
  close(): void {
    this.#isClosed = true;
    this.#current?.transport.close();
    this.#current = undefined;
  }

  /** Files are read for every mail, so that a rotated password or certificate counts at once. */
  async #transport(place: Smarthost, signal: AbortSignal): Promise<Credentials & { readonly transport: Transport }> {
    const [nodemailer, material, login] = await Promise.all([
      settleOrAbort(this.#load(), signal),
      this.#materialSource.read(signal),
      this.#login(place, signal),
    ]);
    const known = this.#current;
    if (known?.material === material && JSON.stringify(known.login) === JSON.stringify(login)) return known;
    known?.transport.close();
    const current = {
      material,
      login,
      transport: makeTransport(nodemailer, this.#settings, { place, material, login }),
    };
    if (this.#isClosed) current.transport.close();
    else this.#current = current;
    return current;
  }

  /** A connection of its own, so that whoever looks sees the whole dialogue, from the greeting on. */
  async #tracedTransport(
    place: Smarthost,
    { material, login, trace }: Credentials & { readonly trace: Trace },
  ): Promise<Transport> {
    const nodemailer = await this.#load();
    return makeTransport(nodemailer, this.#settings, { place, material, login, trace });
  }

  /** Some 80 ms and 25 MB, which only a node that has a mail receiver should pay. */
  #load(): Promise<Nodemailer> {
    this.#nodemailer ??= import('nodemailer').catch((error) => {
      this.#nodemailer = undefined;
      throw error;
    });
    return this.#nodemailer;
  }

  /** Undefined: without a user name there is no login, even if the relay offers one. */
  async #login(place: Smarthost, signal: AbortSignal): Promise<Login | undefined> {
    const { authUsername: username, authIdentity: identity, authPassword, authSecret } = this.#settings;
    if (username === undefined) return undefined;
    const read = async (source: SecretSource | undefined) => source && readSecret(source, signal);
    const [password, secret] = await Promise.all([read(authPassword), read(authSecret)]);
    return { username, identity, password, secret, isProtected: isProtected(this.#settings, place) };
  }
}

function notBegun(message: string, { retryable } = { retryable: true }): HandedOver {
  return { kind: 'refused', retryable, reason: 'other', message };
}

function isImplicitTls({ forceImplicitTls }: EmailSettings, { port }: Smarthost): boolean {
  return forceImplicitTls ?? port === IMPLICIT_TLS_PORT;
}

/** What is sent to this very machine needs no TLS. */
function isProtected(settings: EmailSettings, place: Smarthost): boolean {
  const isLocal = ['localhost', '127.0.0.1', '::1'].includes(place.host);
  return settings.requireTls || isImplicitTls(settings, place) || isLocal;
}

interface ObservedMail extends SendMailOptions {
  /** Given the stream of the mail's text, which the connection reads once the relay wants it. */
  onMessage(stream: Readable): void;
}

function makeTransport(
  nodemailer: Nodemailer,
  settings: EmailSettings,
  { place, material, login, trace }: Credentials & { readonly place: Smarthost; readonly trace?: Trace },
) {
  const { serverName } = settings.tls;
  const isImplicit = isImplicitTls(settings, place);
  const options: SMTPPoolOptions & { pool: true } = {
    pool: true,
    maxConnections: MAX_CONNECTIONS,
    idleTimeout: IDLE_MS,
    maxRequeues: 0,
    ...TIMEOUTS,
    ...place,
    name: settings.hello,
    secure: isImplicit,
    requireTLS: !isImplicit && settings.requireTls,
    // Alertmanager does not use STARTTLS then, and the relay's certificate may well be the reason.
    ignoreTLS: !settings.requireTls,
    tls: { ...material, ...(serverName !== '' && { servername: serverName }) },
    ...(login && loginOptions(login)),
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(trace && { transactionLog: true, logger: smtpLogger(trace, login ? loginSecrets(login) : []) }),
  };
  const transport = nodemailer.createTransport(options);
  transport.use('stream', (mail, done) => {
    const { onMessage } = mail.data as Partial<ObservedMail>;
    mail.message.processFunc((stream) => {
      onMessage?.(stream);
      return stream;
    });
    done();
  });
  return transport;
}

/** One that was refused among others that were not. */
function rejectedRecipient(error: NodemailerError, secrets: readonly string[]): RejectedRecipient {
  const { recipient = '', responseCode = 0 } = error;
  return {
    address: String(recipient),
    isTransient: responseCode < 500,
    message: explain(error, secrets),
  };
}
