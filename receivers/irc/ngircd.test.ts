/** Debian's ngircd at the other end, with people in the channel. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { eventually } from '../../test/support/eventually.ts';
import { startNgircd } from '../../test/support/ngircd.ts';
import { RealProcess } from '../../test/support/real-process.ts';
import { describeWithPrograms } from '../../test/support/required-programs.ts';
import { TemporaryDirectory } from '../../test/support/temporary-directory.ts';
import type { Outcome, Receiver } from '../receiver.ts';
import { receiverDependencies } from '../testing/dependencies.ts';
import { notification, notifiedAlert } from '../testing/notifications.ts';
import { irc } from './irc.ts';

const OPERATOR = '[Operator]\n  Name = root\n  Password = sesame\n';

/** Somebody with an IRC client, in the channel before anybody else and so its operator. */
class Person implements AsyncDisposable {
  readonly heard: string[] = [];
  readonly #socket: Socket;

  static async join(port: number, channel: string): Promise<Person> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {}); // a server that restarts resets its connections
    await once(socket, 'connect');
    const person = new Person(socket);
    person.say('NICK alice', 'USER alice 0 * :Alice');
    await person.hears(/ 001 alice /);
    person.say(`JOIN ${channel}`);
    await person.hears(/ 366 /);
    return person;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    createInterface({ input: socket }).on('line', (line) => {
      this.heard.push(line);
      if (line.startsWith('PING')) this.say(line.replace('PING', 'PONG'));
    });
  }

  say(...lines: string[]): void {
    for (const line of lines) this.#socket.write(`${line}\r\n`);
  }

  /** From now on or before. */
  hears(pattern: RegExp): Promise<string> {
    return eventually(String(pattern), () => this.heard.find((line) => pattern.test(line)));
  }

  /** What the bot said, in order. */
  get told(): string[] {
    return this.heard.flatMap((line) => /^:tocsin\S* (?:NOTICE|PRIVMSG) #ops :(.*)$/.exec(line)?.[1] ?? []);
  }

  /** The same, as soon as it is so much. */
  async hearsTelling(count: number): Promise<string[]> {
    await eventually(`${count} lines told`, () => this.told.length >= count);
    return this.told;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
  }
}

interface Stage extends AsyncDisposable {
  readonly receiver: Receiver;
  readonly alice: Person;
  readonly port: number;
  readonly warnings: readonly string[];
  /** Resolves when the bot is in the channel. */
  arrival(): Promise<void>;
}

