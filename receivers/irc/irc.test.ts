import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.ts';
import { TemporaryDirectory } from '../../test/support/temporary-directory.ts';
import type { ReceiverDependencies } from '../kind.ts';
import { type OtherSide, receiverContract, type Stage } from '../receiver.contract.ts';
import type { Outcome, Receiver } from '../receiver.ts';
import { makeCertificates, type TestCertificates } from '../testing/certificates.ts';
import { receiverDependencies } from '../testing/dependencies.ts';
import { type IrcFaults, type IrcServer, type IrcServerOptions, startIrcServer } from '../testing/irc-server.ts';
import { notification, notifiedAlert } from '../testing/notifications.ts';
import { irc } from './irc.ts';

function create(block: object, dependencies: Partial<ReceiverDependencies> = {}): Receiver {
  return irc.create(irc.schema.parse(block), receiverDependencies(dependencies));
}

const FAULTS: Record<Exclude<OtherSide, 'absent'>, Partial<IrcFaults>> = {
  takes: {},
  refuses: { messageErrors: new Map([['#ops', 404]]) },
  'falls silent': { afterMessage: 'relay and fall silent' },
  'hangs up': { afterMessage: 'relay and hang up' },
};

async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe.each([
  ['a server that echoes', ['echo-message', 'sasl']],
  ['a server that does not', []],
] as const)('on %s', (_name, capabilities) => {
  receiverContract(async (otherSide): Promise<Stage> => {
    const server: IrcServer | undefined =
      otherSide === 'absent'
        ? undefined
        : await startIrcServer({
            capabilities,
            password: 'S3RV3R-PASS',
            accounts: { tocsin: 'S4SL-PASS' },
            channelKeys: { '#ops': 'CH4NN3L-KEY' },
            faults: FAULTS[otherSide],
          });
    const receiver = create({
      server: '127.0.0.1',
      port: String(server?.port ?? (await deadPort())),
      tls: 'false',
      server_password: 'S3RV3R-PASS',
      account: 'tocsin',
      password: 'S4SL-PASS',
      nickserv_password: 'N1CKS3RV-PASS',
      channels: [{ name: '#ops', key: 'CH4NN3L-KEY' }],
      flood_interval: '0s',
    });
    return {
      receiver,
      told: () => server?.messages.filter(({ target }) => target === '#ops').map(({ text }) => text) ?? [],
      toldSoMany: (count) => eventually('told', () => (server?.messages.length ?? 0) >= count).then(() => undefined),
      secrets: ['S3RV3R-PASS', 'S4SL-PASS', 'CH4NN3L-KEY', 'N1CKS3RV-PASS'],
      async [Symbol.asyncDispose]() {
        await receiver.close?.();
        await server?.[Symbol.asyncDispose]();
      },
    };
  });
});

interface Bot extends AsyncDisposable {
  readonly server: IrcServer;
  readonly receiver: Receiver;
  readonly logged: readonly string[];
  tell(change?: Parameters<typeof notification>[0]): Promise<Outcome>;
}

async function open(block: object = {}, options: IrcServerOptions = {}): Promise<Bot> {
  const server = await startIrcServer(options);
  const logged: string[] = [];
  const write = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const local = { server: '127.0.0.1', port: String(server.port), tls: 'false', channels: ['#ops'] };
  const receiver = create({ ...local, flood_interval: '0s', ...block }, { log: { info: write, warn: write } });
  return {
    server,
    receiver,
    logged,
    tell: (change) => receiver.send(notification(change), { signal: AbortSignal.timeout(10_000) }),
    async [Symbol.asyncDispose]() {
      await receiver.close?.();
      await server.close();
    },
  };
}

const texts = ({ messages }: IrcServer) => messages.map(({ target, text }) => `${target} ${text}`);

