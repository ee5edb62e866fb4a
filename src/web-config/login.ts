/**
 * Who may come in: HTTP basic authentication against bcrypt hashes. A password that was right is known again for next to
 * nothing; everything else costs a comparison, for unknown names as for known ones, and is limited per client.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Secret } from '../../receivers/secret.ts';
import type { System } from '../system.ts';
import type { Bcrypt } from './bcrypt.ts';
import { FailedLogins } from './failed-logins.ts';

export type Verdict =
  | { readonly kind: 'welcome' }
  /** No name and password at all: a question, not a failure. */
  | { readonly kind: 'unnamed' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'tooManyFailures'; readonly waitMs: number; readonly isFirst: boolean }
  | { readonly kind: 'busy'; readonly cause: Error };

export type Users = ReadonlyMap<string, Secret>;

const WELCOME: Verdict = { kind: 'welcome' };
const MOST_KNOWN = 1000;

export class Login {
  readonly #system: System;
  readonly #bcrypt: Pick<Bcrypt, 'compare'>;
  /** Of this process alone: a digest that leaks from its memory is of no use anywhere. */
  readonly #key = randomBytes(32);
  readonly #failures = new FailedLogins();
  /** Digests of name, hash and password that fit, so that another hash makes the password unknown. */
  readonly #known = new Set<string>();
  readonly #underWay = new Map<string, Promise<boolean>>();
  readonly #turnedAway = new Set<string>();

  constructor({ system, bcrypt }: { system: System; bcrypt: Pick<Bcrypt, 'compare'> }) {
    this.#system = system;
    this.#bcrypt = bcrypt;
  }

  /** At once for those known; `authorization` is the header. Never rejects. */
  check(authorization: string | undefined, users: Users, client: string): Verdict | Promise<Verdict> {
    const credentials = basicCredentials(authorization);
    if (credentials === undefined) return { kind: 'unnamed' };
    const { name, password } = credentials;
    const known = users.get(name);
    const hash = (known ?? this.#standIn(name, users)).reveal();
    const digest = this.#digest(JSON.stringify([name, hash, password]));
    if (known !== undefined && this.#known.has(digest)) return WELCOME;
    return this.#compare({ password, hash, digest, isKnown: known !== undefined }, client);
  }

  async #compare(
    attempt: { password: string; hash: string; digest: string; isKnown: boolean },
    client: string,
  ): Promise<Verdict> {
    const waitMs = this.#failures.begin(client, this.#system.now().monotonicMs);
    if (waitMs > 0) {
      const isFirst = !this.#turnedAway.has(client);
      if (this.#turnedAway.size >= MOST_KNOWN) this.#turnedAway.clear();
      this.#turnedAway.add(client);
      return { kind: 'tooManyFailures', waitMs, isFirst };
    }
    this.#turnedAway.delete(client);
    try {
      const isEqual = await this.#compareOnce(attempt);
      if (!isEqual || !attempt.isKnown) return { kind: 'wrong' };
    } catch (cause) {
      this.#failures.succeeded(client, this.#system.now().monotonicMs);
      const error = cause instanceof Error ? cause : new Error(String(cause));
      return { kind: 'busy', cause: error };
    }
    this.#failures.succeeded(client, this.#system.now().monotonicMs);
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.add(attempt.digest);
    return WELCOME;
  }

  /** A checker that starts posts over several connections at once; its one password is compared once. */
  #compareOnce({ password, hash, digest }: { password: string; hash: string; digest: string }): Promise<boolean> {
    let comparison = this.#underWay.get(digest);
    if (comparison === undefined) {
      comparison = this.#bcrypt.compare(password, hash).finally(() => this.#underWay.delete(digest));
      this.#underWay.set(digest, comparison);
    }
    return comparison;
  }

  /** Somebody's hash, always the same for a name, so that how long it takes does not tell which names there are. */
  #standIn(name: string, users: Users): Secret {
    const hashes = [...users.values()];
    const index = Number.parseInt(this.#digest(name).slice(0, 8), 16) % hashes.length;
    return hashes[index] as Secret;
  }

  #digest(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('hex');
  }
}

/** RFC 7617, read as Go reads it. */
function basicCredentials(authorization: string | undefined): { name: string; password: string } | undefined {
  const encoded = /^basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colonAt = decoded.indexOf(':');
  return colonAt < 0 ? undefined : { name: decoded.slice(0, colonAt), password: decoded.slice(colonAt + 1) };
}
