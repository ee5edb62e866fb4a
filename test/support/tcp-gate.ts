/** A door between two nodes' sockets: passes bytes both ways while open, and when shut closes what is open and lets nobody in. */
import { createServer, connect as dial, type Server, type Socket } from 'node:net';

export class TcpGate implements AsyncDisposable {
  readonly #server: Server;
  readonly #target: () => string | undefined;
  readonly #sockets = new Set<Socket>();
  #isOpen = true;

  /** `target` is asked for host:port whenever somebody comes; undefined shuts the door. */
  static async before(target: () => string | undefined): Promise<TcpGate> {
    const gate = new TcpGate(target);
    await new Promise<void>((resolve) => gate.#server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  private constructor(target: () => string | undefined) {
    this.#target = target;
    this.#server = createServer((socket) => this.#pass(socket));
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

  async [Symbol.asyncDispose](): Promise<void> {
    this.shut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(socket: Socket): void {
    const [host, port] = this.#target()?.split(':') ?? [];
    if (!this.#isOpen || host === undefined) {
      socket.destroy();
      return;
    }
    const other = dial({ host, port: Number(port), noDelay: true });
    socket.setNoDelay(true);
    for (const [one, two] of [
      [socket, other],
      [other, socket],
    ] as const) {
      this.#sockets.add(one);
      one.pipe(two);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#sockets.delete(one);
        two.destroy();
      });
    }
  }
}
