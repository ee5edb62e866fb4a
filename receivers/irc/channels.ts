/**
 * The channels of one connection: joined as soon as there is a link, joined again after a kick or a refusal, with patience,
 * and left when no receiver names them any more.
 */
import { deadline, type System, type Timer } from '../../src/system.ts';
import type { ReceiverLog } from '../kind.ts';
import { ChannelKeys } from './channel-keys.ts';
import { ChannelVoice } from './channel-voice.ts';
import { type ChannelConfig, channelKey } from './config.ts';
import type { IrcLink, IrcMessage } from './irc-link.ts';
import { type ChannelProblem, HEALTHY_AFTER_MS, joinRefusalOf, rejoinDelayMs } from './supervisor.ts';

/** Whether a message to a channel can go out: at once, within moments, or not, and why. */
export type Readiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'soon' }
  | { readonly kind: 'refused'; readonly message: string };

/** For JOIN, and for what the server says of the channel afterwards. */
const ANSWER_WITHIN_MS = 10_000;
/** A message waits for a channel at most this long; what takes longer is better told by another peer. */
const SOON_MS = 5000;
/** A message that waits may bring the next attempt forward, this long after the last. */
const HURRY_AFTER_MS = 10_000;
/** With keys as long as allowed they fit into one line. */
const JOINED_AT_ONCE = 4;

interface Wanted {
  readonly name: string;
  readonly keys: ChannelKeys;
  uses: number;
  state: 'absent' | 'joining' | 'joined' | 'waiting';
  /** On a server without echo: whether its modes are known. */
  isKnown: boolean;
  voice: ChannelVoice;
  problem: string;
  failures: number;
  triedMs: number;
  joinedMs: number;
  dueMs: number;
  timer: Timer | undefined;
}

export interface ChannelsDependencies {
  readonly system: System;
  readonly log: ReceiverLog;
  /** Foreign words as they may be shown. */
  readonly shown: (words: string) => string;
  readonly secretRead: (secret: string) => void;
}

export interface ChannelEvents {
  /** A channel became ready, or it became clear that it will not be for a while, or who may speak there changed. */
  changed(channel: string): void;
}

interface Attachment {
  readonly link: IrcLink;
  readonly isMe: (nick: string) => boolean;
}

export class Channels {
  readonly #dependencies: ChannelsDependencies;
  readonly #events: ChannelEvents;
  /** By {@link channelKey}. */
  readonly #wanted = new Map<string, Wanted>();
  /** Asked one after the other, so that many channels are no flood. */
  readonly #toAsk: Wanted[] = [];
  #attachment: Attachment | undefined;

  constructor(dependencies: ChannelsDependencies, events: ChannelEvents) {
    this.#dependencies = dependencies;
    this.#events = events;
  }

  /** Until the returned function is called. Of several keys for one channel each is tried. */
  want(configs: readonly ChannelConfig[]): () => void {
    const toJoin = configs.flatMap(({ name, key }) => {
      const found = this.#wanted.get(channelKey(name));
      const channel = found ?? this.#add(name);
      channel.uses++;
      const isNews = channel.keys.add(key);
      return !found || (isNews && found.state === 'waiting') ? [channel] : [];
    });
    void this.#join(toJoin);
    return () => {
      for (const config of configs) this.#unwant(config);
    };
  }

