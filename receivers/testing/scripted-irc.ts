/** Links to an IRC server that exists in a test's words only: what the session writes can be read, what it hears is said. */
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { type ConnectionConfig, DEFAULT_FLOOD } from '../irc/config.ts';
import type { IrcLink, IrcMessage, LinkEvents, ModeChange } from '../irc/irc-link.ts';
import type { Line } from '../irc/outbox.ts';
import { IrcSession } from '../irc/session.ts';
import type { Loss, LossReason } from '../irc/supervisor.ts';
import { Secret } from '../secret.ts';

export class ScriptedLink implements IrcLink {
  readonly written: string[] = [];
  readonly rankSymbols = new Map([
    ['@', 'o'],
    ['+', 'v'],
  ]);
  readonly login: IrcLink['login'] = undefined;
  echoes = false;
  farewell: string | undefined;
  readonly config: ConnectionConfig;
  readonly #events: LinkEvents;
  #answered = 0;

  constructor(config: ConnectionConfig, events: LinkEvents) {
    this.config = config;
    this.#events = events;
  }

  write(line: string): void {
    this.written.push(line);
  }

  modesOf({ command, params }: IrcMessage): readonly ModeChange[] {
    const [modes = '', ...rest] = params.slice(command === 'MODE' ? 1 : 2);
    const sign = modes[0] ?? '+';
    return [...modes.slice(1)].map((letter) => {
      return { mode: sign + letter, param: /[ovbq]/.test(letter) ? (rest.shift() ?? null) : null };
    });
  }

  async close(farewell: string): Promise<void> {
    this.farewell = farewell;
  }

  /** Lets the client in. */
  welcome(nick = 'tocsin'): void {
    this.#events.registered(nick);
  }

  says(...lines: string[]): void {
    for (const line of lines) {
      const [, prefix = '', head = '', , trailing] = /^(?::(\S+) )?(.*?)( :(.*))?$/.exec(line) ?? [];
      const [command = '', ...middle] = head.split(' ');
      const params = trailing === undefined ? middle : [...middle, trailing];
      this.#events.heard({ prefix, nick: prefix.includes('!') ? (prefix.split('!')[0] ?? '') : '', command, params });
    }
  }

  /** Answers every JOIN, MODE and PING that has not been answered, as a server does. */
  answers({ nick = 'tocsin' }: { nick?: string } = {}): void {
    // Some answers make it write more.
    for (; this.#answered < this.written.length; this.#answered++) {
      const [command = '', target = ''] = this.written[this.#answered]?.split(' ') ?? [];
      if (command === 'PING') this.says(`:irc PONG irc :${target}`);
      if (command === 'MODE') this.says(`:irc 324 ${nick} ${target} +nt`);
      if (command === 'JOIN') for (const name of target.split(',')) this.says(`:${nick}!u@h JOIN ${name}`);
    }
  }

  loses(loss: Loss): void {
    this.#events.lost(loss);
  }

  /** What was said in channels, without what belongs to the protocol. */
  get said(): string[] {
    return this.written.filter((line) => /^(?:NOTICE|PRIVMSG) #/.test(line));
  }
}

export interface ScriptedIrc {
  readonly system: VirtualSystem;
  readonly session: IrcSession;
  readonly links: readonly ScriptedLink[];
  readonly logged: readonly string[];
  /** The newest. */
  readonly link: ScriptedLink;
}

export function connectionConfig(change: Partial<ConnectionConfig> = {}): ConnectionConfig {
  return {
    server: 'irc.example.org',
    port: 6697,
    tls: undefined,
    nick: 'tocsin',
    username: 'tocsin',
    realname: 'Tocsin',
    account: undefined,
    password: undefined,
    nickservPassword: undefined,
    serverPassword: undefined,
    flood: DEFAULT_FLOOD,
    ...change,
  };
}

export const inline = (value: string) => ({ kind: 'inline', secret: new Secret(value) }) as const;

export function scriptedIrc(
  change: Partial<ConnectionConfig> = {},
  { seed = 1, echoes = false }: { seed?: number; echoes?: boolean } = {},
): ScriptedIrc {
  const system = new VirtualSystem({ seed });
  const links: ScriptedLink[] = [];
  const logged: string[] = [];
  const write = (fields: Readonly<Record<string, unknown>>, message: string) =>
    void logged.push(`${message} ${JSON.stringify(fields)}`);
  const session = new IrcSession(
    {
      system,
      log: { info: write, warn: write },
      openLink: (config, events) => {
        const link = new ScriptedLink(config, events);
        link.echoes = echoes;
        links.push(link);
        return link;
      },
    },
    connectionConfig(change),
  );
  return {
    system,
    session,
    links,
    logged,
    get link() {
      const link = links.at(-1);
      if (!link) throw new Error('nothing has connected yet');
      return link;
    },
  };
}

export const OPS = { name: '#ops', key: undefined };
/** Of those who wait as long as it takes. */
export const never = new AbortController().signal;

export function line(text: string, change: Partial<Line> = {}): Line {
  return { channel: '#ops', text, messageType: 'notice', urgency: 1, ...change };
}

/** In #ops, all questions answered. */
export async function inChannel(
  change: Parameters<typeof scriptedIrc>[0] = {},
  options: Parameters<typeof scriptedIrc>[1] = {},
): Promise<ScriptedIrc> {
  const irc = scriptedIrc(change, options);
  irc.session.want([OPS]);
  await connectAgain(irc);
  return irc;
}

export async function connectAgain({ system, link }: ScriptedIrc): Promise<void> {
  link.welcome();
  await system.settle();
  link.answers();
  await system.settle();
}

export const lost = (irc: ScriptedIrc, reason: LossReason = 'closed') => irc.link.loses({ reason, message: 'gone' });

/** Seconds until there is a new link. */
export async function untilNextLink({ system, links }: ScriptedIrc): Promise<number> {
  const before = links.length;
  const sinceMs = system.now().monotonicMs;
  while (links.length === before) await system.advance(system.untilNextTimerMs ?? Number.NaN);
  return (system.now().monotonicMs - sinceMs) / 1000;
}
