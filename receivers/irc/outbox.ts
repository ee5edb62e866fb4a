/**
 * The lines that wait to be said, and those said whose fate is not known yet. Urgent ones go first; no server is flooded; and
 * what becomes of each line is known for certain: the server's own echo, its refusal, or the answer to a PING written
 * right after the line, which a server works off in order.
 */
import type { System, Timer } from '../../src/system.ts';
import { failureReasonOf } from '../http-outcome.ts';
import type { FailureReason, Trace } from '../receiver.ts';
import { channelKey } from './config.ts';
import { type FloodLimit, TokenBucket } from './token-bucket.ts';

/** 0 goes first. */
export type Urgency = 0 | 1 | 2;

export interface Line {
  readonly channel: string;
  /** Clean, and short enough for the channel. */
  readonly text: string;
  readonly messageType: 'notice' | 'message';
  readonly urgency: Urgency;
  /** Called when the line is confirmed, also when nobody waits for it any more. */
  readonly onConfirmed?: () => void;
  readonly trace?: Trace | undefined;
}

/** confirmed: the server worked it off. refused: surely not said. unknown: written, and nothing was heard of it. */
export type LineResult =
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'refused' | 'unknown'; readonly reason: FailureReason; readonly message: string };

/** A link that may be written to. */
export interface OutboxLink {
  /** Whether the server echoes what it passes on; then a line without echo was not passed on. */
  readonly echoes: boolean;
  write(line: string): void;
  /** Told after a question was written that the server must answer. */
  asked(fence: number): void;
  /** Told of the answer to that question, which answers all before it. */
  answered(fence: number): void;
}

export interface OutboxRules {
  canSpeak(channel: string): boolean;
  /** Whether a notice to the channel might be lost without a word. */
  isDoubtful(channel: string): boolean;
}

/** Of each urgency. What comes beyond it is refused, retryable: by then minutes would pass before its turn. */
const MOST_QUEUED = 200;
/** Said and unconfirmed. A server that works off lines slowly is not given more: several cut a client off for it. */
const MOST_IN_FLIGHT = 4;

interface Entry {
  readonly line: Line;
  /** Of the PING that follows it; 0 while it waits. */
  fence: number;
  isNotice: boolean;
  /** The server has echoed or refused it; also a line nobody waits for any more has its answer still to come. */
  isAnswered: boolean;
  /** What became of it is known, or will never be. */
  isDecided: boolean;
  isSettled: boolean;
  /** What became of it. Only the first call counts. */
  decide(result: LineResult): void;
  /** What whoever waits for it hears. Only the first call counts. */
  settle(result: LineResult): void;
}

export class Outbox {
  readonly #system: System;
  readonly #rules: OutboxRules;
  readonly #bucket: TokenBucket;
  /** By urgency. */
  readonly #queues: readonly Entry[][] = [[], [], []];
  #inFlight: Entry[] = [];
  #link: OutboxLink | undefined;
  #timer: Timer | undefined;
  #fences = 0;

  constructor({ system }: { system: System }, flood: FloodLimit, rules: OutboxRules) {
    this.#system = system;
    this.#rules = rules;
    this.#bucket = new TokenBucket(flood, system.now().monotonicMs);
  }

  /** Lines that wait. */
  get backlog(): number {
    return this.#queues.reduce((sum, queue) => sum + queue.length, 0);
  }

  /** Resolves as soon as it is known, or the signal aborts; a line that was not written by then never will be. */
  say(line: Line, signal: AbortSignal): Promise<LineResult> {
    const { promise, resolve } = Promise.withResolvers<LineResult>();
    const queue = this.#queues[line.urgency] ?? [];
    const onAbort = () => {
      const message = signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
      const reason = failureReasonOf(signal);
      if (entry.fence !== 0)
        return entry.settle({ kind: 'unknown', reason, message: `said, not confirmed: ${message}` });
      entry.settle({ kind: 'refused', reason, message: `still waiting to be said: ${message}` });
    };
    const entry: Entry = {
      line,
      fence: 0,
      isNotice: false,
      isAnswered: false,
      isDecided: false,
      isSettled: false,
      decide: (result) => {
        if (entry.isDecided) return;
        entry.isDecided = true;
        if (result.kind === 'confirmed') line.onConfirmed?.();
        else line.trace?.(`* ${line.channel}: ${result.message}`);
        entry.settle(result);
      },
      settle: (result) => {
        if (entry.isSettled) return;
        entry.isSettled = true;
        signal.removeEventListener('abort', onAbort);
        const index = queue.indexOf(entry);
        if (index !== -1) queue.splice(index, 1);
        resolve(result);
      },
    };
    if (signal.aborted) onAbort();
    else if (queue.length >= MOST_QUEUED) {
      const message = `${MOST_QUEUED} lines are waiting to be said already`;
      entry.settle({ kind: 'refused', reason: 'rateLimited', message });
    } else {
      signal.addEventListener('abort', onAbort);
      queue.push(entry);
      this.advance();
    }
    return promise;
  }

