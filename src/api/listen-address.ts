/** `--web.listen-address` in Go's forms: `:9093`, `host:9093`, `127.0.0.1:0`, `[::1]:9093`. */

export interface ListenAddress {
  /** Undefined: every address of the machine. */
  readonly host: string | undefined;
  /** 0: any free port. */
  readonly port: number;
}

export class ListenAddressError extends Error {
  override readonly name = 'ListenAddressError';
}

const FORM = /^(?:\[(?<bracketed>[0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|(?<plain>[^:[\]/]*)):(?<port>\d{1,5})$/;

/** Throws {@link ListenAddressError}. */
export function parseListenAddress(text: string): ListenAddress {
  const groups = FORM.exec(text)?.groups;
  const port = Number(groups?.port);
  if (groups === undefined || port > 65_535) {
    throw new ListenAddressError(`${JSON.stringify(text)} is no listen address; write :9093, host:9093 or [::1]:9093`);
  }
  return { host: groups.bracketed ?? (groups.plain || undefined), port };
}

/** `host:port`, with brackets around IPv6. */
export function formatHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
