/** An alert as the store keeps it, and the rule by which two posts of the same alert become one. */
import { compareLabels, compareText, type Labels, sameLabels } from './labels.ts';

export interface Alert {
  /** 16 lower-case hex digits of the label set; see `fingerprint` in labels.ts. */
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** '' when the poster gave none. */
  readonly generatorURL: string;
  readonly startsAtMs: number;
  /** The poster's own text, kept only where milliseconds in UTC cannot say the same (offset, nanoseconds). */
  readonly startsAtText?: string;
  /** For a firing alert the instant at which it runs out unless heard of again. */
  readonly endsAtMs: number;
  readonly endsAtText?: string;
  /** Present while the end was put off by this node: the end the poster asked for. */
  readonly askedEndsAtMs?: number;
  /** True if the poster gave no end, so that `endsAtMs` is receipt + resolve_timeout. */
  readonly timeout: boolean;
  /** When this alert was last posted. */
  readonly updatedAtMs: number;
  /** When this node first heard of the present episode: the time counted towards group_wait after a restart. */
  readonly receivedAtMs: number;
  /** Among peers only: orders what they say about it. A mere refresh keeps it. */
  readonly version?: AlertVersion;
  /** Among peers only, and once acted upon as having run out: when it was heard last; `updatedAtMs` is its end then. */
  readonly lastHeardMs?: number;
  /** What a peer of a newer version said of it besides, to be passed on; see cluster/unknown-fields.ts. */
  readonly unknownFields?: Readonly<Record<string, unknown>>;
}

/** See HybridClock, which gives it. It orders; it is no time. */
export interface AlertVersion {
  readonly time: number;
  readonly node: string;
}

/** An alert resolves by the clock alone: at its end, not after it. */
export function isResolved(alert: Pick<Alert, 'endsAtMs'>, wallMs: number): boolean {
  return alert.endsAtMs <= wallMs;
}

/**
 * What the store holds after `incoming` was posted for a known label set, by Alertmanager's rule: posts that overlap
 * become one alert, otherwise the incoming one takes the place of the stored one.
 *
 * A refresh says the same again for as long as the alert fires, so whatever is equal is shared with the stored alert:
 * a refresh costs no memory.
 */
export function mergeAlerts(stored: Alert, incoming: Alert, wallMs: number): Alert {
  const receivedAtMs = isSameEpisode(stored, incoming) ? stored.receivedAtMs : incoming.receivedAtMs;
  if (!overlaps(stored, incoming))
    return combine(stored, incoming, { words: incoming, start: incoming, end: incoming, receivedAtMs });

  const [older, younger] = incoming.updatedAtMs < stored.updatedAtMs ? [incoming, stored] : [stored, incoming];
  return combine(stored, incoming, {
    words: younger,
    start: older.startsAtMs < younger.startsAtMs ? older : younger,
    end: endIsOlders(older, younger, wallMs) ? older : younger,
    receivedAtMs,
  });
}

interface Sources {
  /** Whose annotations and other words count. */
  readonly words: Alert;
  readonly start: Alert;
  readonly end: Alert;
  readonly receivedAtMs: number;
}

/** Built field by field, in one order, so that all alerts in memory have one shape. */
function combine(stored: Alert, incoming: Alert, { words, start, end, receivedAtMs }: Sources): Alert {
  const merged: Alert = {
    fingerprint: stored.fingerprint,
    labels: stored.labels,
    annotations: sameLabels(stored.annotations, incoming.annotations) ? stored.annotations : words.annotations,
    generatorURL: stored.generatorURL === incoming.generatorURL ? stored.generatorURL : words.generatorURL,
    startsAtMs: start.startsAtMs,
    endsAtMs: end.endsAtMs,
    timeout: words.timeout,
    updatedAtMs: words.updatedAtMs,
    receivedAtMs,
  };
  const { version, unknownFields } = stored;
  if (start.startsAtText === undefined && end.endsAtText === undefined && unknownFields === undefined) {
    return version === undefined ? merged : { ...merged, version };
  }
  return {
    ...merged,
    ...(version !== undefined && { version }),
    ...(unknownFields !== undefined && { unknownFields }),
    ...(start.startsAtText !== undefined && { startsAtText: start.startsAtText }),
    ...(end.endsAtText !== undefined && { endsAtText: end.endsAtText }),
  };
}

/** Strictly inside, as in Alertmanager: a refresh with the same start and a later end does not overlap but replaces. */
function overlaps(stored: Alert, incoming: Alert): boolean {
  const isInside = (atMs: number) => atMs > stored.startsAtMs && atMs < stored.endsAtMs;
  return isInside(incoming.endsAtMs) || isInside(incoming.startsAtMs);
}

/** Wider than {@link overlaps}: the refresh of an alert that goes on firing replaces it without being news. */
function isSameEpisode(stored: Alert, incoming: Alert): boolean {
  return incoming.startsAtMs <= stored.endsAtMs && incoming.endsAtMs >= stored.startsAtMs;
}

function endIsOlders(older: Alert, younger: Alert, wallMs: number): boolean {
  if (older.endsAtMs <= younger.endsAtMs) return false;
  // Of two ended posts the later end counts. While firing, an explicit end is not shortened by a mere timeout's end.
  return isResolved(younger, wallMs) ? isResolved(older, wallMs) : !older.timeout;
}

/** The order of alerts in a message: by job, then instance (alerts without one last), then all labels. */
export function compareForNotification(a: Pick<Alert, 'labels'>, b: Pick<Alert, 'labels'>): number {
  return (
    compareLabelMissingLast(a.labels, b.labels, 'job') ||
    compareLabelMissingLast(a.labels, b.labels, 'instance') ||
    compareLabels(a.labels, b.labels)
  );
}

function compareLabelMissingLast(a: Labels, b: Labels, name: string): number {
  const hasA = Object.hasOwn(a, name);
  const hasB = Object.hasOwn(b, name);
  if (!hasA || !hasB) return Number(hasB) - Number(hasA);
  return compareText(a[name] as string, b[name] as string);
}
