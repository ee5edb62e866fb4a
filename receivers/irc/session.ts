/**
 * One bot on one server: keeps the connection, the nick and the channels, for all receivers that share it, and says their
 * lines. Whatever ends a link, it comes back, as supervisor.ts decides; nothing that waits to be said is lost in silence.
 */
import { deadline, type System, type Timer } from '../../src/system.ts';
import { failureReasonOf } from '../http-outcome.ts';
import type { ReceiverLog } from '../kind.ts';
import { readSecret, redact, type SecretSource } from '../secret.ts';
import type { Session } from '../sessions.ts';
import { cleanLine } from '../wording/clean-text.ts';
import { Channels } from './channels.ts';
import { type ChannelConfig, type ConnectionConfig, channelKey, type Introduction } from './config.ts';
import type { IrcLink, IrcMessage, OpenLink } from './irc-link.ts';
import { type Line, type LineResult, Outbox } from './outbox.ts';
import { SilenceWatch } from './silence-watch.ts';
import {
  alternateNick,
  HEALTHY_AFTER_MS,
  type Loss,
  MOST_NICKS_TRIED,
  mayHurry,
  NICK_REFUSALS,
  reconnectDelayMs,
} from './supervisor.ts';

export interface IrcSessionDependencies {
  readonly system: System;
  readonly log: ReceiverLog;
  readonly openLink: OpenLink;
}

/** Without the nick we want, we ask for it this often: its owner may be our own dead link, or a peer that is down. */
const REGAIN_EVERY_MS = 60_000;
/** A message waits for a new link at most this long; what takes longer is better told by another peer. */
const SOON_MS = 5000;
/** A message that waits may bring the next attempt forward, this long after the last. */
const HURRY_AFTER_MS = 5000;
const SECRET_WITHIN_MS = 5000;
const LONGEST_SHOWN_CHARACTERS = 200;

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly link: IrcLink }
  | { readonly kind: 'up'; readonly link: IrcLink; readonly watch: SilenceWatch; readonly sinceMs: number }
  | { readonly kind: 'waiting'; readonly loss: Loss; readonly dueMs: number; readonly timer: Timer }
  | { readonly kind: 'closed' };

export class IrcSession implements Session {
  readonly #dependencies: IrcSessionDependencies;
  readonly #config: ConnectionConfig;
  readonly #channels: Channels;
  readonly #outbox: Outbox;
  /** Of all who want something, the first come first. */
  readonly #introductions: Introduction[] = [];
  readonly #secrets = new Set<string>();
  #state: State = { kind: 'idle' };
  /** Since the last healthy link. */
  #failures = 0;
  #triedMs = Number.NEGATIVE_INFINITY;
  #nick: string;
  /** The numerics of this link's refusals. */
  #nicksRefused: string[] = [];
  #regainTimer: Timer | undefined;

