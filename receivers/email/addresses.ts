/** Addresses as templates give them, checked before anything is sent: what is not one must not reach an SMTP command. */
import addressparser from 'nodemailer/lib/addressparser';

export type Addresses =
  | { readonly ok: true; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** RFC 5321, 4.5.3.1. */
const LONGEST_ADDRESS = 254;
/** What Postfix takes in one mail; a list as long as this is a template gone wrong. */
const MOST_ADDRESSES = 1000;

/** No space, control character or bracket; an `@` with something before and a domain behind it. */
const ADDRESS = /^(?:[^\s\p{C}<>()[\]\\,;:"@]+|"[^\p{C}"\\<>]+")@(?:[^\s\p{C}<>()[\]\\,;:"@]+|\[[0-9A-Za-z:.]+\])$/u;

/** Of a comma list such as `Ops <ops@example.org>, oncall@example.org`; each once, in order. */
export function parseAddresses(list: string): Addresses {
  const parsed = addressparser(list, { flatten: true });
  const addresses = [...new Set(parsed.map(({ address }) => address))];
  if (addresses.length === 0) return { ok: false, problem: `there is no address in ${quoted(list)}` };
  if (addresses.length > MOST_ADDRESSES) {
    return {
      ok: false,
      problem: `${addresses.length} addresses are more than the ${MOST_ADDRESSES} one mail may have`,
    };
  }
  // In `john doe@example.org` the parser takes the first word for a name, and Doe would get John's mail.
  const namesMayBe = /[<(]/.test(list);
  const wrong = parsed.find(({ name, address }) => !isAddress(address) || (name !== '' && !namesMayBe));
  if (wrong) return { ok: false, problem: `no mail address: ${quoted([wrong.name, wrong.address].join(' ').trim())}` };
  return { ok: true, addresses };
}

function isAddress(address: string): boolean {
  return address.length <= LONGEST_ADDRESS && ADDRESS.test(address);
}

export function domainOf(address: string): string {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : 'localhost';
}

function quoted(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 79)}…` : value);
}
