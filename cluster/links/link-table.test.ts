import { pino } from 'pino';
import { expect, test } from 'vitest';
import { ByteStreamEnd } from '../../test/support/byte-stream-pair.ts';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { AddressBook } from './address-book.ts';
import type { ByteStream } from './byte-stream.ts';
import { frame } from './frames.ts';
import { encodeLinkMessage, type LinkMessage } from './link-message.ts';
import { type LinkConnection, LinkTable } from './link-table.ts';

const C = '12D3KooWGC6tPcfAMXpBPvTvDnGdWJpTXr5fVbVs1jkyu1DZTdt5';

/** A connection as the table sees it; the story holds its other end. */
class Connection implements LinkConnection {
  readonly remoteAddress = '10.0.0.2:40000';
  readonly peer: string;
  readonly direction: 'inbound' | 'outbound';
  readonly far: ByteStreamEnd;
  readonly #near: ByteStreamEnd;
  readonly #table: LinkTable;
  closedWith: string | undefined;

  constructor(table: LinkTable, peer: string, direction: 'inbound' | 'outbound') {
    this.peer = peer;
    this.direction = direction;
    this.#table = table;
    [this.#near, this.far] = ByteStreamEnd.pair();
  }

  async openTalk(): Promise<ByteStream> {
    return this.#near;
  }

  talk(): void {
    this.#table.talkBegan(this, this.#near);
  }

  say(message: LinkMessage): void {
    this.far.send(frame(encodeLinkMessage(message)));
  }

  beat(): void {
    this.far.send(frame(new Uint8Array()));
  }

  abort(cause: Error): void {
    if (this.closedWith !== undefined) return;
    this.closedWith = cause.message;
    queueMicrotask(() => this.#table.closed(this));
  }
}

class Node {
  readonly system = new VirtualSystem();
  readonly changes: string[] = [];
  readonly heardOf: string[] = [];
  /** Peers that broadcasts do not reach. */
  readonly deaf = new Set<string>();
  readonly book = new AddressBook({ self: 'a', forgetAfterMs: 1_000_000 });
  readonly table = new LinkTable(
    {
      system: this.system,
      logger: pino({ level: 'silent' }),
      book: this.book,
      canBroadcast: (peer) => !this.deaf.has(peer),
      onLinkChange: (peer, change) => void this.changes.push(`${peer} ${change}`),
      onHeardOf: (peer) => void this.heardOf.push(peer),
      onForgotten: () => undefined,
    },
    { self: 'a', ownAddresses: () => ['10.0.0.1:9094'] },
  );

  constructor() {
    this.table.start();
  }

  open(peer: string, direction: 'inbound' | 'outbound' = 'inbound'): Connection {
    const connection = new Connection(this.table, peer, direction);
    this.table.opened(connection);
    return connection;
  }

  link(peer: string): Connection {
    const connection = this.open(peer);
    connection.talk();
    connection.say({ addresses: [`${peer}:9094`], peers: [] });
    return connection;
  }
}

test('a link is up when the peer has greeted and broadcasts can flow', async () => {
  const node = new Node();
  node.deaf.add('b');
  const connection = node.open('b');
  connection.talk();
  await node.system.advance(100);
  connection.say({ addresses: ['10.0.0.2:9094'], peers: [] });
  await node.system.advance(100);
  expect(node.changes).toEqual([]);
  node.deaf.delete('b');
  await node.system.advance(100);
  expect([node.changes, node.table.isUp('b')]).toEqual([['b up'], true]);
});

test('a connection that does not become a link is closed and nothing is told of it', async () => {
  const node = new Node();
  const connection = node.open('b');
  await node.system.advance(10_100);
  expect([connection.closedWith, node.changes]).toEqual(['the link did not come up', []]);
});

test('a connection over which broadcasts never flow is made anew sooner', async () => {
  const node = new Node();
  node.deaf.add('b');
  const connection = node.link('b');
  await node.system.advance(5_100);
  expect([connection.closedWith, node.changes]).toEqual(['the link did not come up', []]);
});

test('a peer that falls silent is given up within seven seconds', async () => {
  const node = new Node();
  const connection = node.link('b');
  await node.system.advance(5_500);
  expect(connection.closedWith).toBeUndefined();
  await node.system.advance(1_500);
  expect([connection.closedWith, node.changes]).toEqual(['the peer has fallen silent', ['b up', 'b closed']]);
  expect(node.table.lost).toBe(1);
});

test('a peer that says something now and then is kept, whatever stream it says it on', async () => {
  const node = new Node();
  const [b, c] = [node.link('b'), node.link('c')];
  for (let second = 0; second < 60; second += 4) {
    await node.system.advance(4_000);
    b.beat();
    node.table.noteHeard('c');
  }
  expect([b.closedWith, c.closedWith]).toEqual([undefined, undefined]);
});

test('after a stall of this node the peers have not been silent', async () => {
  const node = new Node();
  const connection = node.link('b');
  await node.system.advance(2_000);
  await node.system.stall(30_000);
  await node.system.advance(2_000);
  connection.beat();
  await node.system.advance(4_000);
  expect(connection.closedWith).toBeUndefined();
});

test('a link over which broadcasts no longer flow is made anew', async () => {
  const node = new Node();
  const connection = node.link('b');
  node.deaf.add('b');
  await node.system.advance(4_500);
  expect(connection.closedWith).toBe('broadcasts do not pass any more');
});

test('a peer that does not keep to the protocol is closed', async () => {
  for (const noise of [new Uint8Array([255, 255, 255, 255]), frame(new Uint8Array([1, 2, 3]))]) {
    const node = new Node();
    const connection = node.link('b');
    connection.far.send(noise);
    await node.system.advance(1);
    expect(node.changes).toEqual(['b up', 'b closed']);
  }
});

test('everybody is told of everybody who is linked, with its own word on where it is', async () => {
  const node = new Node();
  const b = node.link('b');
  const told: string[] = [];
  b.far.read({
    onBytes: (bytes) => void told.push(new TextDecoder().decode(bytes.subarray(4))),
    onEnd: () => undefined,
  });
  node.link('c');
  expect(told).toEqual([
    JSON.stringify({ addresses: ['10.0.0.1:9094'], peers: [] }),
    JSON.stringify({ peers: [['c', ['c:9094']]] }),
  ]);
});

test('whom a peer tells of is dialled, unless there is a link', async () => {
  const node = new Node();
  const b = node.link('b');
  node.heardOf.length = 0;
  b.say({ peers: [{ peer: C, addresses: ['10.0.0.3:9094'] }] });
  expect([node.heardOf, node.book.addressesOf(C)]).toEqual([[C], ['10.0.0.3:9094']]);
});

test('a newer connection of a peer that lost the old one takes its place', async () => {
  const node = new Node();
  const old = node.link('b');
  node.table.noteHeard('b');
  await node.system.advance(5_500);
  const room = node.table.makeRoom('b', 'inbound', () => true);
  await node.system.advance(100);
  expect([await room, old.closedWith]).toEqual([true, 'a newer connection takes its place']);
  node.link('b');
  expect(node.changes).toEqual(['b up', 'b closed', 'b up']);
});

test('a connection that would be one too many never gets to be one', async () => {
  const node = new Node();
  node.open('b', 'outbound');
  expect(await node.table.makeRoom('b', 'outbound', () => true)).toBe(false);
  expect(node.table.opened(new Connection(node.table, 'b', 'inbound'))).toBe(false);
});

test('a stop leaves no timer', async () => {
  const node = new Node();
  node.open('b');
  await node.system.advance(100);
  node.table.stop();
  expect(node.system.pendingTimers).toBe(0);
});