describe('getting in', () => {
  it('sits in its channels before there is anything to say, and says goodbye', async () => {
    await using bot = await open({ channels: ['#ops', '#dev'] });
    bot.receiver.start?.();
    await eventually('it is there', () => bot.server.members('#dev').includes('tocsin'));
    expect(bot.server.messages).toEqual([]);
    await bot.receiver.close?.();
    expect(bot.server.lines.at(-1)).toBe('QUIT :Tocsin says goodbye');
    expect(bot.server.members('#ops')).toEqual([]);
  });

  it('logs in with SASL before it joins', async () => {
    await using bot = await open(
      { account: 'tocsin', password: 'S4SL-PASS' },
      { capabilities: ['sasl'], accounts: { tocsin: 'S4SL-PASS' } },
    );
    expect(await bot.tell()).toEqual({ kind: 'sent' });
    const credentials = Buffer.from('tocsin\0tocsin\0S4SL-PASS').toString('base64');
    const [login, join] = [`AUTHENTICATE ${credentials}`, 'JOIN #ops'].map((line) => bot.server.lines.indexOf(line));
    expect(login).toBeGreaterThan(0);
    expect(join).toBeGreaterThan(login ?? 0);
    expect(bot.logged.join()).not.toContain('not logged in');
  });

  it('tells the password of the server to the server only, not to its accounts', async () => {
    await using bot = await open({ server_password: 'S3RV3R-PASS' }, { capabilities: ['sasl', 'echo-message'] });
    await bot.tell();
    expect(bot.server.lines).toContain('PASS S3RV3R-PASS');
    expect(bot.server.lines.filter((line) => line.startsWith('AUTHENTICATE'))).toEqual([]);
  });

  it('a file with more than a password in it cannot say anything to the server', async () => {
    using directory = new TemporaryDirectory();
    const server_password_file = directory.write('password', 'S3RV3R-PASS\r\nOPER root sesame\n');
    await using bot = await open({ server_password_file });
    await bot.tell();
    expect(bot.server.lines).toContain('PASS :S3RV3R-PASS  OPER root sesame');
  });

  it.each<[string, IrcServerOptions, string]>([
    ['refuses the password', { capabilities: ['sasl'], accounts: { tocsin: 'other' } }, 'SASL authentication failed'],
    ['knows no SASL', { capabilities: ['echo-message'] }, 'the server offers no SASL PLAIN'],
    ['knows no capabilities', {}, 'the server offers no SASL PLAIN'],
  ])('says so, and speaks all the same, where the server %s', async (_name, options, why) => {
    await using bot = await open({ account: 'tocsin', password: 'S4SL-PASS' }, options);
    expect(await bot.tell()).toEqual({ kind: 'sent' });
    expect(bot.logged.join()).toContain(`going on without {"server":"127.0.0.1:${bot.server.port}","reason":"${why}"}`);
    expect(bot.logged.join()).not.toContain('S4SL-PASS');
  });

  it.each<[string, Partial<IrcFaults>, RegExp]>([
    [
      'ERROR',
      { errorBeforeRegistration: 'Closing Link: (Throttled: too fast)' },
      /throttled \(Closing Link: \(Throttled: too fast\)\)/,
    ],
    ['a K-line', { errorBeforeRegistration: 'K-Lined: no bots, hunter2' }, /banned \(K-Lined: no bots, <secret>\)/],
    ['a closed connection', { dropsBeforeRegistration: true }, /dropped before registration \(the server closed/],
    ['433 to every nick', { isNickInUse: () => true }, /no nick is free \(Nickname is already in use\)/],
  ])('refuses at once when the server answers with %s, and says why', async (_name, faults, why) => {
    await using bot = await open({ nickserv_password: 'hunter2', server_password: 'hunter2' }, { faults });
    const outcome = await bot.tell();
    expect(outcome).toMatchObject({ kind: 'refused', retryable: true, message: expect.stringMatching(why) });
    expect(bot.logged.join() + JSON.stringify(outcome)).not.toContain('hunter2');
  });

  it('refuses when its time is up and the server has not said a word', async () => {
    await using bot = await open({}, { faults: { isSilent: true } });
    const outcome = await bot.receiver.send(notification(), { signal: AbortSignal.timeout(300) });
    expect(outcome).toMatchObject({ kind: 'refused', retryable: true });
  });

  it('gives a wrong password of the server as the reason, without it', async () => {
    await using bot = await open({ server_password: 'WR0NG' }, { password: 'right' });
    const outcome = await bot.tell();
    expect(outcome).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('wrong password (Password inc'),
    });
    expect(JSON.stringify(outcome)).not.toContain('WR0NG');
  });

  it('cannot read a password: refused, and the file is named', async () => {
    await using bot = await open({ server_password_file: '/nowhere/password' });
    expect(await bot.tell()).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('cannot read server_password_file /nowhere/password: ENOENT'),
    });
  });

  it('takes another nick if its own is in use', async () => {
    await using bot = await open({}, { faults: { isNickInUse: (nick) => nick === 'tocsin' } });
    expect(await bot.tell()).toEqual({ kind: 'sent' });
    expect(bot.server.messages[0]?.nick).toBe('tocsin_');
  });
});

describe('staying in', () => {
  it.each<[string, (server: IrcServer) => void]>([
    ['killed', (server) => server.kill('tocsin')],
    ['cut off', (server) => server.cutAll()],
    ['kicked', (server) => server.kick('#ops', 'tocsin')],
  ])('comes back when it was %s, and tells what waited', async (_name, happen) => {
    await using bot = await open();
    expect(await bot.tell()).toEqual({ kind: 'sent' });
    happen(bot.server);
    await eventually('it is noticed', () => bot.logged.some((line) => line.includes('retryInMs')));
    expect(await bot.tell()).toEqual({ kind: 'sent' });
    expect(bot.server.messages).toHaveLength(2);
  });
});

