/**
 * One node's Transport on a memory network. It relays every broadcast once to everyone it is linked to, so that nodes
 * without a direct link hear each other through others; a request goes to a direct peer only. Its process can be frozen:
 * then it hears and says nothing, and what comes waits within the bounds of its connections.
 */

import {
  LARGEST_MESSAGE_BYTES,
  type NodeId,
  RequestError,
  type Transport,
  type TransportHandlers,
} from '../transport.ts';
import type { LinkEnd, LinkMessage } from './memory-link.ts';

/** What a node needs of its network. */
export interface MemoryNodeWorld {
  /** Unique in the network. */
  nextMessageId(): number;
  onStarted(node: MemoryNode): void;
  onSent(node: MemoryNode, bytes: number): void;
}

interface PendingRequest {
  readonly end: LinkEnd;
  readonly settle: (answer: Uint8Array | Error) => void;
  /** Takes the listener off the asker's signal. */
  readonly forget: () => void;
}

/** Of one peer; more are answered with a failure. */
const MOST_REQUESTS_AT_WORK = 64;

export class MemoryNode implements Transport {
  readonly self: NodeId;
  readonly place: string;
  readonly #world: MemoryNodeWorld;
  readonly #seen = new RecentIds();
  readonly #pending = new Map<number, PendingRequest>();
  readonly #atWork = new Map<LinkEnd, number>();
  /** Those that are up. */
  #ends: readonly LinkEnd[] = [];
  #peers: readonly NodeId[] = [];
  #handlers: TransportHandlers | undefined;
  #state: 'joined' | 'running' | 'ended' = 'joined';
  #isFrozen = false;
  #heardFrozen: (() => void)[] = [];
  #saidFrozen: (() => void)[] = [];

  constructor(dependencies: { world: MemoryNodeWorld }, { self, place }: { self: NodeId; place: string }) {
    this.#world = dependencies.world;
    this.self = self;
    this.place = place;
  }

  peers(): readonly NodeId[] {
    return this.#peers;
  }

  broadcast(bytes: Uint8Array): void {
    assertSize(bytes);
    const message: LinkMessage = {
      kind: 'broadcast',
      id: this.#world.nextMessageId(),
      origin: this.self,
      bytes: bytes.slice(),
    };
    this.#seen.add(message.id);
    this.#say(() => this.#flood(message, undefined));
  }

