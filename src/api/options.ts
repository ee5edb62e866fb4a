/** What an operator may set about the API, with defaults and the reason for each number. */
import type { MatcherSyntax } from '../model/matcher-parser.ts';

export interface ApiOptions {
  /** Names this node on its page. */
  readonly nodeName: string;
  /** Everything lives below it: '' or `/path`; see {@link normaliseRoutePrefix}. */
  readonly routePrefix?: string;
  /** For tests: where the built web UI lies. */
  readonly uiDirectory?: string;
  /** Where browsers reach this node, when a proxy in front changes the host. */
  readonly externalURL?: string;
  /** GET requests worked on at the same time; more are answered 503. */
  readonly getConcurrency?: number;
  /** After this a request is answered 503, whatever became of it; 0 is never. */
  readonly timeoutMs?: number;
  /** How filters are read; `classic` also refuses label names outside the classic alphabet. */
  readonly matcherSyntax?: MatcherSyntax;
  readonly limits?: Partial<ApiLimits>;
}

export interface ApiLimits {
  readonly bodyBytes: number;
  /** Of all requests being read, so that many clients cannot do together what one may not. */
  readonly bodyBytesInFlight: number;
  readonly alertsPerRequest: number;
  readonly labelsPerAlert: number;
  readonly annotationsPerAlert: number;
  /** In UTF-16 units, as are all lengths below. */
  readonly nameLength: number;
  readonly labelValueLength: number;
  readonly annotationValueLength: number;
  readonly generatorURLLength: number;
  /** All names and values of one alert together. */
  readonly alertLength: number;
  /**
   * As JSON in UTF-8, as are the labels: an alert must fit into a message that reaches the peers at once, and so must what
   * says who told whom about it, which names its group. Above, annotations are cut; labels say which alert it is, and are
   * refused.
   */
  readonly alertBytes: number;
  readonly labelsBytes: number;
  readonly silenceBodyBytes: number;
  readonly matchersPerSilence: number;
  readonly filtersPerQuery: number;
}

/**
 * Far above what checkers send (Prometheus: 64 alerts of a few hundred bytes a request), far below what would stall the
 * node: what parses slowest, millions of tiny labels, takes seconds from 30 MiB on.
 */
export const DEFAULT_LIMITS: ApiLimits = {
  bodyBytes: 4 * 2 ** 20,
  bodyBytesInFlight: 128 * 2 ** 20,
  alertsPerRequest: 100_000,
  labelsPerAlert: 256,
  annotationsPerAlert: 256,
  nameLength: 1024,
  labelValueLength: 16 * 2 ** 10,
  annotationValueLength: 64 * 2 ** 10,
  generatorURLLength: 16 * 2 ** 10,
  alertLength: 256 * 2 ** 10,
  // Of the 64 KiB of a delta: the rest is for ages, versions, and what newer nodes may add.
  alertBytes: 44 * 2 ** 10,
  // Of those, too: a group's key quotes them once more, and stands beside what all nodes claim.
  labelsBytes: 20 * 2 ** 10,
  silenceBodyBytes: 2 ** 20,
  matchersPerSilence: 256,
  filtersPerQuery: 100,
};

/** '' for none; else a leading and no trailing slash. Takes `--web.route-prefix` or the path of the external URL. */
export function normaliseRoutePrefix(prefix: string): string {
  const path = prefix.replace(/^\/+/, '').replace(/\/+$/, '');
  return path === '' ? '' : `/${path}`;
}