  /** Connects when the first channel is wanted. */
  constructor(dependencies: IrcSessionDependencies, config: ConnectionConfig) {
    const { system, log } = dependencies;
    this.#dependencies = dependencies;
    this.#config = config;
    this.#nick = config.nick;
    const address = this.#address;
    this.#channels = new Channels(
      {
        system,
        log: {
          info: (fields, message) => log.info({ ...address, ...fields }, message),
          warn: (fields, message) => log.warn({ ...address, ...fields }, message),
        },
        shown: (words) => this.#shown(words),
        secretRead: (secret) => this.#secrets.add(secret),
      },
      { changed: (channel) => this.#channelChanged(channel) },
    );
    this.#outbox = new Outbox({ system }, config.flood, {
      canSpeak: (channel) => this.#channels.readiness(channel).kind === 'ready',
      isDoubtful: (channel) => this.#channels.isDoubtful(channel),
    });
  }

  /** Lines that wait to be said. */
  get backlog(): number {
    return this.#outbox.backlog;
  }

  /**
   * Joins the channels and stays in them until the returned function is called, once. Of several introductions the first is
   * used, from the next connection on.
   */
  want(channels: readonly ChannelConfig[], introduction: Introduction = this.#config): () => void {
    const unwant = this.#channels.want(channels);
    this.#introductions.push(introduction);
    if (this.#state.kind === 'idle') this.#connect();
    return () => {
      unwant();
      this.#introductions.splice(this.#introductions.indexOf(introduction), 1);
    };
  }

  /**
   * One line in a channel that is wanted. Refused at once if the line could not be said within moments, so that another peer
   * may try; that wakes a connection or channel that waits, if this harms nobody.
   */
  async say(line: Line, signal: AbortSignal): Promise<LineResult> {
    if (signal.aborted) return { kind: 'refused', reason: failureReasonOf(signal), message: 'there is no time left' };
    this.#hurry();
    this.#channels.hurry(line.channel);
    const problem = this.#connectionProblem() ?? this.#channelProblem(line.channel);
    line.trace?.(`* ${this.#whereWeAre()}`);
    if (problem !== undefined) {
      line.trace?.(`* ${problem}`);
      return { kind: 'refused', reason: 'other', message: problem };
    }
    return this.#outbox.say(line, signal);
  }

  /** Says goodbye; resolves when the connection is closed, after a moment at the latest. */
  async close(): Promise<void> {
    const state = this.#state;
    this.#state = { kind: 'closed' };
    this.#regainTimer?.cancel();
    if (state.kind === 'waiting') state.timer.cancel();
    if (state.kind === 'up') state.watch.stop();
    this.#channels.detach();
    this.#outbox.close('the connection was closed');
    this.#outbox.refuse('the connection was closed');
    if (state.kind === 'up' || state.kind === 'connecting') await state.link.close('Tocsin says goodbye');
  }

  /** For people. */
  #whereWeAre(): string {
    const { server } = this.#address;
    if (this.#state.kind === 'up') return `connected to ${server} as ${this.#nick}`;
    return this.#state.kind === 'connecting' ? `connecting to ${server}` : `not connected to ${server}`;
  }

  get #address() {
    return { server: `${this.#config.server}:${this.#config.port}` };
  }

  #nowMs(): number {
    return this.#dependencies.system.now().monotonicMs;
  }

  #connect(): void {
    this.#triedMs = this.#nowMs();
    this.#nicksRefused = [];
    this.#nick = this.#config.nick;
    const { username, realname } = this.#introductions[0] ?? this.#config;
    const config = { ...this.#config, username, realname };
    const link = this.#dependencies.openLink(config, {
      registered: (nick) => this.#registered(link, nick),
      heard: (message) => this.#heard(link, message),
      secretRead: (secret) => this.#secrets.add(secret),
      lost: (loss) => this.#lost(link, loss),
    });
    this.#state = { kind: 'connecting', link };
  }

  #registered(link: IrcLink, nick: string): void {
    if (this.#state.kind !== 'connecting' || this.#state.link !== link) return;
    const { system, log } = this.#dependencies;
    const watch = new SilenceWatch(
      { system },
      {
        ask: () => this.#outbox.ask(),
        silent: (message) => {
          void link.close('No answer');
          this.#lost(link, { reason: 'silent', message });
        },
      },
    );
    this.#state = { kind: 'up', link, watch, sinceMs: this.#nowMs() };
    this.#nick = nick;
    log.info({ ...this.#address, nick }, 'IRC connected');
    if (link.login?.ok === false) {
      log.warn(
        { ...this.#address, reason: this.#shown(link.login.why) },
        'IRC account not logged in; going on without',
      );
    }
    void this.#identify(link);
    this.#regain();
    this.#channels.attach(link, (other) => channelKey(other) === channelKey(this.#nick));
    this.#outbox.open({
      echoes: link.echoes,
      write: (line) => link.write(line),
      asked: (fence) => watch.asked(fence),
      answered: (fence) => watch.answered(fence),
    });
  }

  #lost(link: IrcLink, loss: Loss): void {
    const state = this.#state;
    if ((state.kind !== 'up' && state.kind !== 'connecting') || state.link !== link) return;
    const { system, log } = this.#dependencies;
    const wasUp = state.kind === 'up';
    if (wasUp) {
      state.watch.stop();
      if (this.#nowMs() - state.sinceMs >= HEALTHY_AFTER_MS) this.#failures = 0;
    }
    this.#regainTimer?.cancel();
    const retryInMs = reconnectDelayMs(loss.reason, this.#failures, system.random());
    this.#failures++;
    const shown: Loss = { reason: loss.reason, message: this.#shown(loss.message) };
    const timer = system.setTimer(retryInMs, () => this.#connect());
    this.#state = { kind: 'waiting', loss: shown, dueMs: this.#nowMs() + retryInMs, timer };
    log.warn(
      { ...this.#address, reason: shown.reason, error: shown.message, retryInMs },
      wasUp ? 'IRC connection lost' : 'IRC connection failed',
    );
    this.#channels.detach();
    this.#outbox.close(`${shown.reason} (${shown.message})`);
    // Who never got in will hardly get in within the time a message has; after a mere interruption it is worth a try.
    if (!wasUp || retryInMs > SOON_MS) this.#outbox.refuse(this.#waitingProblem(shown));
  }

  #heard(link: IrcLink, message: IrcMessage): void {
    const state = this.#state;
    if ((state.kind !== 'up' && state.kind !== 'connecting') || state.link !== link) return;
    const { command, params, nick } = message;
    if (state.kind === 'connecting') {
      if (NICK_REFUSALS.has(command)) this.#tryAnotherNick(link, message);
      return;
    }
    state.watch.heard();
    const isOwn = channelKey(nick) === channelKey(this.#nick);
    if (command === 'PONG') this.#outbox.answered(params.at(-1) ?? '');
    else if (command === 'NICK' && isOwn) this.#renamed(link, params[0] ?? this.#nick);
    else if ((command === 'NOTICE' || command === 'PRIVMSG') && isOwn && link.echoes)
      this.#outbox.echoed(params[0] ?? '');
    else if (/^[45]\d\d$/.test(command) && !this.#isJoinAnswer(message)) {
      const [, channel = ''] = params;
      this.#outbox.refused(channel, this.#shown(`${channel}: ${params.at(-1) ?? ''} (${command})`));
    }
    this.#channels.heard(message);
    // What the server said may have freed the way.
    this.#outbox.advance();
  }

  /** Nothing is said in a channel before it is joined, so there it answers the JOIN. */
  #isJoinAnswer({ params: [, channel = ''] }: IrcMessage): boolean {
    return this.#channels.readiness(channel).kind !== 'ready';
  }

  #tryAnotherNick(link: IrcLink, { command, params }: IrcMessage): void {
    this.#nicksRefused.push(command);
    if (this.#nicksRefused.length <= MOST_NICKS_TRIED) {
      const random = this.#dependencies.system.random();
      link.write(`NICK ${alternateNick(this.#config.nick, this.#nicksRefused, random)}`);
      return;
    }
    void link.close('No nick is free');
    this.#lost(link, { reason: 'no nick is free', message: params.at(-1) ?? '' });
  }

  #renamed(link: IrcLink, nick: string): void {
    this.#nick = nick;
    this.#dependencies.log.info({ ...this.#address, nick }, 'IRC nick changed');
    if (nick === this.#config.nick) void this.#identify(link);
    this.#regain();
  }

  /** Asks for the nick we want until we have it. A refusal is no harm. */
  #regain(): void {
    this.#regainTimer?.cancel();
    if (this.#nick === this.#config.nick) return;
    this.#regainTimer = this.#dependencies.system.setTimer(REGAIN_EVERY_MS, () => {
      if (this.#state.kind !== 'up') return;
      this.#state.link.write(`NICK ${this.#config.nick}`);
      this.#regain();
    });
  }

  /** Never takes the nick from whoever has it: in a cluster with one configuration that is a peer, which would take it back. */
  async #identify(link: IrcLink): Promise<void> {
    const { nickservPassword, account, nick } = this.#config;
    if (nickservPassword === undefined) return;
    try {
      const password = await this.#read(nickservPassword);
      const isOurs = account === undefined && channelKey(this.#nick) === channelKey(nick);
      link.write(`PRIVMSG NickServ :IDENTIFY ${isOurs ? '' : `${account ?? nick} `}${password}`);
    } catch (error) {
      const reason = this.#shown(error instanceof Error ? error.message : String(error));
      this.#dependencies.log.warn({ ...this.#address, reason }, 'IRC nick not identified to NickServ');
    }
  }

  async #read(source: SecretSource): Promise<string> {
    using limit = deadline(this.#dependencies.system, SECRET_WITHIN_MS);
    const secret = await readSecret(source, limit.signal);
    this.#secrets.add(secret);
    return secret;
  }

  #channelChanged(channel: string): void {
    if (this.#state.kind !== 'up') return;
    const readiness = this.#channels.readiness(channel);
    if (readiness.kind !== 'ready') this.#outbox.left(channel);
    else if (this.#channels.isDoubtful(channel)) this.#outbox.doubt(channel);
    if (readiness.kind === 'refused') this.#outbox.refuse(readiness.message, channel);
    this.#outbox.advance();
  }

  #hurry(): void {
    const state = this.#state;
    if (state.kind !== 'waiting' || !mayHurry(state.loss.reason)) return;
    if (this.#nowMs() - this.#triedMs < HURRY_AFTER_MS) return;
    state.timer.cancel();
    this.#connect();
  }

  #connectionProblem(): string | undefined {
    const state = this.#state;
    if (state.kind === 'closed' || state.kind === 'idle') return 'the connection was closed';
    if (state.kind !== 'waiting') return undefined;
    const leftMs = state.dueMs - this.#nowMs();
    return leftMs > SOON_MS ? this.#waitingProblem(state.loss) : undefined;
  }

  /** The same for the same cause, so that it is logged once; when it is tried again has been logged with the loss. */
  #waitingProblem({ reason, message }: Loss): string {
    return `not connected to ${this.#address.server}: ${reason} (${message})`;
  }

  #channelProblem(channel: string): string | undefined {
    if (this.#state.kind !== 'up') return undefined;
    const readiness = this.#channels.readiness(channel);
    return readiness.kind === 'refused' ? readiness.message : undefined;
  }

  /** Foreign words for a log or an outcome: one line, short, and without what we told the server in confidence. */
  #shown(words: string): string {
    return cleanLine(redact(words, this.#secrets)).slice(0, LONGEST_SHOWN_CHARACTERS).toWellFormed();
  }
}
