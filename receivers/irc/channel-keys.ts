/**
 * The keys that receivers name for one channel. They should agree; where they do not, each is tried, so that no receiver's
 * wrong key locks out another's right one. What let us in is tried first the next time.
 */
import { readSecret, type SecretSource } from '../secret.ts';
import { keyProblem, secretIdentity } from './config.ts';

export type KeyReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'unreadable'; readonly why: string };

export class ChannelKeys {
  /** One for each use that names a key. */
  readonly #sources: SecretSource[] = [];
  /** Which of them is next. */
  #turn = 0;
  /** Since one was accepted, or all were refused. */
  #refusals = 0;

  /** True if it is a key that was not known before. */
  add(source: SecretSource | undefined): boolean {
    if (source === undefined) return false;
    const known = this.#distinct().map(identity);
    this.#sources.push(source);
    return !known.includes(identity(source));
  }

  /** One use less. */
  remove(source: SecretSource | undefined): void {
    const index = source === undefined ? -1 : this.#sources.indexOf(source);
    if (index !== -1) this.#sources.splice(index, 1);
  }

  /** The key to try next. One that cannot be read is passed over, unless all are so. Never rejects. */
  async read(signal: AbortSignal): Promise<KeyReading> {
    const distinct = this.#distinct();
    let why: string | undefined;
    for (let tried = 0; tried < distinct.length; tried++) {
      const source = distinct[this.#turn % distinct.length];
      if (source === undefined) break;
      try {
        const key = await readSecret(source, signal);
        const problem = keyProblem(key);
        if (problem === undefined) return { kind: 'key', key };
        why = `the key ${problem}`;
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
      }
      this.#turn++;
    }
    return why === undefined ? { kind: 'none' } : { kind: 'unreadable', why };
  }

  accepted(): void {
    this.#refusals = 0;
  }

  /** The server says that it was the wrong one. True if there is another to try. */
  refused(): boolean {
    this.#turn++;
    this.#refusals++;
    if (this.#refusals < this.#distinct().length) return true;
    this.#refusals = 0;
    return false;
  }

  #distinct(): SecretSource[] {
    return [...new Map(this.#sources.map((source) => [identity(source), source])).values()];
  }
}

const identity = (source: SecretSource) => JSON.stringify(secretIdentity(source));
