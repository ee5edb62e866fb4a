/**
 * Secrets that cannot be printed by accident, and the ways to hold one: in the configuration or in a file that is read
 * at every use, so that it can be rotated without a reload.
 */
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { inspect } from 'node:util';

/** What every secret looks like where it is shown; Alertmanager's own word. */
export const SHOWN_SECRET = '<secret>';

/** Prints as `<secret>` however it is printed; {@link reveal} is the only way out. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return SHOWN_SECRET;
  }

  toJSON(): string {
    return SHOWN_SECRET;
  }

  [inspect.custom](): string {
    return SHOWN_SECRET;
  }
}

/** `key` is the configuration key that names the file, for messages. */
export type SecretSource =
  | { readonly kind: 'inline'; readonly secret: Secret }
  | { readonly kind: 'file'; readonly key: string; readonly path: string };

/** Carries key, path and the system's error code; never content. */
export class SecretFileError extends Error {
  override readonly name = 'SecretFileError';

  constructor(source: { readonly key: string; readonly path: string }, cause: unknown) {
    const detail = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    super(`cannot read ${source.key} ${source.path}: ${detail}`, { cause });
  }
}

/**
 * The value now, a file's trimmed. Rejects with {@link SecretFileError}, or with the signal's reason as soon as it
 * aborts, so that a file on a hanging disk holds nobody up.
 */
export async function readSecret(source: SecretSource, signal: AbortSignal): Promise<string> {
  if (source.kind === 'inline') return source.secret.reveal();
  try {
    const content = await settleOrAbort(readFile(source.path, { encoding: 'utf8', signal }), signal);
    return content.trim();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new SecretFileError(source, error);
  }
}

/** As the promise, but rejects with the signal's reason as soon as it aborts; the work itself then runs on unheard. */
export function settleOrAbort<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([promise, aborted.promise]).finally(() => signal.removeEventListener('abort', onAbort));
}

/** A relative file made absolute; inline values and absolute paths stay as they are. */
export function resolveSecretFile<Source extends SecretSource | undefined>(source: Source, directory: string): Source {
  if (source?.kind !== 'file' || isAbsolute(source.path)) return source;
  return { ...source, path: join(directory, source.path) };
}

/**
 * The text with every given secret replaced by `<secret>`, also where it was URL-encoded or is part of base64. Longest first, so that a secret that
 * contains another one leaves no rest behind. One- and two-character secrets are left alone: hiding them would
 * shred the message and protect nothing.
 */
export function redact(message: string, secrets: Iterable<string>): string {
  const spellings = new Set<string>();
  for (const secret of secrets) {
    for (const spelling of [secret, encodeURIComponent(secret.toWellFormed()), encodeURI(secret.toWellFormed())]) {
      if (spelling.length > 2) spellings.add(spelling);
    }
    for (const spelling of base64Spellings(secret)) spellings.add(spelling);
  }
  let redacted = message;
  for (const spelling of [...spellings].sort((a, b) => b.length - a.length)) {
    redacted = redacted.replaceAll(spelling, () => SHOWN_SECRET);
  }
  return redacted;
}

/** Shorter ones would be found in words. */
const SHORTEST_BASE64_SPELLING = 8;

/**
 * What the secret looks like within base64 of a longer text, as servers repeat logins (SASL PLAIN of IRC and SMTP, HTTP Basic): a
 * group of four characters is three bytes, and the secret may begin at each of them. Characters that also hold bits of its
 * neighbours are not its own.
 */
function base64Spellings(secret: string): string[] {
  return [0, 1, 2]
    .map((before) => {
      const bytes = Buffer.from('\0'.repeat(before) + secret);
      return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
    })
    .filter((spelling) => spelling.length >= SHORTEST_BASE64_SPELLING);
}
