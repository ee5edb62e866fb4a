/** What libp2p alone does not do, on real sockets: each story is a way in which a cluster on it was seen to fall apart. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Libp2pTransport, Libp2pTransportOptions } from '../../cluster/libp2p-transport.ts';
import { eventually } from '../support/eventually.ts';
import { makeTransport, SECRET } from '../support/libp2p-stage.ts';
import { RealProcess } from '../support/real-process.ts';

const NODE_PROCESS = join(import.meta.dirname, '../support/libp2p-node-process.ts');
const KIB = 1024;
/** As operators have them. */
const USUAL_REDIAL = {};

/** A node that runs, and what it was told. */
class Member {
  readonly transport: Libp2pTransport;
  readonly changes: string[] = [];
  readonly heard: { readonly origin: string; readonly bytes: Uint8Array }[] = [];

  static async start(options: Partial<Libp2pTransportOptions> = {}): Promise<Member> {
    const member = new Member(await makeTransport(options));
    await member.transport.start({
      onBroadcast: (origin, bytes) => void member.heard.push({ origin, bytes }),
      onRequest: async (_, bytes) => bytes,
      onLinkChange: (peer, change) => void member.changes.push(`${change} ${peer}`),
    });
    members.push(member);
    return member;
  }

  private constructor(transport: Libp2pTransport) {
    this.transport = transport;
  }

  get id(): string {
    return this.transport.self;
  }

  get address(): string {
    return this.transport.listenAddress ?? '';
  }

  get peers(): readonly string[] {
    return this.transport.peers();
  }

  isLinkedTo(other: Member): boolean {
    return this.peers.includes(other.id) && other.peers.includes(this.id);
  }

  texts(): string[] {
    return this.heard.map(({ bytes }) => Buffer.from(bytes).toString());
  }

  async ask(peer: string, text: string, timeoutMs = 5_000): Promise<string> {
    const signal = AbortSignal.timeout(timeoutMs);
    return Buffer.from(await this.transport.request(peer, Buffer.from(text), { signal })).toString();
  }
}

const members: Member[] = [];

afterEach(async () => {
  await Promise.all(members.splice(0).map(({ transport }) => transport.stop()));
});

const all = (count: number, start: (index: number) => Promise<Member>) =>
  Promise.all(Array.from({ length: count }, (_, index) => start(index)));

test('who is given one peer comes to know all others', async () => {
  const first = await Member.start();
  const others = await all(4, () => Member.start({ peers: [first.address] }));
  const everybody = [first, ...others];
  await eventually('everybody linked to everybody', () => everybody.every(({ peers }) => peers.length === 4));
  expect(everybody.flatMap(({ changes }) => changes.filter((change) => change.startsWith('closed')))).toEqual([]);
});

test('two that dial each other at the same moment have one link, which comes up once and stays', async () => {
  const pairs = await all(20, () => Member.start());
  for (let index = 0; index < pairs.length; index += 2) {
    const [one, two] = pairs.slice(index, index + 2) as [Member, Member];
    one.transport.configurePeers([two.address]);
    two.transport.configurePeers([one.address]);
  }
  await eventually('every pair linked', () => pairs.every(({ peers }) => peers.length === 1));
  for (let index = 0; index < pairs.length; index += 2) {
    const [one, two] = pairs.slice(index, index + 2) as [Member, Member];
    expect(await Promise.all([one.ask(two.id, 'here?'), two.ask(one.id, 'here?')])).toEqual(['here?', 'here?']);
    one.transport.broadcast(Buffer.from('one'));
    two.transport.broadcast(Buffer.from('two'));
    await eventually('both broadcasts', () => one.heard.length > 0 && two.heard.length > 0);
    expect([one.changes, two.changes]).toEqual([[`up ${two.id}`], [`up ${one.id}`]]);
  }
});

test('a node that finds itself in its own list goes on with the others', async () => {
  const [one, two] = (await all(2, () => Member.start())) as [Member, Member];
  one.transport.configurePeers([one.address, two.address]);
  await eventually('a link', () => one.isLinkedTo(two));
  expect([one.peers, one.transport.counts.dialsFailed]).toEqual([[two.id], 0]);
});

test('nodes find each other by name and over IPv6', async () => {
  const four = await Member.start();
  const six = await Member.start({ listenAddress: { host: '::1', port: 0 } });
  const port = four.address.split(':')[1];
  const asker = await Member.start({
    peers: [`/dns4/localhost/tcp/${port}`, six.address.replace('::1', '0:0:0:0:0:0:0:1')],
  });
  await eventually('both linked', () => asker.isLinkedTo(four) && asker.isLinkedTo(six));
  expect(six.address).toMatch(/^\[::1\]:\d+$/);
  expect(asker.transport.links().map(({ direction }) => direction)).toEqual(['outbound', 'outbound']);
});

test('whoever has another secret, or none, gets nowhere, whoever dials', async () => {
  const member = await Member.start();
  const strangers = await Promise.all([
    Member.start({ secret: randomBytes(32), peers: [member.address] }),
    Member.start({ secret: undefined, peers: [member.address] }),
  ]);
  member.transport.configurePeers(strangers.map(({ address }) => address));
  await eventually('several vain attempts by each', () =>
    [member, ...strangers].every(({ transport }) => transport.counts.dialsFailed >= 3),
  );
  await eventually('the word of them', () => member.transport.counts.inboundRefused >= 6);
  expect([member, ...strangers].flatMap(({ peers }) => peers)).toEqual([]);
});

