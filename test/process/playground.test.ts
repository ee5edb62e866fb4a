/**
 * The playground as a newcomer meets it: `npm start`, `npm run fire`, `npm run kill` and Ctrl-C as real processes. Only the
 * waits of the ladder are shorter.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Inbox } from '../../scripts/playground/inbox.ts';
import { withPorts } from '../../scripts/playground/ladder-copy.ts';
import { eventually } from '../support/eventually.ts';
import { RealProcess, runProgram } from '../support/real-process.ts';
import { TemporaryDirectory } from '../support/temporary-directory.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const LADDER = readFileSync(join(REPOSITORY, 'examples/tocsin.yml'), 'utf8');
/** What the README has people post without npm. */
const README_ALERTS = /curl .*-d '(\[\{.*\}\])'/.exec(readFileSync(join(REPOSITORY, 'README.md'), 'utf8'))?.[1] ?? '';
const NOBODY = 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n';
const CONFIG_FILE = 'tocsin.yml';
const timeoutMs = 30_000;

class Playground implements AsyncDisposable {
  readonly process: RealProcess;
  /** Of its three nodes. */
  readonly nodeUrls: readonly string[];
  readonly inboxUrl: string;
  readonly ports: { readonly irc: number; readonly smtp: number; readonly botApi: number };

  static async start(home: Home, args: readonly string[] = []): Promise<Playground> {
    const given = [
      `--storage.path=${home.directory.join(`data-${crypto.randomUUID()}`)}`,
      '--web.listen-address=127.0.0.1:0',
    ];
    const child = RealProcess.start(process.execPath, [join(REPOSITORY, 'scripts/start.ts'), ...given, ...args], {
      env: home.env,
    });
    const find = async (pattern: RegExp) => (await child.waitForLine(pattern, { timeoutMs }))[1] ?? '';
    const nodeUrls: string[] = [];
    for (const number of [1, 2, 3]) nodeUrls.push(await find(new RegExp(`^Node ${number} +(http:\\S+)$`)));
    const inboxUrl = await find(/^The inbox +(http:\S+)\//);
    const [irc, smtp, botApi] = [
      await find(/^IRC server +127\.0\.0\.1:(\d+)/),
      await find(/^SMTP server +127\.0\.0\.1:(\d+)/),
      await find(/^Telegram Bot API +http:\/\/127\.0\.0\.1:(\d+)/),
    ].map(Number) as [number, number, number];
    return new Playground(child, { nodeUrls, inboxUrl, ports: { irc, smtp, botApi } });
  }

  private constructor(
    child: RealProcess,
    { nodeUrls, inboxUrl, ports }: Pick<Playground, 'nodeUrls' | 'inboxUrl' | 'ports'>,
  ) {
    this.process = child;
    this.nodeUrls = nodeUrls;
    this.inboxUrl = inboxUrl;
    this.ports = ports;
  }

  get allPorts(): number[] {
    return [...Object.values(this.ports), ...[...this.nodeUrls, this.inboxUrl].map((url) => Number(new URL(url).port))];
  }

  async messages(): Promise<Inbox['columns']> {
    return (await fetch(`${this.inboxUrl}/api/messages`)).json() as Promise<Inbox['columns']>;
  }

  /** Gives all nodes the ladder, with waits that are short enough for a test. */
  async useQuickLadder(home: Home): Promise<void> {
    const quick = LADDER.replace('group_wait: 10s', 'group_wait: 100ms').replace(
      'group_interval: 1m',
      'group_interval: 300ms',
    );
    home.directory.write(CONFIG_FILE, withPorts(quick, this.ports));
    for (const url of this.nodeUrls) {
      expect((await fetch(`${url}/-/reload`, { method: 'POST' })).status).toBe(200);
    }
  }

  /** Waits until all of these have arrived. */
  async arrive(...lines: string[]): Promise<void> {
    await eventually(
      lines.join(', '),
      async () => {
        const told = await this.told();
        return lines.every((line) => told.includes(line));
      },
      { timeoutMs },
    );
  }

  /** Until then a page may go out twice if its sender dies: nobody else knows that it was sent. */
  async allKnowWhatWasTold({ messages }: { messages: number }): Promise<void> {
    const isKnown = async () => {
      if (this.process.lines.filter((line) => line.includes('Notification sent')).length < messages) return false;
      const answers = await Promise.all(this.nodeUrls.map((url) => fetch(`${url}/api/v3/cluster`)));
      const reports = (await Promise.all(answers.map((answer) => answer.json()))) as { claims: { total: number } }[];
      return reports.every(({ claims }) => claims.total === 0);
    };
    await eventually('nobody is about to say anything, and all know it', isKnown, { timeoutMs });
  }

  /** What arrived, as `channel #ops …`, `mail to … …`, `phone 1001 …`; with the alert's name and whether it fires. */
  async told(): Promise<string[]> {
    const { channel, mailbox, phone } = await this.messages();
    return [
      ...channel.map(({ target, text }) => `channel ${target} ${gist(text)}`),
      ...mailbox.map(({ to, subject }) => `mail ${to.join()} ${gist(subject)}`),
      ...phone.map(({ chat, runs }) => `phone ${chat} ${gist(runs.map(({ text }) => text).join(''))}`),
    ].toSorted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
  }
}

/** Where a playground may leave things. */
class Home implements Disposable {
  readonly directory = new TemporaryDirectory();
  readonly temporary = this.directory.join('tmp');
  readonly env = { TMPDIR: this.temporary, TOCSIN_PLAYGROUND_FILE: this.directory.join('playground.json') };

