import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.ts';
import { type IrcServer, startIrcServer } from './irc-server.ts';

/** Somebody with an ordinary client, such as irssi, that says what such a client says. */
class Person implements AsyncDisposable {
  readonly heard: string[] = [];
  readonly #socket: Socket;

  static async join({ port }: IrcServer, nick: string, channel = '#ops'): Promise<Person> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const person = new Person(socket);
    person.say('CAP LS 302', `NICK ${nick}`, `USER ${nick} ${nick} localhost :A person`, 'CAP END', `JOIN ${channel}`);
    await person.hears(/ 366 /);
    return person;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    createInterface({ input: socket }).on('line', (line) => this.heard.push(line));
  }

  say(...lines: string[]): void {
    for (const line of lines) this.#socket.write(`${line}\r\n`);
  }

  hears(pattern: RegExp): Promise<string> {
    return eventually(String(pattern), () => this.heard.find((line) => pattern.test(line)), { timeoutMs: 5000 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
  }
}

it('people meet in a channel, see its topic and who is there, and hear each other', async () => {
  await using server = await startIrcServer({ topics: { '#ops': 'Pages' } });
  await using alice = await Person.join(server, 'alice');
  await using bob = await Person.join(server, 'bob', '#OPS');
  await bob.hears(/^:irc\.tocsin\.test 332 bob #ops :Pages$/);
  await bob.hears(/^:irc\.tocsin\.test 353 bob = #ops :@alice bob$/);
  await alice.hears(/^:bob!bob@localhost JOIN #ops$/);
  alice.say('PRIVMSG #ops :hello :) all', 'NOTICE bob :psst');
  await bob.hears(/^:alice!alice@localhost PRIVMSG #ops :hello :\) all$/);
  await bob.hears(/^:alice!alice@localhost NOTICE bob :psst$/);
  expect(server.messages.map(({ kind, target, text }) => [kind, target, text])).toEqual([
    ['message', '#ops', 'hello :) all'],
    ['notice', 'bob', 'psst'],
  ]);
  expect(alice.heard.filter((line) => line.includes('hello'))).toEqual([]);
});

it('people change nick and topic, kick, and go', async () => {
  await using server = await startIrcServer();
  await using alice = await Person.join(server, 'alice');
  await using bob = await Person.join(server, 'bob');
  bob.say('NICK alice', 'NICK robert', 'KICK #ops alice', 'TOPIC #ops :New');
  await bob.hears(/ 433 bob alice :/);
  await bob.hears(/ 482 robert #ops :/);
  await alice.hears(/^:bob!bob@localhost NICK :robert$/);
  await alice.hears(/^:robert!bob@localhost TOPIC #ops :New$/);
  alice.say('KICK #ops robert :enough');
  await bob.hears(/^:alice!alice@localhost KICK #ops robert :enough$/);
  expect(server.members('#ops')).toEqual(['alice']);
  bob.say('PRIVMSG #ops :am I heard?', 'QUIT :bye');
  await bob.hears(/ 404 robert #ops :/);
  await bob.hears(/^ERROR :Quit: bye$/);
});

it('what clients ask by themselves is answered', async () => {
  await using server = await startIrcServer({ channelKeys: { '#ops': 'sesame' } });
  await using alice = await Person.join(server, 'alice', '#ops sesame');
  alice.say(
    'MODE #ops',
    'MODE #ops b',
    'WHO #ops',
    'WHOIS alice',
    'PING :1 2',
    'MODE alice +i',
    'LIST',
    'FOO',
    'JOIN x',
  );
  await alice.hears(/ 324 alice #ops \+ntk$/);
  await alice.hears(/ 368 alice #ops :/);
  await alice.hears(/ 352 alice #ops alice localhost irc\.tocsin\.test alice H@ :0 A person$/);
  await alice.hears(/ 318 alice alice :/);
  await alice.hears(/ PONG irc\.tocsin\.test :1 2$/);
  await alice.hears(/ 322 alice #ops 1 :$/);
  await alice.hears(/ 421 alice FOO :/);
  await alice.hears(/ 403 alice x :/);
});

it('a line longer than 512 bytes is not relayed, and a shorter one is cut where the source makes it too long', async () => {
  await using server = await startIrcServer();
  await using alice = await Person.join(server, 'alice');
  await using bob = await Person.join(server, 'bob');
  alice.say(`PRIVMSG #ops :${'x'.repeat(600)}`, `PRIVMSG #ops :${'y'.repeat(490)}`);
  await alice.hears(/ 417 alice :/);
  const line = await bob.hears(/yyy/);
  expect(line).toHaveLength(510);
  expect(server.messages.map(({ text }) => text)).toEqual([line.split(' :')[1]]);
});

it('one that runs for long keeps nothing of what it is told', async () => {
  const heard: string[] = [];
  await using server = await startIrcServer({ forgets: true, onMessage: ({ text }) => heard.push(text) });
  await using alice = await Person.join(server, 'alice');
  alice.say('PRIVMSG #ops :hello', 'PING done');
  await alice.hears(/ PONG .*done$/);
  expect(heard).toEqual(['hello']);
  expect(server.lines.length + server.messages.length).toBe(0);
});
