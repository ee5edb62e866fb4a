/**
 * What the stand-ins of the playground received, as the inbox shows it: lines of IRC channels, mails, messages on a
 * phone. Kept in memory only and bounded; everybody who watches is told of each message once, in order.
 */
import type { System } from '../../src/system.ts';
import { type RecentLimits, RecentMessages } from './recent-messages.ts';
import { type TextEntity, type TextRun, textRuns } from './text-runs.ts';

interface Arrival {
  /** Counts up over all three columns. */
  readonly id: number;
  readonly atMs: number;
  /** The number of the node that told it; undefined if it was none of the playground's, or that is not known. */
  readonly node: number | undefined;
}

export interface ChannelLine extends Arrival {
  readonly column: 'channel';
  readonly nick: string;
  /** A channel, or the nick of somebody who was told in private. */
  readonly target: string;
  readonly kind: 'message' | 'notice';
  readonly text: string;
}

export interface Mail extends Arrival {
  readonly column: 'mailbox';
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly messageId: string | undefined;
  /** The Message-ID of the first mail of the thread; a mail that answers nothing begins one. */
  readonly threadId: string | undefined;
  /** The plain part, '' if there is none. */
  readonly text: string;
  readonly html: string | undefined;
}

export interface PhoneMessage extends Arrival {
  readonly column: 'phone';
  readonly chat: string;
  readonly isSilent: boolean;
  readonly runs: readonly TextRun[];
}

export type InboxMessage = ChannelLine | Mail | PhoneMessage;

type Sender = Pick<Arrival, 'node'>;
export type ArrivingLine = Omit<ChannelLine, 'column' | keyof Arrival> & Sender;
export type ArrivingMail = Omit<Mail, 'column' | keyof Arrival> & Sender;
export interface ArrivingPhoneMessage extends Sender {
  readonly chat: string;
  /** As people read it, without markup. */
  readonly text: string;
  readonly entities: readonly TextEntity[];
  readonly isSilent: boolean;
}

/** Of each column. */
const DEFAULT_LIMITS: RecentLimits = { most: 500, mostBytes: 16 * 1024 * 1024 };
/** Of one mail's part or one message; no page is that long, and what is cut says so. */
const LONGEST_TEXT = 256 * 1024;

export class Inbox {
  readonly #system: System;
  readonly #watchers = new Set<(message: InboxMessage) => void>();
  readonly #channel: RecentMessages<ChannelLine>;
  readonly #mailbox: RecentMessages<Mail>;
  readonly #phone: RecentMessages<PhoneMessage>;
  #lastId = 0;

  constructor(system: System, limits: RecentLimits = DEFAULT_LIMITS) {
    this.#system = system;
    this.#channel = new RecentMessages(({ text }) => text.length, limits);
    this.#mailbox = new RecentMessages(
      ({ subject, text, html = '' }) => subject.length + text.length + html.length,
      limits,
    );
    this.#phone = new RecentMessages(({ runs }) => runs.reduce((sum, { text }) => sum + text.length, 0), limits);
  }

  /** Oldest first. */
  get columns(): {
    readonly channel: readonly ChannelLine[];
    readonly mailbox: readonly Mail[];
    readonly phone: readonly PhoneMessage[];
  } {
    return { channel: this.#channel.all, mailbox: this.#mailbox.all, phone: this.#phone.all };
  }

  /** Of all columns, in the order of arrival: those that came after this id and are still kept. */
  since(id: number): readonly InboxMessage[] {
    const { channel, mailbox, phone } = this.columns;
    return [...channel, ...mailbox, ...phone].filter((message) => message.id > id).toSorted((a, b) => a.id - b.id);
  }

  mail(id: number): Mail | undefined {
    return this.#mailbox.find(id);
  }

  /** Calls back until disposed of, beginning with the next message. */
  watch(watcher: (message: InboxMessage) => void): Disposable {
    this.#watchers.add(watcher);
    return { [Symbol.dispose]: () => void this.#watchers.delete(watcher) };
  }

  receiveLine(line: ArrivingLine): void {
    const { nick, target, kind } = line;
    this.#keep(this.#channel, { column: 'channel', ...this.#arrival(line), nick, target, kind, text: cut(line.text) });
  }

  receiveMail(mail: ArrivingMail): void {
    const { from, to, subject, messageId, threadId, html } = mail;
    this.#keep(this.#mailbox, {
      column: 'mailbox',
      ...this.#arrival(mail),
      from,
      to,
      subject: cut(subject),
      messageId,
      threadId,
      text: cut(mail.text),
      html: html === undefined ? undefined : cut(html),
    });
  }

  receivePhoneMessage({ chat, text, entities, isSilent, node }: ArrivingPhoneMessage): void {
    const runs = textRuns(cut(text), entities);
    this.#keep(this.#phone, { column: 'phone', ...this.#arrival({ node }), chat, isSilent, runs });
  }

  #arrival({ node }: Sender): Arrival {
    this.#lastId += 1;
    return { id: this.#lastId, atMs: this.#system.now().wallMs, node };
  }

  #keep<Message extends InboxMessage>(column: RecentMessages<Message>, message: Message): void {
    column.add(message);
    for (const watcher of [...this.#watchers]) watcher(message);
  }
}

function cut(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT).toWellFormed()}\n… (cut)` : text;
}