describe('over TLS', () => {
  let certificates: TestCertificates;
  beforeAll(() => {
    certificates = makeCertificates();
  });
  afterAll(() => certificates[Symbol.dispose]());
  const secure = (tls_config: object) =>
    open({ tls: 'true', server: 'localhost', tls_config }, { host: 'localhost', tls: certificates.server });

  it('trusts the authority it is told to, and is only told so', async () => {
    await using bot = await secure({ ca_file: certificates.caFile });
    expect(await bot.tell()).toEqual({ kind: 'sent' });
    await using stranger = await secure({});
    expect(await stranger.tell()).toMatchObject({ kind: 'refused', message: expect.stringContaining('unreachable') });
    expect(stranger.server.lines).toEqual([]);
  });

  it('minds the name in the certificate', async () => {
    await using bot = await secure({ ca_file: certificates.caFile, server_name: 'irc.example.org' });
    expect(await bot.tell()).toMatchObject({ kind: 'refused', message: expect.stringContaining('altnames') });
  });

  it('takes any certificate if it is told to', async () => {
    await using bot = await secure({ insecure_skip_verify: 'true' });
    expect(await bot.tell()).toEqual({ kind: 'sent' });
  });
});

describe('what is told', () => {
  it('goes to every channel as a notice, or as a message', async () => {
    await using bot = await open({ channels: ['#ops', '#dev'] });
    await bot.tell();
    await using other = await open({ message_type: 'message' });
    await other.tell();
    expect(bot.server.messages.map(({ target, kind }) => `${kind} ${target}`)).toEqual(['notice #ops', 'notice #dev']);
    expect(other.server.messages.map(({ kind }) => kind)).toEqual(['message']);
  });

  it('is what a template says', async () => {
    const renderTemplate = (text: string) => `${text} rendered\nQUIT :injected`;
    const server = await startIrcServer();
    const config = { server: '127.0.0.1', port: String(server.port), tls: 'false', channels: ['#ops'], message: 'own' };
    const receiver = create(config, { renderTemplate });
    await receiver.send(notification(), { signal: AbortSignal.timeout(10_000) });
    expect(texts(server)).toEqual(['#ops own rendered', '#ops QUIT :injected']);
    expect(server.members('#ops')).toEqual(['tocsin']);
    await receiver.close?.();
    await server.close();
  });

  it.each([
    ['fails', () => expect.fail('no such function')],
    ['says nothing', () => ' \n'],
  ])('is the standard words if the template %s', async (_name, renderTemplate) => {
    const server = await startIrcServer();
    const config = { server: '127.0.0.1', port: String(server.port), tls: 'false', channels: ['#ops'], message: 'own' };
    const receiver = create(config, { renderTemplate });
    expect(await receiver.send(notification(), { signal: AbortSignal.timeout(10_000) })).toEqual({ kind: 'sent' });
    expect(texts(server)[0]).toContain('[FIRING] DiskFull');
    await receiver.close?.();
    await server.close();
  });

  it('a template that cannot be parsed makes no receiver', () => {
    const checkTemplate = () => expect.fail('unclosed action');
    const making = () => create({ server: 'irc.example.org', channels: ['#ops'], message: '{{' }, { checkTemplate });
    expect(making).toThrow(/its message cannot be rendered: unclosed action/);
  });

  it('cannot break out of its line, whatever the alert says', async () => {
    await using bot = await open();
    const labels = { alertname: 'Evil\r\nQUIT :bye', instance: '\u0000\u0001ACTION\u0003' };
    const annotations = { summary: 'one\nPRIVMSG #ops :two\r\nJOIN #other' };
    expect(await bot.tell({ alerts: [notifiedAlert({ labels, annotations, generatorURL: '' })] })).toEqual({
      kind: 'sent',
    });
    expect(texts(bot.server)).toEqual(['#ops [FIRING] Evil QUIT :bye ACTION: one PRIVMSG #ops :two JOIN #other']);
  });
});