test('twenty peers on one address can come in at once', async () => {
  const hub = await Member.start();
  const options = { peers: [hub.address], advertiseAddress: '127.0.0.1:1', redial: USUAL_REDIAL };
  const leaves = await all(20, () => Member.start(options));
  await eventually('all linked', () => leaves.every((leaf) => leaf.isLinkedTo(hub)));
  // On a busy machine some may take too long and come again; a limit on their number would turn most of them away.
  expect(hub.transport.counts.inboundRefused).toBeLessThan(10);
  hub.transport.broadcast(Buffer.from('to all'));
  await eventually('all have heard', () => leaves.every(({ heard }) => heard.length === 1));
});

test('sockets that never finish the handshake keep nobody out', async () => {
  const member = await Member.start();
  const [host, port] = member.address.split(':');
  const flood = Array.from({ length: 500 }, () => connect({ host, port: Number(port) }).on('error', () => undefined));
  try {
    await eventually('many of them inside', () => member.transport.counts.inboundRefused >= 400);
    const peer = await Member.start({ peers: [member.address] });
    await eventually('a link', () => member.isLinkedTo(peer), { timeoutMs: 5_000 });
  } finally {
    for (const socket of flood) socket.destroy();
  }
});

test('a burst of a hundred messages of 250 KiB reaches everybody', async () => {
  const [one, two] = (await all(2, () => Member.start())) as [Member, Member];
  const third = await Member.start({ peers: [one.address, two.address] });
  const everybody = [one, two, third];
  await eventually('everybody linked', () => everybody.every(({ peers }) => peers.length === 2));
  for (let index = 0; index < 100; index += 1) {
    one.transport.broadcast(Buffer.alloc(250 * KIB, index));
  }
  await eventually('all of it', () => two.heard.length === 100 && third.heard.length === 100);
  expect(new Set(two.heard.map(({ bytes }) => bytes[0])).size).toBe(100);
  expect(everybody.flatMap(({ changes }) => changes).filter((change) => change.startsWith('closed'))).toEqual([]);
});

test('who is linked hears the very first broadcast, and after a restart under the same key again', async () => {
  const key = randomBytes(32);
  const member = await Member.start();
  for (const life of ['first', 'second']) {
    const other = await Member.start({ key, peers: [member.address] });
    await eventually('a link', () => member.isLinkedTo(other));
    member.transport.broadcast(Buffer.from(`to the ${life}`));
    other.transport.broadcast(Buffer.from(`from the ${life}`));
    await eventually('both broadcasts', () => other.heard.length === 1 && member.texts().includes(`from the ${life}`));
    await other.transport.stop();
    await eventually('a closed link', () => member.peers.length === 0);
  }
});

test('what is broadcast right before a stop still arrives', async () => {
  const one = await Member.start();
  const two = await Member.start({ peers: [one.address] });
  await eventually('a link', () => one.isLinkedTo(two));
  one.transport.broadcast(Buffer.alloc(200 * KIB));
  one.transport.broadcast(Buffer.from('goodbye'));
  await one.transport.stop();
  await eventually('the goodbye', () => two.texts().includes('goodbye'), { timeoutMs: 2_000 });
});

test('a peer that comes back and dials nobody itself is linked within seconds', async () => {
  const key = randomBytes(32);
  const gone = await Member.start({ key });
  const port = Number(gone.address.split(':')[1]);
  const member = await Member.start({ peers: [gone.address], redial: USUAL_REDIAL });
  await eventually('a link', () => member.isLinkedTo(gone));
  await gone.transport.stop();
  await eventually('several vain attempts', () => member.transport.counts.dialsFailed >= 3);
  const back = await Member.start({ key, listenAddress: { host: '127.0.0.1', port } });
  await eventually('a link again', () => member.isLinkedTo(back), { timeoutMs: 6_000 });
});

test('a frozen peer is noticed within seconds, holds up no stop, and is linked again when it thaws', async () => {
  const member = await Member.start();
  const args = [NODE_PROCESS, Buffer.from(SECRET).toString('base64url'), member.address];
  await using child = RealProcess.start(process.execPath, args);
  const [, , peer = ''] = await child.waitForLine(/^listening (\S+) (\S+)$/, { timeoutMs: 10_000 });
  await eventually('a link', () => member.peers.includes(peer));
  expect(await member.ask(peer, 'awake?')).toBe('awake?');

  child.signal('SIGSTOP');
  await expect(member.ask(peer, 'asleep?', 500)).rejects.toThrow(/timeout/);
  await eventually('a closed link', () => member.peers.length === 0, { timeoutMs: 9_000 });
  child.signal('SIGCONT');
  await eventually('a link again', () => member.peers.includes(peer), { timeoutMs: 8_000 });
  expect(await member.ask(peer, 'awake again?')).toBe('awake again?');

  child.signal('SIGSTOP');
  const beganMs = performance.now();
  await member.transport.stop();
  expect(performance.now() - beganMs).toBeLessThan(4_500);
});

test('a node that has stopped leaves nothing open', async () => {
  const member = await Member.start();
  const args = [NODE_PROCESS, Buffer.from(SECRET).toString('base64url'), member.address, '127.0.0.1:1'];
  await using child = RealProcess.start(process.execPath, args);
  await child.waitForLine(/^up /, { timeoutMs: 10_000 });
  expect(await child.stop({ timeoutMs: 5_000 })).toEqual({ code: 0, signal: null });
  await eventually('a closed link', () => member.peers.length === 0);
});
