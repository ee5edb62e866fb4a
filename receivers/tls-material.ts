/**
 * Turns a tls_config into what Node's TLS wants. Files are read before every request, so a rotated certificate is used at
 * once; as long as their content stays the same, so does the returned object.
 */
import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { readSecret, type SecretSource } from './secret.ts';
import type { TlsConfig } from './tls-config.ts';

export interface TlsMaterial {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
}

/** The contents do not make a TLS identity or trust store; the message names the keys, not the content. */
export class TlsMaterialError extends Error {
  override readonly name = 'TlsMaterialError';
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** What is wrong with the text as PEM certificates to trust, or undefined. Node itself would ignore it in silence. */
export function caProblem(pem: string): string | undefined {
  const certificates = pem.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) return 'holds no PEM certificate';
  try {
    for (const certificate of certificates) new X509Certificate(certificate);
    return undefined;
  } catch {
    return 'holds a damaged PEM certificate';
  }
}

let authorities: string[] | undefined;
let defaultContext: SecureContext | undefined;

/**
 * Go, and so Alertmanager, trusts the operating system's store; Node alone trusts the list it was built with. We trust
 * both: a private authority installed on the host works, and so does a container without any store.
 */
function systemAuthorities(): string[] {
  authorities ??= [...new Set([...getCACertificates('system'), ...getCACertificates('default')])];
  return authorities;
}

/** Made once: parsing the system's authorities takes tens of milliseconds, and most receivers share this very context. */
function defaultSecureContext(): SecureContext {
  defaultContext ??= createSecureContext({ ca: systemAuthorities() });
  return defaultContext;
}

/** Reads the material of one tls_config again and again. */
export class TlsMaterialSource {
  readonly #config: TlsConfig;
  #contents: string | undefined;
  #material: TlsMaterial | undefined;

  constructor(config: TlsConfig) {
    this.#config = config;
  }

  /**
   * The same object until a file changes. Rejects with SecretFileError, {@link TlsMaterialError} (also while certificate
   * and key are being replaced one after the other: a later call succeeds), or the signal's reason.
   */
  async read(signal: AbortSignal): Promise<TlsMaterial> {
    const { ca, cert, key } = this.#config;
    const read = async (source: SecretSource | undefined) => source && readSecret(source, signal);
    const [caPem, certPem, keyPem] = await Promise.all([read(ca), read(cert), read(key)]);
    const contents = JSON.stringify([caPem, certPem, keyPem]);
    if (this.#material === undefined || contents !== this.#contents) {
      this.#material = this.#make(caPem, certPem, keyPem);
      this.#contents = contents;
    }
    return this.#material;
  }

  #make(ca: string | undefined, cert: string | undefined, key: string | undefined): TlsMaterial {
    const { insecureSkipVerify, minVersion, maxVersion } = this.#config;
    const rejectUnauthorized = !insecureSkipVerify;
    if (ca === undefined && cert === undefined && minVersion === undefined && maxVersion === undefined) {
      return { secureContext: defaultSecureContext(), rejectUnauthorized };
    }
    const problem = ca === undefined ? undefined : caProblem(ca);
    if (problem !== undefined)
      throw new TlsMaterialError(`tls_config: ${this.#config.ca?.kind === 'file' ? 'ca_file' : 'ca'} ${problem}`);
    try {
      const secureContext = createSecureContext({
        ca: ca ?? systemAuthorities(),
        ...(cert !== undefined && { cert }),
        ...(key !== undefined && { key }),
        ...(minVersion !== undefined && { minVersion }),
        ...(maxVersion !== undefined && { maxVersion }),
      });
      return { secureContext, rejectUnauthorized };
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new TlsMaterialError(`tls_config: the client certificate and key cannot be used: ${detail}`, { cause });
    }
  }
}