describe('in part', () => {
  const closed = () => ({ faults: { messageErrors: new Map([['#closed', 404]]) } });

  it('is unknown, and the next attempt says only the rest', async () => {
    await using bot = await open({ channels: ['#ops', '#closed'] }, closed());
    expect(await bot.tell()).toMatchObject({
      kind: 'unknown',
      message: '1 of 2 lines confirmed; #closed: Cannot send to channel (404)',
    });
    bot.server.faults.messageErrors.clear();
    expect(await bot.tell()).toEqual({ kind: 'sent' });
    expect(bot.server.messages.map(({ target }) => target)).toEqual(['#ops', '#closed']);
    // Told again it is told to all.
    expect(await bot.tell()).toEqual({ kind: 'sent' });
    expect(bot.server.messages).toHaveLength(4);
  });

  it('does not keep a channel that works from the repeats while another one never works', async () => {
    await using bot = await open(
      { channels: ['#ops', '#banned'] },
      { faults: { joinErrors: new Map([['#banned', 474]]) } },
    );
    const { nowMs } = notification();
    const heard = [];
    for (const minutes of [0, 0, 1, 59, 60, 60, 61, 120]) {
      expect(await bot.tell({ nowMs: nowMs + minutes * 60_000, repeatIntervalMs: 60 * 60_000 })).toMatchObject({
        kind: 'unknown',
      });
      heard.push(bot.server.messages.length);
    }
    expect(heard).toEqual([1, 1, 1, 1, 2, 2, 2, 3]);
    await bot.tell({ nowMs: nowMs + 121 * 60_000, reason: 'repeat interval elapsed' });
    expect(bot.server.messages).toHaveLength(4);
  });

  it('of another notification about the group nothing counts as told', async () => {
    await using bot = await open({ channels: ['#ops', '#closed'] }, closed());
    await bot.tell();
    await bot.tell({ alerts: [notifiedAlert({ startsAtMs: 1 })] });
    expect(bot.server.messages.map(({ target }) => target)).toEqual(['#ops', '#ops']);
  });
});

describe('receivers', () => {
  it('that disagree about key and words are one bot in the channel all the same', async () => {
    await using server = await startIrcServer({ channelKeys: { '#k': 'right' } });
    const { sessions } = receiverDependencies();
    const config = (key: string, realname: string) => {
      const local = { server: '127.0.0.1', port: String(server.port), tls: 'false' };
      return { ...local, realname, channels: [{ name: '#k', key }] };
    };
    const receivers = [config('right', 'One'), config('wrong', 'Other'), config('right', 'One')].map((block) =>
      create(block, { sessions }),
    );
    for (const receiver of receivers) receiver.start?.();
    await eventually('in the channel', () => server.members('#k').length === 1);
    expect(server.connections).toBe(1);
    expect(server.lines).toContain('USER tocsin 0 * One');
    for (const receiver of receivers) await receiver.close?.();
  });

  it('of one server and nick share a connection, also over a reload, and leave what nobody names any more', async () => {
    await using server = await startIrcServer();
    const { sessions } = receiverDependencies();
    const config = (...channels: string[]) => ({
      server: '127.0.0.1',
      port: String(server.port),
      tls: 'false',
      channels,
    });
    const [ops, dev] = [create(config('#ops'), { sessions }), create(config('#dev', '#ops'), { sessions })];
    for (const receiver of [ops, dev]) receiver.start?.();
    await eventually('in both', () => server.members('#dev').length + server.members('#ops').length === 2);
    const reloaded = create(config('#ops'), { sessions });
    reloaded.start?.();
    await Promise.all([ops.close?.(), dev.close?.()]);
    await eventually('out of one', () => server.members('#dev').length === 0);
    expect(await reloaded.send(notification(), { signal: AbortSignal.timeout(10_000) })).toEqual({ kind: 'sent' });
    expect(server.connections).toBe(1);
    await reloaded.close?.();
    expect(server.lines.at(-1)).toMatch(/^QUIT/);
  });

  it('that never came into force leave no trace', async () => {
    await using server = await startIrcServer();
    const config = { server: '127.0.0.1', port: String(server.port), tls: 'false', channels: ['#ops'] };
    await create(config).close?.();
    expect(server.connections).toBe(0);
  });

  it('go by server and channels, not by nick, so that peers and reloads know the place again', () => {
    const destination = (change: object) =>
      create({ server: 'irc.example.org', channels: ['#ops', '#dev'], ...change }).destination;
    expect(destination({ nick: 'other', channels: ['#Dev', { name: '#OPS', key: 'k' }] })).toBe(destination({}));
    expect(destination({ channels: ['#ops'] })).not.toBe(destination({}));
    expect(destination({ server: 'irc.example.com' })).not.toBe(destination({}));
  });

  it('have 15 s for an attempt, and longer where their own flood limit needs it', () => {
    const timeoutMs = (change: object) =>
      create({ server: 'irc.example.org', channels: ['#ops'], ...change }).attemptTimeoutMs;
    expect(timeoutMs({})).toBe(15_000);
    expect(timeoutMs({ flood_burst: '1', flood_interval: '10s' })).toBeGreaterThan(50_000);
  });
});
