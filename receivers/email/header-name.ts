/** Names of header fields, as Go's net/textproto, and so Alertmanager, spells them. */

/** The characters of an HTTP token, which is what Go spells anew; other names stay as they are. */
const TOKEN = /^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/;

/**
 * What belongs to the form of the mail. Alertmanager writes these twice if they are configured; here they are left out, and
 * so is Bcc, which would show in the mail and reach nobody.
 */
export const OWN_FIELDS: readonly string[] = ['Content-Type', 'Content-Transfer-Encoding', 'Mime-Version', 'Bcc'];

/** `x-prometheus-team` is `X-Prometheus-Team`. */
export function canonicalHeaderName(name: string): string {
  if (!TOKEN.test(name)) return name;
  return name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** What is wrong with a canonical name as the name of a field (RFC 5322: printable ASCII without a colon), or undefined. */
export function headerNameProblem(name: string): string | undefined {
  if (/^[!-9;-~]{1,76}$/.test(name)) return undefined;
  return 'is not the name of a header: up to 76 printable ASCII characters, no space and no colon';
}
