/**
 * Promises 1 and 7: what fires, and is known to one node that goes on, is told to every place that goes on working, whatever
 * becomes of all others; and without any disturbance at its group's next tick, however broken other places are. Pure.
 */
import type { JudgedHistory, Violation } from './judged-history.ts';
import type { RingPlan } from './ring-plan.ts';
import { common, type Stretch, type Stretches, without } from './stretches.ts';
import type { AlertText } from './world-event.ts';

/** The longest pause between two attempts, and the longest a place of a random world may ask to be left alone. */
const LONGEST_PAUSE_MS = 90_000;
/** An answer to who may speak, and the way of a message. */
const MOMENT_MS = 2_000;
/** After a disturbance, until claims, attempts and waits of that time are over. */
const AFTERMATH_MS = 60_000;

export function judgeTold(history: JudgedHistory): Violation[] {
  return history.standing.alerts().flatMap((alert) => {
    const ring = history.standing.ring(alert);
    return (ring?.places ?? []).flatMap(({ name }) => (ring ? judgePlace(history, { alert, ring, place: name }) : []));
  });
}

interface Case {
  readonly alert: AlertText;
  readonly ring: RingPlan;
  readonly place: string;
}

function judgePlace(history: JudgedHistory, { alert, ring, place }: Case): Violation[] {
  const { standing } = history;
  const unmuted = common(standing.fires(alert), without(standing.mayBeSilenced(alert)));
  const untold = (stretches: Stretches, boundMs: number, promise: 1 | 7): Violation[] =>
    stretches
      .filter((stretch) => stretch.toMs - stretch.fromMs > boundMs && isUntold(stretch, boundMs))
      .map(({ fromMs }) => ({
        promise,
        atMs: fromMs + boundMs,
        text: `${place} has not been told of ${alert} within ${boundMs} ms, though nothing stood in the way since ${fromMs.toFixed(0)}`,
      }));
  const isUntold = ({ fromMs, toMs }: Stretch, boundMs: number) =>
    fromMs + boundMs <= Math.min(toMs, standing.endMs) && history.lastTold(alert, place, fromMs + boundMs) !== 'firing';

  const patienceMs =
    ring.groupWaitMs +
    2 * ring.groupIntervalMs +
    standing.nodes.length * history.peerTimeoutMs +
    2 * attemptTimeoutMs(ring, place) +
    LONGEST_PAUSE_MS;
  const alone = standing.nodes.flatMap((node) => {
    const able = common(
      unmuted,
      history.knowsFiring(node, alert),
      standing.up(node),
      without(standing.isOutdated(node)),
      standing.works(place),
    );
    return untold(able, patienceMs, 1).slice(0, 1);
  });
  const calm = common(settledDown(standing.undisturbed()), settledDown(standing.isPrompt(place)));
  const quietly = standing.nodes.flatMap((node) => {
    const able = common(unmuted, history.knowsFiring(node, alert), without(standing.isOutdated(node)), calm);
    return untold(able, ring.groupWaitMs + ring.groupIntervalMs + MOMENT_MS, 7).slice(0, 1);
  });
  return alone.length > 0 ? alone.slice(0, 1) : quietly.slice(0, 1);
}

/** Without the aftermath of whatever was before. */
function settledDown(stretches: Stretches): Stretches {
  return stretches
    .map(({ fromMs, toMs }) => ({ fromMs: fromMs + AFTERMATH_MS, toMs }))
    .filter(({ fromMs, toMs }) => fromMs < toMs);
}

function attemptTimeoutMs({ places }: RingPlan, place: string): number {
  return places.find(({ name }) => name === place)?.timeoutMs ?? 10_000;
}
