/**
 * Promises 4 and 5, as far as they are about ends: whoever was told that something fires is told that it is over; nothing
 * is called over, or firing, of which the contrary is known; and no message is caused by an alert never told. Pure.
 */
import { type JudgedHistory, type JudgedMessage, mayBeTold, statusIn, type Violation } from './judged-history.ts';
import type { PlacePlan, RingPlan } from './ring-plan.ts';
import { common, holdsThroughout, merged } from './stretches.ts';
import type { AlertText, ListedAlert } from './world-event.ts';

const LONGEST_PAUSE_MS = 90_000;
/** A message may be under way for a while, and rank and rhythm may have made it wait. */
const KNOWN_FOR_MS = 30_000;

export function judgeResolved(history: JudgedHistory): Violation[] {
  const owed = history.standing.alerts().flatMap((alert) => {
    const ring = history.standing.ring(alert);
    const places = ring?.places.filter(({ sendResolved = true }) => sendResolved) ?? [];
    return ring ? places.flatMap((place) => judgeOwed(history, { alert, ring, place })) : [];
  });
  return [...owed, ...history.messages.flatMap((message) => judgeMessage(history, message))];
}

function judgeOwed(
  history: JudgedHistory,
  { alert, ring, place }: { alert: AlertText; ring: RingPlan; place: PlacePlan },
): Violation[] {
  const { standing, spreading } = history;
  const patienceMs =
    2 * ring.groupIntervalMs +
    standing.nodes.length * history.peerTimeoutMs +
    2 * (place.timeoutMs ?? 10_000) +
    LONGEST_PAUSE_MS;
  const told = history
    .messagesAbout(alert, place.name)
    .filter((message) => statusIn(message, alert) === 'firing' && message.outcome === 'sent');
  for (const node of standing.nodes) {
    const knowsTold = merged(
      told.flatMap(({ node: sender, answeredAtMs }) =>
        answeredAtMs === undefined ? [] : spreading.knows(node, { node: sender, atMs: answeredAtMs }),
      ),
    );
    const able = common(history.knowsOver(node, alert), knowsTold, standing.up(node), standing.works(place.name));
    for (const { fromMs, toMs } of able) {
      const untilMs = fromMs + patienceMs;
      if (untilMs > Math.min(toMs, standing.endMs)) continue;
      if (history.lastTold(alert, place.name, untilMs) !== 'firing') continue;
      const text = `${place.name} was told that ${alert} fires, and not within ${patienceMs} ms that it is over, which ${node} knows`;
      return [{ promise: 5, atMs: untilMs, text }];
    }
  }
  return [];
}

function judgeMessage(history: JudgedHistory, message: JudgedMessage): Violation[] {
  if (message.toldAtMs === undefined) return [];
  const earlier = history.messages.filter(
    (other) => other.attempt < message.attempt && other.place === message.place && mayBeTold(other),
  );
  const isNeverTold = (alert: AlertText) => !earlier.some((other) => statusIn(other, alert) === 'firing');
  const violations: Violation[] = [];
  if (message.alerts.every(({ alert, status }) => status === 'resolved' && isNeverTold(alert))) {
    const text = `#${message.attempt}: ${message.node} tells ${message.place} only of ends of what was never told`;
    violations.push({ promise: 5, atMs: message.atMs, text });
  }
  for (const { alert, status } of message.alerts) {
    if (!isKnownToBeOtherwise(history, message, { alert, status })) continue;
    const text =
      status === 'resolved'
        ? `calls ${alert} over, though it must know that it fires`
        : `says that ${alert} fires, though it must know that it is over`;
    violations.push({ promise: 4, atMs: message.atMs, text: `#${message.attempt}: ${message.node} ${text}` });
  }
  return violations;
}

/** The contrary has been the case for a while, and the node surely had a checker's word for it all that time. */
function isKnownToBeOtherwise(
  history: JudgedHistory,
  { node, tickMs, atMs }: JudgedMessage,
  { alert, status }: ListedAlert,
): boolean {
  if (!history.knowsTime(node, tickMs)) return false;
  const knows = status === 'resolved' ? history.knowsFiring(node, alert) : history.knowsOver(node, alert);
  return holdsThroughout(knows, tickMs - KNOWN_FOR_MS, atMs + 1);
}
