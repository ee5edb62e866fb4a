/**
 * A door between two nodes' sockets. Open it passes bytes both ways. Shut it closes what is open and lets nobody in, as a
 * firewall that rejects. Held it passes nothing and tells nobody, as a cable that is cut or a link that works one way
 * only; what was on its way arrives when it is released, as TCP would send it again. It can also be slow.
 */
import { createServer, connect as dial, type Server, type Socket } from 'node:net';

/** Inward is towards the target, from whoever came. */
export type GateDirection = 'inward' | 'outward';

const BOTH: readonly GateDirection[] = ['inward', 'outward'];
/** Of one direction of one connection; then whoever sends has to wait, as for a full window. */
const MOST_WAITING_BYTES = 1024 * 1024;

interface Weather {
  isHeld: boolean;
  delayMs: () => number;
}

export class TcpGate implements AsyncDisposable {
  readonly #server: Server;
  readonly #target: () => string | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #passages = new Set<Passage>();
  /** Who came while nothing could pass either way. */
  readonly #outside = new Set<Socket>();
  readonly #weather: Record<GateDirection, Weather> = {
    inward: { isHeld: false, delayMs: () => 0 },
    outward: { isHeld: false, delayMs: () => 0 },
  };
  #isOpen = true;

  /** `target` is asked for host:port whenever somebody comes; undefined shuts the door. */
  static async before(target: () => string | undefined): Promise<TcpGate> {
    const gate = new TcpGate(target);
    await new Promise<void>((resolve) => gate.#server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  private constructor(target: () => string | undefined) {
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#came(socket));
  }

  get address(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the gate is gone');
    return `127.0.0.1:${address.port}`;
  }

  open(): void {
    this.#isOpen = true;
  }

  shut(): void {
    this.#isOpen = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  hold(directions: readonly GateDirection[] = BOTH): void {
    for (const direction of directions) this.#weather[direction].isHeld = true;
  }

  release(directions: readonly GateDirection[] = BOTH): void {
    for (const direction of directions) this.#weather[direction].isHeld = false;
    for (const passage of this.#passages) passage.flow();
    if (this.#isHeld) return;
    for (const socket of this.#outside) this.#pass(socket);
    this.#outside.clear();
  }

  /** Asked for each piece that comes; none overtakes another. */
  slow(delayMs: () => number): void {
    for (const direction of BOTH) this.#weather[direction].delayMs = delayMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.shut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get #isHeld(): boolean {
    return BOTH.some((direction) => this.#weather[direction].isHeld);
  }

  /** A handshake takes both ways. */
  #came(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#outside.delete(socket);
    });
    if (this.#isOpen && this.#isHeld) this.#outside.add(socket);
    else this.#pass(socket);
  }

  #pass(socket: Socket): void {
    const [host, port] = this.#target()?.split(':') ?? [];
    if (!this.#isOpen || host === undefined) {
      socket.destroy();
      return;
    }
    const other = dial({ host, port: Number(port), noDelay: true, allowHalfOpen: true });
    this.#sockets.add(other);
    other.on('error', () => undefined);
    other.on('close', () => this.#sockets.delete(other));
    for (const [from, to, weather] of [
      [socket, other, this.#weather.inward],
      [other, socket, this.#weather.outward],
    ] as const) {
      const passage = new Passage(from, to, weather);
      this.#passages.add(passage);
      to.on('close', () => this.#passages.delete(passage));
    }
  }
}

interface Waiting {
  readonly dueMs: number;
  readonly bytes: number;
  readonly deliver: () => void;
}

/** One direction of one connection. */
class Passage {
  readonly #from: Socket;
  readonly #weather: Weather;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket, weather: Weather) {
    this.#from = from;
    this.#weather = weather;
    from.on('data', (bytes: Buffer) => this.#take(bytes.length, () => to.write(bytes)));
    from.on('end', () => this.#take(0, () => to.end()));
    from.on('close', () => this.#take(0, () => to.destroy()));
    to.on('close', () => clearTimeout(this.#timer));
  }

  flow(): void {
    clearTimeout(this.#timer);
    while (!this.#weather.isHeld) {
      const [next] = this.#waiting;
      if (!next) break;
      const aheadMs = next.dueMs - performance.now();
      if (aheadMs > 0) {
        this.#timer = setTimeout(() => this.flow(), aheadMs);
        break;
      }
      this.#waiting.shift();
      this.#waitingBytes -= next.bytes;
      next.deliver();
    }
    if (this.#waitingBytes < MOST_WAITING_BYTES) this.#from.resume();
  }

  #take(bytes: number, deliver: () => void): void {
    const dueMs = Math.max(performance.now() + this.#weather.delayMs(), this.#waiting.at(-1)?.dueMs ?? 0);
    this.#waiting.push({ dueMs, bytes, deliver });
    this.#waitingBytes += bytes;
    if (this.#waitingBytes >= MOST_WAITING_BYTES) this.#from.pause();
    this.flow();
  }
}
