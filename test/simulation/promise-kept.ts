/** Promise 4, as far as it is about memory: every node shows what it must know, alerts as well as silences. Pure. */
import type { JudgedHistory, Violation } from './judged-history.ts';
import { holdsThroughout } from './stretches.ts';

/** What is as young as that may still be on its way. */
const MOMENT_MS = 2_000;

export function judgeKept(history: JudgedHistory): Violation[] {
  const { standing, spreading } = history;
  const silences = standing.of('is silenced');
  const asked = standing.of('is asked to expire');
  const expiries = standing.of('has expired');
  return standing.of('shows').flatMap(({ node, atMs, alerts, silences: shown }): Violation[] => {
    const isKnown = (word: { readonly node: string; readonly atMs: number }) =>
      holdsThroughout(spreading.knows(node, word), atMs - MOMENT_MS, atMs);
    const lostAlerts = standing
      .alerts()
      .filter((alert) => holdsThroughout(history.knowsFiring(node, alert), atMs - MOMENT_MS, atMs))
      .filter((alert) => !alerts.includes(alert));
    const inForce = silences.filter(
      ({ id, untilMs }) => untilMs > atMs + MOMENT_MS && !asked.some((one) => one.id === id && one.atMs <= atMs),
    );
    const lostSilences = inForce.filter((silence) => isKnown(silence) && !shown.includes(silence.id));
    const expired = expiries.filter((expiry) => isKnown(expiry) && shown.includes(expiry.id));
    return [
      ...lostAlerts.map((alert) => `${node} has forgotten ${alert}`),
      ...lostSilences.map(({ id }) => `${node} has forgotten the silence ${id}`),
      ...expired.map(({ id }) => `${node} has forgotten that the silence ${id} was expired`),
    ].map((text) => ({ promise: 4, atMs, text }));
  });
}
