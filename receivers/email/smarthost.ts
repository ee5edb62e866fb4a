/** The relay that mails are handed to, written as Alertmanager writes it: `host:port`. */
import { text } from '../config-values.ts';

export interface Smarthost {
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
}

const SYNTAX = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]+)$/;

/** The names of /etc/services that Go, and so Alertmanager, takes for a port of mail. */
const NAMED_PORTS: ReadonlyMap<string, number> = new Map([
  ['smtp', 25],
  ['submission', 587],
  ['smtps', 465],
  ['submissions', 465],
]);

/** Empty means unset, as in Alertmanager. */
export const smarthostText = text.refine((value) => value === '' || SYNTAX.test(value), {
  error: 'must be host:port, such as "mail.example.org:587" or "[2001:db8::1]:587"',
});

/** Undefined if the port is neither a number nor a name that mail is known by. No host is this machine, as in Go. */
export function parseSmarthost(value: string): Smarthost | undefined {
  const [, bracketed, plain, portText = ''] = SYNTAX.exec(value) ?? [];
  const port = /^\d+$/.test(portText) ? Number(portText) : NAMED_PORTS.get(portText.toLowerCase());
  if (port === undefined || port < 1 || port > 65_535) return undefined;
  return { host: bracketed || plain || 'localhost', port };
}