  constructor() {
    mkdirSync(this.temporary);
  }

  run(script: 'fire' | 'resolve' | 'kill' | 'revive', ...args: string[]) {
    return runProgram(process.execPath, [join(REPOSITORY, `scripts/${script}.ts`), ...args], { env: this.env });
  }

  [Symbol.dispose](): void {
    this.directory[Symbol.dispose]();
  }
}

function gist(text: string): string {
  const name = /DiskFull|BackupFailed|CertificateExpiresSoon|KeyLeaked/.exec(text)?.[0];
  return `${name} ${/resolved/i.test(text) ? 'resolved' : 'firing'}`;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(false)).on('error', () => resolve(true));
    socket.on('connect', () => socket.destroy());
  });
}

test('what is fired arrives in the inbox by the ladder, its end too, and Ctrl-C leaves nothing behind', async () => {
  using home = new Home();
  const configFile = home.directory.write(CONFIG_FILE, NOBODY);
  await using playground = await Playground.start(home, [`--config.file=${configFile}`]);
  await playground.useQuickLadder(home);
  for (const severity of ['interesting', 'important', 'urgent']) {
    const fired = await home.run('fire', '--severity', severity);
    expect(fired).toMatchObject({ code: 0, output: expect.stringContaining(playground.inboxUrl) });
  }
  expect((await home.run('fire', '--severity', 'urgent', '--visibility', 'private')).code).toBe(0);
  const firing = [
    'channel #ops CertificateExpiresSoon firing',
    'channel #ops BackupFailed firing',
    'mail ops@example.org BackupFailed firing',
    'channel #ops DiskFull firing',
    'mail ops@example.org DiskFull firing',
    'phone 1001 DiskFull firing',
    'mail security@example.org KeyLeaked firing',
    'phone 1002 KeyLeaked firing',
  ];
  await playground.arrive(...firing);
  // The same alert as one of those fired, without the mark of that.
  const headers = { 'Content-Type': 'application/json' };
  const posted = await fetch(`${playground.nodeUrls[0]}/api/v2/alerts`, {
    method: 'POST',
    headers,
    body: README_ALERTS,
  });
  expect(posted.status).toBe(200);

  expect(await home.run('resolve')).toMatchObject({ code: 0, output: expect.stringContaining('Ended DiskFull db1') });
  const resolved = firing.map((line) => line.replace('firing', 'resolved'));
  await playground.arrive(...resolved);
  expect(await playground.told()).toEqual([...firing, ...resolved].toSorted());
  const { channel, mailbox, phone } = await playground.messages();
  for (const { node } of [...channel, ...mailbox, ...phone]) expect([1, 2, 3]).toContain(node);
  const mails = mailbox.filter(({ subject }) => subject.includes('DiskFull'));
  expect(mails.map(({ threadId }) => threadId ?? mails[0]?.messageId)).toEqual(
    mails.map(() => mails[0]?.threadId ?? mails[0]?.messageId),
  );

  playground.process.signal('SIGINT');
  expect(await playground.process.exited).toEqual({ code: 0, signal: null });
  expect(await Promise.all(playground.allPorts.map(isFree))).not.toContain(false);
  expect(readdirSync(home.temporary)).toEqual([]);
  expect(await home.run('fire')).toMatchObject({ code: 3, output: expect.stringContaining('npm start') });
});