  async request(peer: NodeId, bytes: Uint8Array, { signal }: { signal: AbortSignal }): Promise<Uint8Array> {
    signal.throwIfAborted();
    assertSize(bytes);
    const end = this.#ends.find((candidate) => candidate.peer === peer);
    if (!end) throw new RequestError(`there is no link to ${peer}`);
    const id = this.#world.nextMessageId();
    const copy = bytes.slice();
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#pending.delete(id);
        reject(signal.reason);
      };
      const settle = (answer: Uint8Array | Error) => {
        pending.forget();
        this.#pending.delete(id);
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      };
      const pending = { end, settle, forget: () => signal.removeEventListener('abort', onAbort) };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#pending.set(id, pending);
      this.#say(() => {
        if (!this.#send(end, { kind: 'request', id, bytes: copy })) settle(new RequestError(`${peer} takes no more`));
      });
    });
  }

  async start(handlers: TransportHandlers): Promise<void> {
    if (this.#state !== 'joined') throw new Error('a transport can be started once only');
    this.#state = 'running';
    this.#handlers = handlers;
    this.#world.onStarted(this);
  }

  async stop(): Promise<void> {
    for (const { settle } of [...this.#pending.values()]) settle(new RequestError('this node has stopped'));
    this.end();
  }

  // --- for the network only -----------------------------------------------------------------------------------------

  /** Ready to be linked to. A frozen process answers no dial. */
  get isReachable(): boolean {
    return this.#state === 'running' && !this.#isFrozen;
  }

  get isEnded(): boolean {
    return this.#state === 'ended';
  }

  /** The process is gone: nothing of it runs any more, and its kernel closes the connections. */
  end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    for (const { forget } of this.#pending.values()) forget();
    this.#pending.clear();
    for (const end of this.#ends) end.end();
    this.#ends = [];
    this.#peers = [];
    this.#heardFrozen = [];
    this.#saidFrozen = [];
  }

  freeze(): void {
    this.#isFrozen = true;
  }

  /** What it is to hear now, in order: not called here, since its timers come first. */
  thaw(): readonly (() => void)[] {
    this.#isFrozen = false;
    for (const say of this.#saidFrozen.splice(0)) say();
    return this.#heardFrozen.splice(0);
  }

  /** Everything that reaches this process comes through here. */
  hear(action: () => void): void {
    if (this.#isFrozen && this.#state !== 'ended') this.#heardFrozen.push(action);
    else action();
  }

  hasSeen(messageId: number): boolean {
    return this.#seen.has(messageId);
  }

  opened(end: LinkEnd): void {
    this.#linksAre([...this.#ends, end], end);
  }

  closed(end: LinkEnd): void {
    this.#atWork.delete(end);
    for (const { end: used, settle } of [...this.#pending.values()]) {
      if (used === end) settle(new RequestError(`the link to ${end.peer} closed`));
    }
    this.#linksAre(
      this.#ends.filter((other) => other !== end),
      end,
    );
  }

  receive(end: LinkEnd, message: LinkMessage): void {
    if (this.#state !== 'running') return;
    switch (message.kind) {
      case 'broadcast':
        if (!this.#seen.has(message.id)) {
          this.#seen.add(message.id);
          // Before it is handed up, or what the handler says in reply would overtake it.
          this.#flood({ ...message, isRepeat: false }, end);
        } else if (!message.isRepeat) return;
        this.#handlers?.onBroadcast(message.origin, message.bytes.slice());
        return;
      case 'request':
        void this.#answer(end, message.id, message.bytes);
        return;
      case 'answer':
        this.#pending.get(message.id)?.settle(message.bytes);
        return;
      case 'failure':
        this.#pending.get(message.id)?.settle(new RequestError(`${end.peer} did not answer the request`));
        return;
    }
  }

  async #answer(end: LinkEnd, id: number, bytes: Uint8Array): Promise<void> {
    const atWork = this.#atWork.get(end) ?? 0;
    let reply: LinkMessage = { kind: 'failure', id };
    if (atWork < MOST_REQUESTS_AT_WORK) {
      this.#atWork.set(end, atWork + 1);
      try {
        const answer = await this.#handlers?.onRequest(end.peer, bytes.slice());
        if (answer && answer.length <= LARGEST_MESSAGE_BYTES) reply = { kind: 'answer', id, bytes: answer.slice() };
      } catch {
        // The reason stays here; the asker learns that it failed.
      }
      if (end.isUp) this.#atWork.set(end, (this.#atWork.get(end) ?? 1) - 1);
    }
    this.#say(() => this.#send(end, reply));
  }

  /** To everyone but whom it came from and whose it is. */
  #flood(message: LinkMessage & { kind: 'broadcast' }, source: LinkEnd | undefined): void {
    for (const end of this.#ends) if (end !== source && end.peer !== message.origin) this.#send(end, message);
  }

  #send(end: LinkEnd, message: LinkMessage): boolean {
    if (!end.isUp) return true;
    this.#world.onSent(this, message.kind === 'failure' ? 0 : message.bytes.length);
    return end.send(message);
  }

  #say(action: () => void): void {
    if (this.#state === 'ended') return;
    if (this.#isFrozen) this.#saidFrozen.push(action);
    else action();
  }

  /** Two links may lead to one id: a peer is up with its first and closed with its last. */
  #linksAre(ends: readonly LinkEnd[], changed: LinkEnd): void {
    if (this.#state !== 'running') return;
    const { peer } = changed;
    const wasUp = this.#peers.includes(peer);
    this.#ends = ends;
    this.#peers = Object.freeze([...new Set(ends.map((end) => end.peer))].toSorted());
    const isUp = this.#peers.includes(peer);
    if (isUp !== wasUp) this.#handlers?.onLinkChange(peer, isUp ? 'up' : 'closed');
  }
}

function assertSize(bytes: Uint8Array): void {
  if (bytes.length <= LARGEST_MESSAGE_BYTES) return;
  throw new RangeError(`a message of ${bytes.length} bytes is larger than ${LARGEST_MESSAGE_BYTES}: send it in chunks`);
}

/** Remembers at least the last 4096 ids and at most twice as many; an older one may be taken for new. */
class RecentIds {
  #current = new Set<number>();
  #previous = new Set<number>();

  has(id: number): boolean {
    return this.#current.has(id) || this.#previous.has(id);
  }

  add(id: number): void {
    this.#current.add(id);
    if (this.#current.size < 4096) return;
    this.#previous = this.#current;
    this.#current = new Set();
  }
}