async function open(block: object = {}): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const { port } = stack.use(await startNgircd({ settings: OPERATOR }));
  const alice = stack.use(await Person.join(port, '#ops'));
  const warnings: string[] = [];
  const log = { info() {}, warn: (fields: object) => void warnings.push(JSON.stringify(fields)) };
  const config = { server: '127.0.0.1', port: String(port), tls: 'false', channels: ['#ops'], ...block };
  const receiver = irc.create(irc.schema.parse(config), receiverDependencies({ log }));
  stack.defer(() => receiver.close?.());
  const owned = stack.move();
  return {
    receiver,
    alice,
    port,
    warnings,
    arrival: async () => void (await alice.hears(/^:tocsin\S* JOIN/)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** One that can be stopped and started on the same port. */
function startNgircdOn(port: number): AsyncDisposable & { process: RealProcess } {
  const directory = new TemporaryDirectory();
  const global = `[Global]\nName = irc.example.org\nInfo = test\nListen = 127.0.0.1\nPorts = ${port}\n`;
  const file = directory.write('ngircd.conf', `${global}[Options]\nDNS = no\nIdent = no\nPAM = no\n`);
  const process = RealProcess.start('ngircd', ['--nodaemon', '--config', file], { cwd: directory.path });
  return {
    process,
    async [Symbol.asyncDispose]() {
      await process.kill();
      directory[Symbol.dispose]();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function firing(...names: string[]) {
  return notification({
    alerts: names.map((alertname) => notifiedAlert({ labels: { alertname }, annotations: {}, generatorURL: '' })),
    groupKey: names.join(),
    groupLabels: {},
    commonLabels: {},
  });
}

async function tell(receiver: Receiver, ...names: string[]): Promise<Outcome> {
  return receiver.send(firing(...names), { signal: AbortSignal.timeout(receiver.attemptTimeoutMs) });
}

/** As the pipeline does, until it is sent. */
async function tellUntilSent(receiver: Receiver, ...names: string[]): Promise<void> {
  await eventually(names.join(), async () => (await tell(receiver, ...names)).kind === 'sent', { timeoutMs: 45_000 });
}

describeWithPrograms(['ngircd'], 'ngircd', () => {
  test.concurrent('hears a line an alert, in order, from a bot that is there before the first', async () => {
    await using stage = await open();
    stage.receiver.start?.();
    await stage.arrival();
    expect(stage.alice.told).toEqual([]);
    expect(await tell(stage.receiver, 'DiskFull', 'NetDown', 'HostGone')).toEqual({ kind: 'sent' });
    expect(await stage.alice.hearsTelling(3)).toEqual(['[FIRING] DiskFull', '[FIRING] NetDown', '[FIRING] HostGone']);
    expect(stage.alice.heard.filter((line) => line.includes('PRIVMSG'))).toEqual([]);
  });

  test.concurrent('kicks the bot, which comes back', async () => {
    await using stage = await open();
    stage.receiver.start?.();
    await stage.arrival();
    stage.alice.say('KICK #ops tocsin :too loud');
    await stage.alice.hears(/KICK #ops tocsin/);
    await tellUntilSent(stage.receiver, 'DiskFull');
    expect(await stage.alice.hearsTelling(1)).toEqual(['[FIRING] DiskFull']);
    expect(stage.warnings).toEqual([expect.stringContaining('kicked (by alice: too loud)')]);
  });

  test.concurrent('bans the bot: refused, with the reason, until the ban is gone', async () => {
    await using stage = await open();
    stage.receiver.start?.();
    await stage.arrival();
    stage.alice.say('MODE #ops +b *!*tocsin@*', 'KICK #ops tocsin :out');
    await eventually('the bot knows', () => stage.warnings.some((line) => line.includes('banned')));
    expect(await tell(stage.receiver, 'DiskFull')).toMatchObject({
      kind: 'refused',
      retryable: true,
      message: expect.stringMatching(/#ops: banned \(/),
    });
    stage.alice.say('MODE #ops -b *!*tocsin@*');
    await tellUntilSent(stage.receiver, 'DiskFull');
    expect(await stage.alice.hearsTelling(1)).toEqual(['[FIRING] DiskFull']);
  });

  test.concurrent('moderates the channel: refused, although a notice is answered by nothing, until the bot has a voice', async () => {
    await using stage = await open();
    stage.alice.say('MODE #ops +m');
    await stage.alice.hears(/MODE #ops \+m/);
    stage.receiver.start?.();
    await stage.arrival();
    expect(await tell(stage.receiver, 'DiskFull')).toMatchObject({ kind: 'refused', retryable: true });
    stage.alice.say('MODE #ops +v tocsin');
    await stage.alice.hears(/MODE #ops \+v tocsin/);
    await tellUntilSent(stage.receiver, 'DiskFull');
    expect(await stage.alice.hearsTelling(1)).toEqual(['[FIRING] DiskFull']);
    expect(await tell(stage.receiver, 'NetDown')).toEqual({ kind: 'sent' });
    await stage.alice.hears(/^:tocsin\S* NOTICE #ops :.* NetDown/);
  });

  test.concurrent('bans the bot without kicking it: refused, never lost', async () => {
    await using stage = await open();
    stage.receiver.start?.();
    await stage.arrival();
    stage.alice.say('MODE #ops +b *!*tocsin@*');
    await stage.alice.hears(/MODE #ops \+b/);
    // The first may cross the news of the ban.
    expect(await tell(stage.receiver, 'DiskFull')).not.toEqual({ kind: 'sent' });
    expect(await tell(stage.receiver, 'DiskFull')).toMatchObject({ kind: 'refused', retryable: true });
    expect(stage.alice.told).toEqual([]);
  });

  test.concurrent('has an operator who kills the bot, which comes back', async () => {
    await using stage = await open();
    stage.receiver.start?.();
    await stage.arrival();
    stage.alice.say('OPER root sesame', 'KILL tocsin :wrong bot');
    await stage.alice.hears(/^:tocsin\S* QUIT/);
    await tellUntilSent(stage.receiver, 'DiskFull');
    expect(await stage.alice.hearsTelling(1)).toEqual(['[FIRING] DiskFull']);
    expect(stage.warnings[0]).toContain('"reason":"killed"');
  });

  test.concurrent('is stopped and started again, and finds the bot back', async () => {
    const port = await freePort();
    const config = { server: '127.0.0.1', port: String(port), tls: 'false', channels: ['#ops'] };
    const receiver = irc.create(irc.schema.parse(config), receiverDependencies());
    await using _ = { [Symbol.asyncDispose]: async () => receiver.close?.() };
    {
      await using server = startNgircdOn(port);
      await using alice = await eventually('the server is there', () => Person.join(port, '#ops'));
      await tellUntilSent(receiver, 'DiskFull');
      expect(await alice.hearsTelling(1)).toEqual(['[FIRING] DiskFull']);
      await server.process.stop();
    }
    await using _again = startNgircdOn(port);
    await using bob = await eventually('the server is back', () => Person.join(port, '#ops'));
    await tellUntilSent(receiver, 'NetDown');
    expect(await bob.hearsTelling(1)).toEqual(['[FIRING] NetDown']);
  });

  test.concurrent('is never flooded: of many messages at once none is lost and none comes twice', async () => {
    await using stage = await open({ flood_interval: '0s' });
    const names = Array.from({ length: 16 }, (_, index) => `Alert${index}`);
    await Promise.all(names.map((name) => tellUntilSent(stage.receiver, name)));
    expect((await stage.alice.hearsTelling(names.length)).toSorted()).toEqual(
      names.map((name) => `[FIRING] ${name}`).toSorted(),
    );
    expect(stage.warnings).toEqual([]);
  });

  test.concurrent('lets in who has the key of the channel, and nobody else', async () => {
    await using stage = await open({ channels: [{ name: '#ops', key: 'sesame' }] });
    stage.alice.say('MODE #ops +k sesame');
    await stage.alice.hears(/MODE #ops \+k/);
    expect(await tell(stage.receiver, 'DiskFull')).toEqual({ kind: 'sent' });
    const config = { server: '127.0.0.1', port: String(stage.port), tls: 'false', nick: 'other', channels: ['#ops'] };
    const keyless = irc.create(irc.schema.parse(config), receiverDependencies());
    expect(await tell(keyless, 'DiskFull')).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('wrong key'),
    });
    await keyless.close?.();
  });

  test.concurrent('has two bots of one name: the second goes by another, and both are heard', async () => {
    await using stage = await open();
    stage.receiver.start?.();
    await stage.arrival();
    const config = { server: '127.0.0.1', port: String(stage.port), tls: 'false', channels: ['#ops'] };
    const second = irc.create(irc.schema.parse(config), receiverDependencies());
    expect(await tell(second, 'FromSecond')).toEqual({ kind: 'sent' });
    expect(await tell(stage.receiver, 'FromFirst')).toEqual({ kind: 'sent' });
    await stage.alice.hears(/^:tocsin_!\S* NOTICE #ops :\[FIRING\] FromSecond/);
    await second.close?.();
    await stage.alice.hears(/^:tocsin_!\S* QUIT/);
  });

  test.concurrent('passes on the longest line whole', async () => {
    await using stage = await open();
    const words = Array.from({ length: 90 }, (_, index) => `wörd${index}`).join(' ');
    const long = notification({
      alerts: [notifiedAlert({ labels: { alertname: 'Long' }, annotations: { summary: words }, generatorURL: '' })],
      commonLabels: {},
    });
    const signal = AbortSignal.timeout(stage.receiver.attemptTimeoutMs);
    expect(await stage.receiver.send(long, { signal })).toEqual({ kind: 'sent' });
    expect((await stage.alice.hearsTelling(2)).join(' ')).toBe(`[FIRING] Long: ${words}`);
  });
});
