/** A copy of the example configuration for stand-ins that had to listen elsewhere than the example says. */
import { isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';

/** Where the stand-ins listen, on the loopback address. */
export interface StandInPorts {
  readonly irc: number;
  readonly smtp: number;
  readonly botApi: number;
}

/** What examples/tocsin.yml names. */
export const EXAMPLE_PORTS: StandInPorts = { irc: 6667, smtp: 1025, botApi: 8081 };

/** The text with these ports in place of the example's; comments and order stay. */
export function withPorts(exampleText: string, ports: StandInPorts): string {
  const document = parseDocument(exampleText);
  const moves = (['irc', 'smtp', 'botApi'] as const).map(
    (name) => [`127.0.0.1:${EXAMPLE_PORTS[name]}`, `127.0.0.1:${ports[name]}`] as const,
  );
  visit(document, {
    Pair(_, { key, value }) {
      if (isScalar(key) && key.value === 'irc_configs' && isSeq(value)) {
        for (const item of value.items) if (isMap(item)) item.set('port', ports.irc);
      }
    },
    Scalar(_, scalar) {
      const { value } = scalar;
      const move = typeof value === 'string' ? moves.find(([from]) => endsWithAddress(value, from)) : undefined;
      if (move) scalar.value = String(value).replace(...move);
    },
  });
  return document.toString();
}

/** The channels that the example tells, in order. */
export function channelsOf(exampleText: string): readonly string[] {
  const channels = new Set<string>();
  visit(parseDocument(exampleText), {
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== 'channels' || !isSeq(value)) return;
      for (const item of value.items) if (isScalar(item)) channels.add(String(item.value).split(' ')[0] ?? '');
    },
  });
  return [...channels];
}

/** `127.0.0.1:1025`, `http://127.0.0.1:8081/`; not `127.0.0.1:10250`. */
function endsWithAddress(text: string, address: string): boolean {
  return new RegExp(`^(https?://)?${address.replaceAll('.', '\\.')}/?$`).test(text);
}
