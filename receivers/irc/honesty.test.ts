/**
 * Whatever happens between us and a server: what we call confirmed has been heard in the channel, what we call refused has
 * not, nothing is heard twice, and nothing is left without an answer.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { connectionConfig } from '../testing/scripted-irc.ts';
import type { IrcLink, LinkEvents } from './irc-link.ts';
import type { LineResult } from './outbox.ts';
import { IrcSession } from './session.ts';

/** A server with one channel that works off one line after the other, and never answers a notice. */
class ModelServer {
  readonly heard: string[] = [];
  readonly #system: VirtualSystem;
  readonly #latencyMs: number;
  readonly #echoes: boolean;
  #isMember = false;
  #isModerated = false;
  #isDead = false;
  #events: LinkEvents | undefined;

  constructor(system: VirtualSystem, { latencyMs, echoes }: { latencyMs: number; echoes: boolean }) {
    this.#system = system;
    this.#latencyMs = latencyMs;
    this.#echoes = echoes;
  }

  open(events: LinkEvents): IrcLink {
    this.#events = events;
    this.#isMember = false;
    this.#isDead = false;
    this.#later(events, () => events.registered('tocsin'));
    return {
      echoes: this.#echoes,
      login: undefined,
      rankSymbols: new Map([['@', 'o']]),
      modesOf: ({ params }) => params.slice(-1).flatMap((mode) => (mode === 'none' ? [] : [{ mode, param: null }])),
      write: (line) => this.#later(events, () => this.#work(line)),
      close: async () => {
        if (this.#events === events) this.#events = undefined;
      },
    };
  }

  kick(): void {
    if (!this.#isMember) return;
    this.#isMember = false;
    this.#say('KICK', '#ops', 'tocsin', 'out');
  }

  moderate(isModerated: boolean): void {
    this.#isModerated = isModerated;
    if (this.#isMember) this.#say('MODE', '#ops', isModerated ? '+m' : '-m');
  }

  cut(): void {
    const events = this.#events;
    this.#events = undefined;
    events?.lost({ reason: 'closed', message: 'cut' });
  }

  /** Reads and answers nothing any more. */
  die(): void {
    this.#isDead = true;
  }

  #work(line: string): void {
    const [command = '', target = '', text = ''] = /^(\S+) (\S+)(?: :(.*))?$/.exec(line)?.slice(1) ?? [];
    if (command === 'PING') this.#say('PONG', 'irc', target);
    else if (command === 'JOIN') {
      this.#isMember = true;
      this.#say('JOIN', '#ops');
    } else if (command === 'MODE') this.#say('324', 'tocsin', '#ops', this.#isModerated ? '+m' : 'none');
    else if (this.#isMember && !this.#isModerated) {
      this.heard.push(text);
      if (this.#echoes) this.#say(command, target, text);
    } else if (command === 'PRIVMSG') this.#say('404', 'tocsin', target, 'Cannot send to channel');
  }

  #say(command: string, ...params: string[]): void {
    const events = this.#events;
    const nick = /^(?:JOIN|NOTICE|PRIVMSG)$/.test(command) ? 'tocsin' : '';
    this.#later(events, () => events?.heard({ command, params, nick, prefix: nick }));
  }

  #later(events: LinkEvents | undefined, happen: () => void): void {
    this.#system.setTimer(this.#latencyMs, () => {
      if (this.#events === events && !this.#isDead) happen();
    });
  }
}

const event = fc.oneof(
  { weight: 6, arbitrary: fc.constant('say' as const) },
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 3000 }) },
  { weight: 2, arbitrary: fc.constant('stop' as const) },
  { weight: 2, arbitrary: fc.constant('kick' as const) },
  fc.constantFrom('moderate', 'free', 'cut', 'die'),
);

it.each([
  ['echoes', true],
  ['says nothing of notices', false],
])('a server that %s', async (_name, echoes) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 60 }),
      fc.integer({ min: 1, max: 800 }),
      fc.constantFrom('notice', 'message'),
      async (events, latencyMs, messageType) => {
        const system = new VirtualSystem();
        const server = new ModelServer(system, { latencyMs, echoes });
        const openLink = (_config: unknown, linkEvents: LinkEvents) => server.open(linkEvents);
        const log = { info() {}, warn() {} };
        const session = new IrcSession({ system, log, openLink }, connectionConfig());
        session.want([{ name: '#ops', key: undefined }]);
        const results = new Map<string, LineResult>();
        const said: string[] = [];
        const confirmed: string[] = [];
        let stop = new AbortController();
        for (const happening of events) {
          if (happening === 'say') {
            const text = `line ${said.length}`;
            said.push(text);
            const onConfirmed = () => confirmed.push(text);
            const line = { channel: '#ops', text, messageType, urgency: 1, onConfirmed } as const;
            void session.say(line, stop.signal).then((result) => results.set(text, result));
          } else if (happening === 'stop') {
            stop.abort(new Error('stop'));
            stop = new AbortController();
          } else if (happening === 'moderate' || happening === 'free') server.moderate(happening === 'moderate');
          else if (typeof happening === 'number') await system.advance(happening);
          else server[happening]();
        }
        await system.advance(1_000_000);
        await session.close();
        await system.settle();
        expect([...results.keys()].toSorted()).toEqual(said.toSorted());
        expect(new Set(server.heard).size).toBe(server.heard.length);
        for (const [text, { kind }] of results) {
          if (kind === 'confirmed') expect(confirmed).toContain(text);
          if (kind === 'refused') expect(server.heard).not.toContain(text);
        }
        // Late or in time.
        for (const text of confirmed) expect(server.heard).toContain(text);
        expect(new Set(confirmed).size).toBe(confirmed.length);
      },
    ),
    { numRuns: 250 },
  );
});
