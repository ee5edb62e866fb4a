/**
 * What arrived at a scenario's receivers, as lines to be read: `3: audit: a firing, b resolved` is a message at second 3 of
 * the scenario to its receiver "audit". And the same messages as bytes, without what has to differ.
 */
import type { ReceivedNotification } from '../support/webhook-sink.ts';
import { OBSERVED_SECONDS, type StoryClock } from './story-clock.ts';
import type { DifferentScenario, Scenario, Told } from './timed-scenario.ts';

export interface ToldMessage {
  readonly line: string;
  /** The same for corresponding groups and integrations of both servers. */
  readonly place: string;
  readonly bytes: string;
  /** Instants in it that the server chose, since the checker gave none. */
  readonly serverInstantsMs: readonly number[];
  readonly arrivedAtMs: number;
  readonly mayBeLateMs: number;
  readonly isRetry: boolean;
}

export interface ToldOptions {
  readonly clock: StoryClock;
  /** Instants that were posted, on the wall clock. */
  readonly postedMs: ReadonlySet<number>;
  readonly shows?: DifferentScenario['shows'];
  /** The lines that should come out, for their seconds. */
  readonly expected: Told;
  /** How much later than expected a message may have arrived at that instant. */
  readonly mayBeLateMs: (arrivedAtMs: number) => number;
}

/** The URL an integration of a scenario is given; the sink knows it again by that. */
export function integrationPath(scenario: Scenario, receiver: string, index: number): string {
  return `/${[scenario.name, receiver, String(index)].map(encodeURIComponent).join('/')}`;
}

/** In the order of arrival; of one second, in that of the lines. */
export function toldMessages(
  scenario: Scenario,
  received: readonly ReceivedNotification[],
  options: ToldOptions,
): readonly ToldMessage[] {
  const { clock } = options;
  const untilMs = clock.instantMs(scenario, OBSERVED_SECONDS);
  const expected = options.expected.map((line) => Number(line.slice(0, line.indexOf(':')))).filter(Number.isFinite);
  const failed = new Set<string>();
  const messages = received
    .filter(({ path, arrivedAtMs }) => scenarioOf(path) === scenario.name && arrivedAtMs <= untilMs)
    .toSorted((a, b) => a.arrivedAtMs - b.arrivedAtMs)
    .map((notification): ToldMessage & { readonly time: string } => {
      const mayBeLateMs = options.mayBeLateMs(notification.arrivedAtMs);
      const place = `${notification.path} ${notification.body.groupKey}`;
      const isRetry = failed.has(place);
      if (isRetryable(notification)) failed.add(place);
      else failed.delete(place);
      const time = isRetry
        ? 'retry'
        : clock.shownSeconds(scenario, notification.arrivedAtMs, { expected, mayBeLateMs });
      const line = lineOf(scenario, notification, { ...options, time });
      return { ...normalised(notification, options), line, place, time, mayBeLateMs, isRetry };
    });
  const seconds = [...new Set(messages.map(({ time }) => time))];
  return seconds.flatMap((second) =>
    messages.filter(({ time }) => time === second).toSorted((a, b) => (a.line < b.line ? -1 : 1)),
  );
}

function scenarioOf(path: string): string {
  return decodeURIComponent(path.split('/')[1] ?? '');
}

/** What a 4xx refused is told again only at the next tick. */
function isRetryable({ behaviour }: ReceivedNotification): boolean {
  return behaviour.kind !== 'answer' || behaviour.status >= 500;
}

function lineOf(
  scenario: Scenario,
  { path, body, behaviour }: ReceivedNotification,
  { shows, time }: ToldOptions & { readonly time: string },
): string {
  const [, , receiver = '', index = ''] = path.split('/').map(decodeURIComponent);
  const integrations = Object.values(scenario.receivers ?? {});
  const place = [
    ...(receiver === '' ? [] : [receiver]),
    ...(integrations.some(({ length }) => length > 1) ? [`#${index}`] : []),
  ];
  const words = body.alerts.map(({ status, labels }) => `${labels.instance || '(none)'} ${status}`).join(', ');
  const answer = behaviour.kind === 'answer' ? behaviour.status : behaviour.kind;
  return [
    `${time}:`,
    ...place.map((word) => `${word}:`),
    ...(answer === 200 ? [] : [`(${answer})`]),
    ...(shows ? [body.status, `{${Object.keys(body.commonLabels).join(',')}}`] : []),
    body.truncatedAlerts > 0 ? `${words}, ${body.truncatedAlerts} cut` : words,
  ].join(' ');
}

const NEWER_REASON = /,"notification_reason":"[a-z ]+","groupLabels":/;
const NEWER_ROUTE_LABELS = /,"routeLabels":\{\},"externalURL":/;

/** Whether a message has the fields that are newer than Alertmanager 0.25, in their places. */
export function hasNewerFields({ text }: ReceivedNotification): boolean {
  return NEWER_REASON.test(text) && NEWER_ROUTE_LABELS.test(text);
}

const INSTANT = /"(startsAt|endsAt)":"([^"]+)"/g;
const UNSET = '0001-01-01T00:00:00Z';

function normalised({ text, headers, arrivedAtMs }: ReceivedNotification, { postedMs }: ToldOptions) {
  const serverInstantsMs: number[] = [];
  const words = text
    .replace(NEWER_REASON, ',"groupLabels":')
    .replace(NEWER_ROUTE_LABELS, ',"externalURL":')
    .replace(INSTANT, (whole, field: string, instant: string) => {
      const ms = Date.parse(instant);
      if (instant === UNSET || postedMs.has(ms)) return whole;
      serverInstantsMs.push(ms);
      return `"${field}":"chosen by the server"`;
    });
  return { bytes: `${headers['content-type']}\n${words}`, serverInstantsMs, arrivedAtMs };
}