  open(link: OutboxLink): void {
    this.#link = link;
    this.advance();
  }

  /** The link is gone, and with it what was said and not confirmed. What waits goes on waiting. */
  close(why: string): void {
    this.#link = undefined;
    this.#timer?.cancel();
    const lost = this.#inFlight;
    this.#inFlight = [];
    for (const entry of lost)
      entry.decide({ kind: 'unknown', reason: 'other', message: `said, not confirmed: ${why}` });
  }

  /** Refuses what waits for the channel, or all that waits. */
  refuse(message: string, channel?: string): void {
    const isMeant = ({ line }: Entry) => channel === undefined || channelKey(line.channel) === channelKey(channel);
    for (const entry of this.#queues.flat().filter(isMeant))
      entry.decide({ kind: 'refused', reason: 'other', message });
  }

  /** We left the channel: without echo nobody can tell what was said before that and what after. */
  left(channel: string): void {
    this.#lose(isIn(channel), `no longer in ${channel}`);
  }

  /** Notices to the channel may be lost from now on: the same holds for those under way. */
  doubt(channel: string): void {
    this.#lose((entry) => entry.isNotice && isIn(channel)(entry), `${channel} may be closed to us`);
  }

  /** The server passed on what we said in the channel. */
  echoed(channel: string): void {
    const entry = this.#answer(channel);
    entry?.line.trace?.(`< ${channel}: the server echoes the line`);
    entry?.decide({ kind: 'confirmed' });
  }

  /** The server said no to something we said in the channel, if we did. */
  refused(channel: string, message: string): void {
    const entry = this.#answer(channel);
    entry?.line.trace?.(`< ${message}`);
    entry?.decide({ kind: 'refused', reason: 'clientError', message });
  }

  /** Asks the server for a sign of life. */
  ask(): void {
    this.#fence();
  }

  /** The server answered a PING, and has worked off all that was written before it. */
  answered(token: string): void {
    const fence = Number(/^tocsin-(\d{1,15})$/.exec(token)?.[1] ?? Number.NaN);
    if (Number.isNaN(fence)) return;
    this.#link?.answered(fence);
    const passed = this.#inFlight.filter((entry) => entry.fence <= fence);
    this.#inFlight = this.#inFlight.filter((entry) => entry.fence > fence);
    for (const entry of passed) {
      entry.line.trace?.(`< PONG tocsin-${entry.fence}`);
      // What has been decided before stays as it was.
      const message = `the server did not pass the line on to ${entry.line.channel}`;
      entry.decide(this.#link?.echoes ? { kind: 'refused', reason: 'clientError', message } : { kind: 'confirmed' });
    }
    this.advance();
  }

  /** Says what may be said now. To be called when more may be than before. */
  advance(): void {
    this.#timer?.cancel();
    while (this.#link && this.#inFlight.length < MOST_IN_FLIGHT) {
      const entry = this.#next();
      if (!entry) return;
      const waitMs = this.#bucket.take(this.#system.now().monotonicMs);
      if (waitMs > 0) {
        this.#timer = this.#system.setTimer(waitMs, () => this.advance());
        return;
      }
      this.#write(this.#link, entry);
    }
  }

  #write(link: OutboxLink, entry: Entry): void {
    const { channel, text, messageType } = entry.line;
    const queue = this.#queues[entry.line.urgency] ?? [];
    queue.splice(queue.indexOf(entry), 1);
    entry.isNotice = messageType === 'notice' && (link.echoes || !this.#rules.isDoubtful(channel));
    const command = `${entry.isNotice ? 'NOTICE' : 'PRIVMSG'} ${channel} :${text}`;
    link.write(command);
    entry.line.trace?.(`> ${command}`);
    this.#inFlight.push(entry);
    entry.fence = this.#fence();
    entry.line.trace?.(`> PING tocsin-${entry.fence}`);
  }

  /** One for each line: where several lines share one, a refusal could be any of theirs. */
  #fence(): number {
    const fence = ++this.#fences;
    this.#link?.write(`PING tocsin-${fence}`);
    this.#link?.asked(fence);
    return fence;
  }

  #next(): Entry | undefined {
    for (const queue of this.#queues) {
      const entry = queue.find(({ line }) => this.#rules.canSpeak(line.channel));
      if (entry) return entry;
    }
    return undefined;
  }

  #lose(isMeant: (entry: Entry) => boolean, why: string): void {
    if (this.#link?.echoes) return;
    const message = `said, not confirmed: ${why}`;
    for (const entry of this.#inFlight.filter(isMeant)) entry.decide({ kind: 'unknown', reason: 'other', message });
  }

  /** The line that an echo or a refusal is about: a server answers in the order of what was said. */
  #answer(channel: string): Entry | undefined {
    const entry = this.#inFlight.find((candidate) => !candidate.isAnswered && isIn(channel)(candidate));
    if (entry) entry.isAnswered = true;
    return entry;
  }
}

const isIn = (channel: string) => (entry: Entry) => channelKey(entry.line.channel) === channelKey(channel);