  readiness(name: string): Readiness {
    const channel = this.#wanted.get(channelKey(name));
    if (!channel) return { kind: 'refused', message: `${name} is not among the channels` };
    if (channel.state === 'joined') return { kind: channel.isKnown ? 'ready' : 'soon' };
    if (channel.state !== 'waiting') return { kind: 'soon' };
    if (channel.dueMs - this.#nowMs() <= SOON_MS) return { kind: 'soon' };
    // Without the time that is left: what is always the same is logged once.
    return { kind: 'refused', message: `cannot speak in ${name}: ${channel.problem}` };
  }

  /** Whether the server would keep it to itself if a notice to the channel went nowhere. */
  isDoubtful(name: string): boolean {
    return this.#wanted.get(channelKey(name))?.voice.isDoubtful ?? true;
  }

  /** There is a message for it. */
  hurry(name: string): void {
    const channel = this.#wanted.get(channelKey(name));
    if (channel?.state !== 'waiting' || this.#nowMs() - channel.triedMs < HURRY_AFTER_MS) return;
    void this.#join([channel]);
  }

  /** @param isMe whether a nick is ours, at any time */
  attach(link: IrcLink, isMe: (nick: string) => boolean): void {
    this.#attachment = { link, isMe };
    void this.#join([...this.#wanted.values()]);
  }

  detach(): void {
    this.#attachment = undefined;
    this.#toAsk.length = 0;
    for (const channel of this.#wanted.values()) this.#enter(channel, 'absent');
  }

  heard(message: IrcMessage): void {
    const attachment = this.#attachment;
    if (!attachment) return;
    const { command, params, nick } = message;
    const isOwn = nick !== '' && attachment.isMe(nick);
    if (command === 'JOIN' && isOwn) this.#joined(params[0] ?? '', attachment);
    else if (command === 'PART' && isOwn) this.#fail(params[0], 'not in it any more', 'we were made to leave');
    else if (command === 'KICK' && attachment.isMe(params[1] ?? '')) this.#kicked(message);
    else if (command === 'MODE' || command === '324') this.#modes(message, attachment);
    else if (command === '353') this.#names(params, attachment);
    else if (/^[45]\d\d$/.test(command)) this.#refused(message);
  }

  #add(name: string): Wanted {
    const channel: Wanted = {
      name,
      keys: new ChannelKeys(),
      uses: 0,
      state: 'absent',
      isKnown: false,
      voice: new ChannelVoice(),
      problem: '',
      failures: 0,
      triedMs: Number.NEGATIVE_INFINITY,
      joinedMs: 0,
      dueMs: 0,
      timer: undefined,
    };
    this.#wanted.set(channelKey(name), channel);
    return channel;
  }

  #unwant({ name, key }: ChannelConfig): void {
    const channel = this.#wanted.get(channelKey(name));
    channel?.keys.remove(key);
    if (!channel || --channel.uses > 0) return;
    this.#wanted.delete(channelKey(name));
    if (channel.state === 'joined' || channel.state === 'joining') this.#attachment?.link.write(`PART ${name}`);
    channel.timer?.cancel();
    this.#events.changed(name);
  }

  /** All in as few lines as may be: every command counts as one for a server's flood control. */
  async #join(channels: readonly Wanted[]): Promise<void> {
    const attachment = this.#attachment;
    if (!attachment || channels.length === 0) return;
    for (const channel of channels) {
      this.#enter(channel, 'joining');
      channel.triedMs = this.#nowMs();
      this.#after(channel, ANSWER_WITHIN_MS, () => this.#fail(channel.name, 'no answer', 'the server is silent on it'));
    }
    const keys = await Promise.all(channels.map((channel) => this.#keyOf(channel)));
    if (this.#attachment !== attachment) return;
    const joining = channels
      .map((channel, index) => ({ channel, name: channel.name, key: keys[index] ?? '' }))
      .filter(({ channel }) => channel.state === 'joining' && this.#isWanted(channel))
      // Keys are matched by position, so the channels that have one come first (RFC 2812, 3.2.1).
      .toSorted((a, b) => Number(a.key === '') - Number(b.key === ''));
    while (joining.length > 0) {
      const together = joining.splice(0, JOINED_AT_ONCE);
      const given = together.map(({ key }) => key).filter((key) => key !== '');
      attachment.link.write(
        `JOIN ${[together.map(({ name }) => name).join(','), given.join(',')].join(' ').trimEnd()}`,
      );
    }
  }

  /** Undefined if there is none, or if none can be read, which has been dealt with. */
  async #keyOf(channel: Wanted): Promise<string | undefined> {
    using limit = deadline(this.#dependencies.system, ANSWER_WITHIN_MS / 2);
    const read = await channel.keys.read(limit.signal);
    if (read.kind === 'key') this.#dependencies.secretRead(read.key);
    if (read.kind === 'unreadable') this.#fail(channel.name, 'its key cannot be read', read.why);
    return read.kind === 'key' ? read.key : undefined;
  }

  #joined(name: string, { link }: Attachment): void {
    const channel = this.#wanted.get(channelKey(name));
    if (!channel) {
      // Forwarded to another channel, whose people did not ask for our alerts.
      link.write(`PART ${name}`);
      return;
    }
    this.#enter(channel, 'joined');
    channel.keys.accepted();
    channel.joinedMs = this.#nowMs();
    channel.voice = new ChannelVoice();
    channel.isKnown = link.echoes;
    this.#dependencies.log.info({ channel: channel.name }, 'IRC channel joined');
    if (channel.isKnown) {
      this.#events.changed(name);
      return;
    }
    this.#toAsk.push(channel);
    if (this.#toAsk.length === 1) this.#ask(channel);
  }

  #ask(channel: Wanted): void {
    this.#attachment?.link.write(`MODE ${channel.name}`);
    this.#after(channel, ANSWER_WITHIN_MS, () => {
      channel.voice.apply([{ mode: '+m', param: null }], { isMe: () => false, rankModes: new Set() });
      this.#known(channel);
    });
  }

  #known(channel: Wanted): void {
    channel.timer?.cancel();
    channel.isKnown = true;
    const index = this.#toAsk.indexOf(channel);
    if (index !== -1) this.#toAsk.splice(index, 1);
    const [next] = this.#toAsk;
    if (index === 0 && next) this.#ask(next);
    this.#events.changed(channel.name);
  }

