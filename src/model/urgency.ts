/**
 * How soon a message has to be said where many wait: by the label `severity` of what it tells. It orders them and nothing else;
 * who is told at all is the routing tree's to say.
 */
import type { Labels } from './labels.ts';
import type { AlertStatus } from './notification.ts';
import { severityOf } from './severity.ts';

/** 0 goes first: what somebody is woken for; 2 is what nobody needs to look at soon. */
export type Urgency = 0 | 1 | 2;

/**
 * That of its most urgent alert. What is over is urgent no more. A severity that is not known, or none, lies in between: it
 * might be somebody's highest.
 */
export function urgencyOf(alerts: readonly { readonly status: AlertStatus; readonly labels: Labels }[]): Urgency {
  let most: Urgency = 2;
  for (const { status, labels } of alerts) {
    const severity = severityOf(labels);
    if (severity === 'urgent' && status === 'firing') return 0;
    if (severity !== 'interesting') most = 1;
  }
  return most;
}