test('when the node that told it is killed the next page arrives all the same, and once', async () => {
  using home = new Home();
  const configFile = home.directory.write(CONFIG_FILE, NOBODY);
  await using playground = await Playground.start(home, [`--config.file=${configFile}`]);
  await playground.useQuickLadder(home);

  await home.run('fire', '--severity', 'urgent');
  await playground.arrive('phone 1001 DiskFull firing');
  await playground.allKnowWhatWasTold({ messages: 3 });
  const teller = (await playground.messages()).phone[0]?.node ?? 0;
  expect(await home.run('kill', `${teller}`)).toMatchObject({ code: 0 });
  expect(await isFree(Number(new URL(playground.nodeUrls[teller - 1] ?? '').port))).toBe(true);

  // A new alert, and the end of one that only the dead node has told.
  const fired = await home.run('fire', '--severity', 'important');
  expect(fired).toMatchObject({ code: 0, output: expect.stringContaining(`node ${teller} does not answer`) });
  await playground.arrive('channel #ops BackupFailed firing', 'mail ops@example.org BackupFailed firing');
  expect(await home.run('resolve')).toMatchObject({ code: 0 });
  const firing = [
    'channel #ops BackupFailed firing',
    'channel #ops DiskFull firing',
    'mail ops@example.org BackupFailed firing',
    'mail ops@example.org DiskFull firing',
    'phone 1001 DiskFull firing',
  ];
  const resolved = firing.map((line) => line.replace('firing', 'resolved'));
  await playground.arrive(...resolved);
  expect(await playground.told()).toEqual([...firing, ...resolved].toSorted());

  expect(await home.run('revive', `${teller}`)).toMatchObject({ code: 0 });
  expect((await fetch(`${playground.nodeUrls[teller - 1]}/-/ready`)).status).toBe(200);
  playground.process.signal('SIGINT');
  expect(await playground.process.exited).toEqual({ code: 0, signal: null });
});

test('a second playground says which ports it has instead, and how its node is found', async () => {
  using home = new Home();
  await using first = await Playground.start(home);
  await using second = await Playground.start(home);
  expect(new Set([...first.allPorts, ...second.allPorts]).size).toBe(14);
  await second.process.waitForLine(/Port \d+ is taken; the IRC server listens on \d+ instead/, { timeoutMs });
  await second.process.waitForLine(new RegExp(`npm run resolve -- --url ${second.nodeUrls[0]}`), { timeoutMs });
  const { config } = (await (await fetch(`${second.nodeUrls[0]}/api/v2/status`)).json()) as {
    config: { original: string };
  };
  for (const port of Object.values(second.ports)) expect(config.original).toContain(String(port));
  for (const { process: child } of [second, first]) {
    child.signal('SIGTERM');
    expect(await child.exited).toEqual({ code: 0, signal: null });
  }
  expect(readdirSync(home.temporary)).toEqual([]);
});

test('a playground that is killed leaves no node behind', async () => {
  using home = new Home();
  await using playground = await Playground.start(home);
  for (const url of playground.nodeUrls) expect((await fetch(`${url}/-/ready`)).status).toBe(200);
  playground.process.signal('SIGKILL');
  await playground.process.exited;
  const ports = playground.nodeUrls.map((url) => Number(new URL(url).port));
  await eventually('the nodes are gone', async () => !(await Promise.all(ports.map(isFree))).includes(false), {
    timeoutMs,
  });
});

test('a node that cannot start says why and takes all with it', async () => {
  using home = new Home();
  const configFile = home.directory.write('bad.yml', 'route: {receiver: nowhere}\n');
  const start = [
    join(REPOSITORY, 'scripts/start.ts'),
    `--config.file=${configFile}`,
    '--web.listen-address=127.0.0.1:0',
  ];
  const ended = await runProgram(process.execPath, [...start, `--storage.path=${home.directory.join('data')}`], {
    env: home.env,
  });
  expect(ended.code).toBe(1);
  // Once, not three times.
  expect(ended.output.match(/bad\.yml:1\b.*nowhere/g)).toHaveLength(1);
});
