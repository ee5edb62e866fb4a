/**
 * Whether a notice to a channel may be lost without a word. RFC 2812, 3.3.2, forbids any automatic answer to a NOTICE, so
 * most servers do not say that a channel is moderated or that we are banned from speaking there. Where that may be, and the
 * server does not echo, only a PRIVMSG is answered truthfully.
 */
import type { ModeChange } from './irc-link.ts';

export class ChannelVoice {
  /** Modes that let us speak in any case: voice, operator and what lies between and above. */
  readonly #ranks = new Set<string>();
  /** Those set since we came in; whether one is about us is the server's to know. */
  readonly #bans = new Set<string>();
  /** `m`, and `M`: only for those without an account. */
  readonly #moderations = new Set<string>();

  get isDoubtful(): boolean {
    return this.#ranks.size === 0 && this.#moderations.size + this.#bans.size > 0;
  }

  /**
   * @param isMe whether a mode's parameter is our nick
   * @param rankModes the modes of this server that are ranks: `q` is one on some, and a ban on others
   */
  apply(
    changes: readonly ModeChange[],
    { isMe, rankModes }: { isMe: (nick: string) => boolean; rankModes: ReadonlySet<string> },
  ): void {
    for (const { mode, param } of changes) {
      const isSet = mode.startsWith('+');
      const letter = mode.slice(1);
      if (rankModes.has(letter)) {
        if (param !== null && isMe(param)) change(this.#ranks, letter, isSet);
      } else if (letter === 'm' || letter === 'M') change(this.#moderations, letter, isSet);
      else if ((letter === 'b' || letter === 'q') && param !== null) change(this.#bans, `${letter} ${param}`, isSet);
    }
  }

  /** The ranks we have according to the list of names. */
  ranked(modes: readonly string[]): void {
    this.#ranks.clear();
    for (const mode of modes) this.#ranks.add(mode);
  }
}

function change(set: Set<string>, value: string, isSet: boolean): void {
  if (isSet) set.add(value);
  else set.delete(value);
}
