/**
 * The places that examples/tocsin.yml tells, real ones on free ports: a channel on Debian's ngircd, an SMTP server and a
 * Bot API, each of which remembers what arrived and when. A test may break any of them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BotApi, startBotApi } from '../../receivers/testing/bot-api.ts';
import { type MailAnswer, type MailServer, startMailServer } from '../../receivers/testing/mail-server.ts';
import { ChannelReader, type Ngircd, startNgircd } from './ngircd.ts';

const EXAMPLE = readFileSync(join(import.meta.dirname, '../../examples/tocsin.yml'), 'utf8');

/** In place of the example's ten seconds and one minute. */
export interface Haste {
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
}

export interface Arrival {
  /** `irc #ops`, `mail ops@example.org`, `phone 1001`. */
  readonly place: string;
  /** The line, the subject, or the message. */
  readonly text: string;
  /** Of the monotonic clock. */
  readonly atMs: number;
}

export class LadderPlaces implements AsyncDisposable {
  readonly irc: Ngircd;
  readonly botApi: BotApi;
  /** What the mail server does with each whole mail. */
  mailAnswer: MailAnswer = 'take';
  readonly #arrivals: Arrival[];
  readonly #stack: AsyncDisposableStack;
  #mail: MailServer | undefined;

  static async start(): Promise<LadderPlaces> {
    await using stack = new AsyncDisposableStack();
    const arrivals: Arrival[] = [];
    const arrive = (place: string, text: string) => arrivals.push({ place, text, atMs: performance.now() });
    const irc = stack.use(await startNgircd());
    stack.use(await ChannelReader.join(irc.port, ['#ops'], ({ channel, text }) => arrive(`irc ${channel}`, text)));
    const botApi = stack.use(await startBotApi({ onMessage: ({ chatId, text }) => arrive(`phone ${chatId}`, text) }));
    const places = new LadderPlaces({ irc, botApi, arrivals, stack: stack.move() });
    places.#mail = places.#stack.use(
      await startMailServer({
        answer: ({ stage }) => (stage === 'message' ? places.mailAnswer : 'take'),
        onMail: ({ envelope, parsed }) => {
          for (const to of envelope.to) arrive(`mail ${to}`, parsed.subject ?? '');
        },
      }),
    );
    return places;
  }

  private constructor(parts: { irc: Ngircd; botApi: BotApi; arrivals: Arrival[]; stack: AsyncDisposableStack }) {
    this.irc = parts.irc;
    this.botApi = parts.botApi;
    this.#arrivals = parts.arrivals;
    this.#stack = parts.stack;
  }

  /** In the order of arrival. */
  get arrivals(): readonly Arrival[] {
    return this.#arrivals;
  }

  /** The example with these places in it. */
  config({ groupWaitMs, groupIntervalMs }: Haste): string {
    const replacements = [
      ['port: 6667', `port: ${this.irc.port}`],
      ['127.0.0.1:1025', `127.0.0.1:${this.#mail?.port}`],
      ['http://127.0.0.1:8081', this.botApi.url],
      ['group_wait: 10s', `group_wait: ${groupWaitMs}ms`],
      ['group_interval: 1m', `group_interval: ${groupIntervalMs}ms`],
    ] as const;
    return replacements.reduce((text, [written, instead]) => {
      if (!text.includes(written)) throw new Error(`the example does not say ${written} any more`);
      return text.replaceAll(written, instead);
    }, EXAMPLE);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync().then();
  }
}
