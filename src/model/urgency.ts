/**
 * How soon a message has to be said where many wait: by the label `severity` of what it tells. It orders them and nothing else;
 * who is told at all is the routing tree's to say.
 */
import { type Labels, labelValue } from './labels.ts';
import type { AlertStatus } from './notification.ts';

/** 0 goes first: what somebody is woken for; 2 is what nobody needs to look at soon. */
export type Urgency = 0 | 1 | 2;

/** The words of the ladder, and those of the rules that come with Prometheus and Kubernetes. */
const URGENT = ['urgent', 'critical', 'page'];
const QUIET = ['interesting', 'info', 'none'];

/**
 * That of its most urgent alert. What is over is urgent no more. A severity that is not known, or none, lies in between: it
 * might be somebody's highest.
 */
export function urgencyOf(alerts: readonly { readonly status: AlertStatus; readonly labels: Labels }[]): Urgency {
  let most: Urgency = 2;
  for (const { status, labels } of alerts) {
    const severity = labelValue(labels, 'severity').trim().toLowerCase();
    if (URGENT.includes(severity) && status === 'firing') return 0;
    if (!QUIET.includes(severity)) most = 1;
  }
  return most;
}
