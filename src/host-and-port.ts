/** The form of a network address on the command line. */

/**
 * `host:port`, `:port` for every interface, `[v6]:port`; port 0 lets the platform choose. Gives the text back, or throws
 * a RangeError that says what is wanted.
 */
export function hostAndPort(given: string): string {
  const match = /^(?:\[[0-9a-fA-F:.]+(?:%[\w.-]+)?\]|[^\s:/[\]@]*):(?<port>\d{1,5})$/.exec(given);
  if (match === null || Number(match.groups?.port) > 65_535) {
    throw new RangeError('wants HOST:PORT, such as 127.0.0.1:9093, :9093 or [::1]:9093');
  }
  return given;
}
