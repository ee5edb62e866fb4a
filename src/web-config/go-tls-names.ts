/**
 * What web configuration files call the parts of TLS: the names of Go's crypto/tls, with OpenSSL's for each. Only what Go
 * calls secure is known here.
 */
import type { SecureVersion } from 'node:tls';

/** Oldest first. */
export const TLS_VERSIONS: ReadonlyMap<string, SecureVersion> = new Map([
  ['TLS12', 'TLSv1.2'],
  ['TLS13', 'TLSv1.3'],
]);

/** Known, so that they can be refused for what they are. */
export const OUTDATED_TLS_VERSIONS: ReadonlySet<string> = new Set(['TLS10', 'TLS11']);

/** Go does not let anybody choose among these; whoever speaks TLS 1.3 has them all. */
const TLS_1_3_CIPHER_SUITES = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

/** In Go's own order of preference. */
export const CIPHER_SUITES: ReadonlyMap<string, string> = new Map([
  ...TLS_1_3_CIPHER_SUITES.map((name) => [name, name] as const),
  ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA', 'ECDHE-ECDSA-AES128-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'ECDHE-RSA-AES128-SHA'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA', 'ECDHE-ECDSA-AES256-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA', 'ECDHE-RSA-AES256-SHA'],
]);

export const CURVES: ReadonlyMap<string, string> = new Map([
  ['CurveP256', 'P-256'],
  ['CurveP384', 'P-384'],
  ['CurveP521', 'P-521'],
  ['X25519', 'X25519'],
]);

/** OpenSSL's cipher list; none chosen means all. */
export function openSslCiphers(chosen: readonly string[]): string {
  const names = chosen.length === 0 ? [...CIPHER_SUITES.keys()] : [...TLS_1_3_CIPHER_SUITES, ...chosen];
  return [...new Set(names)].map((name) => CIPHER_SUITES.get(name)).join(':');
}
