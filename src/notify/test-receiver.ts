/**
 * A marked test message to every integration of a receiver, through the real path and with the real deadline, but once:
 * no retry, nothing in the notification log, no metrics of pages.
 */
import { fingerprint, sortedLabels } from '../model/labels.ts';
import type { Notification } from '../model/notification.ts';
import type { Now } from '../model/now.ts';
import { formatRfc3339Nano, ZERO_TIME } from '../model/timestamp.ts';
import type { System } from '../system.ts';
import { attempt } from './attempt.ts';
import type { ReceiverTarget } from './tell.ts';
import { Transcript } from './transcript.ts';

export interface TestResult {
  readonly integration: string;
  /** Of the integration within the receiver. */
  readonly index: number;
  readonly outcome: 'sent' | 'refused' | 'unknown';
  /** What went wrong, if it was not sent. */
  readonly message: string;
  readonly durationMs: number;
  /** What was said and answered, line by line, without secrets. */
  readonly transcript: readonly string[];
}

export function testReceiver(
  { system, targets, externalURL }: { system: System; targets: readonly ReceiverTarget[]; externalURL: string },
  name: string,
  signal: AbortSignal,
): Promise<readonly TestResult[]> {
  const notification = testNotification(name, { externalURL, now: system.now() });
  return Promise.all(
    targets.map(async ({ receiver, health }, index) => {
      const startedMs = system.now().monotonicMs;
      const transcript = new Transcript();
      const outcome = await attempt({ system, receiver, health, trace: transcript.add }, notification, signal);
      return {
        integration: receiver.integration,
        index,
        outcome: outcome.kind,
        message: outcome.kind === 'sent' ? '' : outcome.message,
        durationMs: Math.round(system.now().monotonicMs - startedMs),
        transcript: transcript.close(),
      };
    }),
  );
}

function testNotification(receiver: string, { externalURL, now }: { externalURL: string; now: Now }): Notification {
  const labels = sortedLabels({ alertname: 'TocsinTest', receiver, severity: 'interesting' });
  const annotations = sortedLabels({
    summary: 'TEST: this is only a test, nothing is wrong',
    description: `Somebody asked Tocsin to send a test message to the receiver ${receiver}. No action is needed.`,
  });
  const startsAtMs = now.wallMs;
  return {
    receiver,
    status: 'firing',
    reason: 'first notification',
    alerts: [
      {
        status: 'firing',
        labels,
        annotations,
        generatorURL: '',
        fingerprint: fingerprint(labels),
        startsAtMs,
        startsAt: formatRfc3339Nano(startsAtMs),
        endsAtMs: undefined,
        endsAt: ZERO_TIME,
      },
    ],
    groupKey: `{}/test:{receiver=${JSON.stringify(receiver)}}`,
    groupLabels: { alertname: 'TocsinTest' },
    commonLabels: labels,
    commonAnnotations: annotations,
    routeLabels: {},
    externalURL,
    nowMs: now.wallMs,
    // Told once.
    repeatIntervalMs: Number.POSITIVE_INFINITY,
    isTest: true,
  };
}