  #modes(message: IrcMessage, { link, isMe }: Attachment): void {
    const isAnswer = message.command === '324';
    const channel = this.#wanted.get(channelKey(message.params[isAnswer ? 1 : 0] ?? ''));
    if (!channel) return;
    channel.voice.apply(link.modesOf(message), { isMe, rankModes: new Set(link.rankSymbols.values()) });
    if (isAnswer && !channel.isKnown) this.#known(channel);
    else this.#events.changed(channel.name);
  }

  /** `353 me = #ops :@op +voiced nick`, each perhaps with `!user@host`. */
  #names(params: readonly string[], { link, isMe }: Attachment): void {
    const channel = this.#wanted.get(channelKey(params.at(-2) ?? ''));
    if (!channel) return;
    const symbols = link.rankSymbols;
    for (const entry of (params.at(-1) ?? '').split(' ')) {
      const ranks = [...entry].slice(0, symbols.size);
      const count = ranks.findIndex((symbol) => !symbols.has(symbol));
      const own = count === -1 ? ranks : ranks.slice(0, count);
      const nick = entry.slice(own.length).split('!')[0] ?? '';
      if (nick !== '' && isMe(nick)) channel.voice.ranked(own.map((symbol) => symbols.get(symbol) ?? symbol));
    }
  }

  #kicked({ params: [name, , reason = ''], nick, prefix }: IrcMessage): void {
    this.#fail(name, 'kicked', `by ${nick || prefix}${reason && `: ${reason}`}`);
  }

  #refused({ command, params: [, name = '', ...rest] }: IrcMessage): void {
    const channel = this.#wanted.get(channelKey(name));
    if (!channel) return;
    const words = rest.at(-1) ?? '';
    const problem = joinRefusalOf(command);
    if (channel.state === 'joining' && problem) {
      if (problem === 'wrong key' && channel.keys.refused()) void this.#join([channel]);
      else this.#fail(name, problem, words);
    }
    // 401, 403, 442: it knows nothing of our being there.
    else if (channel.state === 'joined' && /^(?:401|403|442)$/.test(command))
      this.#fail(name, 'not in it any more', words);
  }

  #fail(name: string | undefined, problem: ChannelProblem, words: string): void {
    const channel = this.#wanted.get(channelKey(name ?? ''));
    if (!channel || !this.#attachment) return;
    const { system, log, shown } = this.#dependencies;
    if (channel.state === 'joined' && this.#nowMs() - channel.joinedMs >= HEALTHY_AFTER_MS) channel.failures = 0;
    const retryInMs = rejoinDelayMs(problem, channel.failures, system.random());
    channel.failures++;
    channel.problem = shown(words === '' ? problem : `${problem} (${words})`);
    channel.dueMs = this.#nowMs() + retryInMs;
    this.#enter(channel, 'waiting');
    this.#after(channel, retryInMs, () => void this.#join([channel]));
    log.warn({ channel: channel.name, reason: channel.problem, retryInMs }, 'Not in an IRC channel');
    this.#events.changed(channel.name);
  }

  #enter(channel: Wanted, state: Wanted['state']): void {
    channel.timer?.cancel();
    channel.timer = undefined;
    channel.state = state;
    channel.isKnown = false;
    const index = this.#toAsk.indexOf(channel);
    if (index !== -1) this.#toAsk.splice(index, 1);
    const [next] = this.#toAsk;
    if (index === 0 && next) this.#ask(next);
  }

  #after(channel: Wanted, delayMs: number, then: () => void): void {
    channel.timer?.cancel();
    channel.timer = this.#dependencies.system.setTimer(delayMs, then);
  }

  #isWanted(channel: Wanted): boolean {
    return this.#wanted.get(channelKey(channel.name)) === channel;
  }

  #nowMs(): number {
    return this.#dependencies.system.now().monotonicMs;
  }
}
