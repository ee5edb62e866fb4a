/** Whether a client may come in by the certificate it showed, or showed not, once the TLS handshake is done. */
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { TlsServerConfig } from './tls-server-config.ts';

type Shown = Pick<TLSSocket, 'authorized' | 'authorizationError' | 'getPeerX509Certificate'>;

/** What is wrong, for the log; undefined: it may. Node itself has turned away who fails RequireAndVerifyClientCert. */
export function clientCertificateProblem(socket: Shown, config: TlsServerConfig): string | undefined {
  const { clientPolicy, clientAllowedSans } = config;
  if (clientPolicy === 'NoClientCert') return undefined;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) {
    const mustShow = clientPolicy.startsWith('Require') || clientAllowedSans.length > 0;
    return mustShow ? 'no client certificate' : undefined;
  }
  if (clientPolicy.includes('Verify') && !socket.authorized) {
    return `client certificate not trusted: ${String(socket.authorizationError)}`;
  }
  if (clientAllowedSans.length === 0) return undefined;
  const names = subjectAltNames(certificate.subjectAltName ?? '');
  return names.some((name) => clientAllowedSans.includes(name)) ? undefined : 'client certificate with no allowed name';
}

/** As Node writes them, `DNS:a, IP Address:10.0.0.1, URI:"a, b"`: whatever could fake another entry stands in quotes. */
export function subjectAltNames(text: string): string[] {
  const names: string[] = [];
  for (const [, kind = '', written = ''] of text.matchAll(/([^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g)) {
    const name = written.startsWith('"') ? String(JSON.parse(written)) : written;
    if (kind === 'IP Address') names.push(canonicalAddress(name));
    else if (kind === 'DNS' || kind === 'email' || kind === 'URI') names.push(name);
  }
  return names;
}

/** In the shortest form, as Go writes it. */
function canonicalAddress(address: string): string {
  return isIP(address) === 6 ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address;
}
