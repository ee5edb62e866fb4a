/**
 * The IRC receiver: lines in channels, said by a bot that is there all the time. *sent* means that the server has worked off
 * every line in every channel.
 */
import type { Notification } from '../../src/model/notification.ts';
import { describeError, failureReasonOf } from '../http-outcome.ts';
import type { ReceiverDependencies, ReceiverKind } from '../kind.ts';
import type { Outcome, Receiver, SendOptions } from '../receiver.ts';
import type { Lease } from '../sessions.ts';
import { documentOf } from '../wording/document.ts';
import {
  channelKey,
  connectionKey,
  type IrcConfig,
  ircConfigSchema,
  resolveIrcFiles,
  showIrcConfig,
} from './config.ts';
import { linkOpener } from './irc-link.ts';
import { roomBytes } from './line-split.ts';
import { type LineOptions, linesOf, templateLines } from './lines.ts';
import type { LineResult, Urgency } from './outbox.ts';
import { IrcSession } from './session.ts';
import { ToldLines } from './told-lines.ts';

const ATTEMPT_TIMEOUT_MS = 15_000;
/** What a line needs beyond the flood limit, of all lines of a notification together. */
const ATTEMPT_MARGIN_MS = 6000;
/** Of one notification in all channels together: what can be said within an attempt. */
const MOST_LINES = 12;
const MOST_LINES_PER_CHANNEL = 6;
/** With more lines waiting than this, a notification is told in one line: all get through, shorter. */
const BACKLOG_OF_DIGESTS = 8;

export const irc: ReceiverKind<IrcConfig> = {
  integration: 'irc',
  configKey: 'irc_configs',
  schema: ircConfigSchema,
  resolveFiles: resolveIrcFiles,
  show: showIrcConfig,
  create: (config, dependencies) => new IrcReceiver(config, dependencies),
};

interface Use {
  readonly lease: Lease<IrcSession>;
  readonly unwant: () => void;
}

class IrcReceiver implements Receiver {
  readonly integration = 'irc';
  readonly sendResolved: boolean;
  readonly destination: string;
  readonly attemptTimeoutMs: number;
  readonly #config: IrcConfig;
  readonly #dependencies: ReceiverDependencies;
  readonly #told = new ToldLines();
  readonly #mostPerChannel: number;
  #use: Use | undefined;
  #isClosed = false;

  constructor(config: IrcConfig, dependencies: ReceiverDependencies) {
    if (config.message !== '') checkTemplate(config.message, dependencies);
    const { connection, channels } = config;
    this.#config = config;
    this.#dependencies = dependencies;
    this.sendResolved = config.sendResolved;
    // Without the nick, which peers may have each their own of.
    const names = channels.map(({ name }) => channelKey(name)).toSorted();
    this.destination = `irc ${connection.server.toLowerCase()}:${connection.port} ${names.join(',')}`;
    this.#mostPerChannel = Math.max(1, Math.min(MOST_LINES_PER_CHANNEL, Math.floor(MOST_LINES / channels.length)));
    const { burst, intervalMs } = connection.flood;
    const lines = this.#mostPerChannel * channels.length;
    this.attemptTimeoutMs = Math.max(ATTEMPT_TIMEOUT_MS, ATTEMPT_MARGIN_MS + (lines - burst) * intervalMs);
  }

