/**
 * A client's connection that posts requests made beforehand. It hardly reads the answers and has no stream or promise for
 * each: on a machine with few processors, what the client needs is missing to the server it measures.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export class PostConnection {
  readonly #socket: Socket;
  #onAnswer: (text: string) => void = () => {};

  static async open(url: string): Promise<PostConnection> {
    const connection = new PostConnection(url);
    await once(connection.#socket, 'connect');
    return connection;
  }

  private constructor(url: string) {
    const { hostname, port } = new URL(url);
    const buffer = Buffer.alloc(4096);
    const callback = (length: number) => {
      this.#onAnswer(buffer.toString('latin1', 0, length));
      return true;
    };
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true, onread: { buffer, callback } });
  }

  /** One after the other, each as soon as the one before is answered; other connections may take from the same queue. */
  async postAll(queue: Iterator<Buffer>): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#socket.on('error', reject).on('close', () => reject(new Error('the server closed the connection')));
        const postNext = () => {
          const next = queue.next();
          if (next.done) resolve();
          else this.#socket.write(next.value);
        };
        let answer = '';
        this.#onAnswer = (text) => {
          answer += text;
          if (!answer.includes('\r\n\r\n')) return;
          if (!answer.startsWith('HTTP/1.1 200 ')) return reject(new Error(`not taken: ${answer.slice(0, 200)}`));
          answer = '';
          postNext();
        };
        postNext();
      });
    } finally {
      this.#socket.destroy();
    }
  }
}