  start(): void {
    if (!this.#isClosed) this.#session();
  }

  async send(notification: Notification, { signal, trace }: SendOptions): Promise<Outcome> {
    if (this.#isClosed) return refused('contextCanceled', 'the receiver is closed');
    if (signal.aborted) return refused(failureReasonOf(signal), 'there was no time left to send it');
    const session = this.#session();
    const lines = this.#lines(notification, session.backlog);
    const told = this.#told.of(notification);
    const urgency = urgencyOf(notification);
    const { channels, messageType } = this.#config;
    const results = await Promise.all(
      channels.flatMap(({ name: channel }) =>
        lines.map(async (text): Promise<LineResult> => {
          if (told.has(channel, text)) return { kind: 'confirmed' };
          // A line that is confirmed too late for this attempt need not be said by the next.
          const onConfirmed = () => told.add(channel, text);
          return session.say({ channel, text, messageType, urgency, onConfirmed, trace }, signal);
        }),
      ),
    );
    const outcome = outcomeOf(results);
    // Refused means that nothing of it was ever said.
    if (outcome.kind !== 'unknown') this.#told.forget(notification);
    return outcome;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const use = this.#use;
    this.#use = undefined;
    // The last one out says goodbye on the server; a channel that others stay beside is merely left.
    await use?.lease.release();
    use?.unwant();
  }

  /** Not before it is needed: a receiver that never came into force must leave nothing behind. */
  #session(): IrcSession {
    this.#use ??= this.#enter();
    return this.#use.lease.session;
  }

  #enter(): Use {
    const { sessions, system, log } = this.#dependencies;
    const { connection, channels } = this.#config;
    const openLink = linkOpener({ system });
    const make = () => new IrcSession({ system, log, openLink }, connection);
    const lease = sessions.acquire(connectionKey(connection), make);
    return { lease, unwant: lease.session.want(channels, connection) };
  }

  #lines(notification: Notification, backlog: number): readonly string[] {
    const { channels, lines: per } = this.#config;
    const options: LineOptions = {
      per,
      room: Math.min(...channels.map(({ name }) => roomBytes('PRIVMSG', name))),
      most: backlog > BACKLOG_OF_DIGESTS ? 1 : this.#mostPerChannel,
      // There is no page yet that shows a receiver's alerts.
      url: '',
    };
    return this.#ownLines(notification, options) ?? linesOf(documentOf(notification), options);
  }

  /** Undefined without a template, and with one that gives nothing: a page in other words is better than none. */
  #ownLines(notification: Notification, options: LineOptions): readonly string[] | undefined {
    const { message } = this.#config;
    if (message === '') return undefined;
    try {
      const lines = templateLines(
        this.#dependencies.renderTemplate(message, notification),
        notification.isTest,
        options,
      );
      return lines.length === 0 ? undefined : lines;
    } catch (error) {
      const fields = { receiver: notification.receiver, error: describeError(error) };
      this.#dependencies.log.warn(fields, 'IRC message template failed; told in the standard words');
      return undefined;
    }
  }
}

function checkTemplate(template: string, dependencies: ReceiverDependencies): void {
  try {
    dependencies.checkTemplate(template);
  } catch (error) {
    throw new Error(`its message cannot be rendered: ${describeError(error)}`, { cause: error });
  }
}

function refused(reason: Extract<Outcome, { kind: 'refused' }>['reason'], message: string): Outcome {
  return { kind: 'refused', retryable: true, reason, message };
}

/** The severities of the ladder and those that Prometheus' own rules use; unknown ones stand in between. */
function urgencyOf({ commonLabels }: Notification): Urgency {
  const severity = Object.hasOwn(commonLabels, 'severity') ? commonLabels.severity : undefined;
  if (severity === 'urgent' || severity === 'critical' || severity === 'page') return 0;
  return severity === 'interesting' || severity === 'info' || severity === 'none' ? 2 : 1;
}

/**
 * Said everywhere is sent, said nowhere is refused. Said in part is unknown: this node says the rest, while a peer, which does
 * not know what has been said, would say all of it again. IRC refuses this bot, not the message: it may always be retried.
 */
function outcomeOf(results: readonly LineResult[]): Outcome {
  const failures = results.filter((result) => result.kind !== 'confirmed');
  const worst = failures.find(({ kind }) => kind === 'unknown') ?? failures[0];
  if (!worst) return { kind: 'sent' };
  const messages = [...new Set(failures.map(({ message }) => message))];
  const said = results.length - failures.length;
  const isPart = said > 0 && failures.length > 0;
  const message = `${isPart ? `${said} of ${results.length} lines confirmed; ` : ''}${messages.slice(0, 3).join('; ')}`;
  if (said === 0 && worst.kind === 'refused') return refused(worst.reason, message);
  return { kind: 'unknown', reason: worst.reason, message };
}
